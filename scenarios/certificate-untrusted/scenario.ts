import { envOf } from '../../control-plane/kubelet/behaviours.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out drops the variable that makes Node trust the company’s own certificate authority',
  now: '2026-09-04T13:30:00Z',
  steps: [
    { at: '-46d3h', apply: ['10-crm.yaml'] },
    {
      at: '-48m',
      manager: 'helm',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'crm-sync', name: 'exporter' }, 'exporter', {
          image: 'registry.crm.example/exporter:5.12.1',
          env: [{ name: 'NODE_EXTRA_CA_CERTS', $patch: 'delete' }, { name: 'LOG_LEVEL', value: 'debug' }],
        }),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'crm-sync', where: (pod) => envOf(pod, 'NODE_EXTRA_CA_CERTS') === undefined },
      exits: { code: 1, after: 3 },
      logs: [
        {
          after: 2,
          text: `[{time}] ERROR: cannot reach CRM at https://crm.corp.example/api/v3
TypeError: fetch failed
    at node:internal/deps/undici/undici:14900:13
    at async CrmClient.ping (file:///app/src/crm.js:41:17) {
  [cause]: Error: self-signed certificate in certificate chain
      at TLSSocket.onConnectSecure (node:_tls_wrap:1679:34)
      at TLSSocket.emit (node:events:519:28) {
    code: 'SELF_SIGNED_CERT_IN_CHAIN'
  }
}`,
        },
      ],
    },
    { pods: { namespace: 'crm-sync' }, logs: [{ after: 2, every: 60, text: '[{time}] INFO: exported {ms} accounts' }] },
  ],
  alert: crashLooping('crm-sync', 'exporter-', 'exporter', '-30m'),
}
