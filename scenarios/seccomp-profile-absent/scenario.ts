import { waiting } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a hardened template names a seccomp profile that no node has',
  now: '2026-06-18T04:05:51Z',
  steps: [
    { at: '-48d', manager: 'helm', apply: ['10-payouts.yaml'] },
    {
      at: '-1h26m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'payouts',
          name: 'settlement',
          patch: {
            spec: { template: { spec: { securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/settlement.json' } } } } },
          },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'payouts', where: (pod) => pod.spec.securityContext?.seccompProfile?.type === 'Localhost' },
      runtime: {
        reason: 'CreateContainerError',
        message:
          'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/settlement.json": open /var/lib/kubelet/seccomp/profiles/settlement.json: no such file or directory',
      },
    },
    {
      pods: { namespace: 'payouts', labels: { app: 'settlement' } },
      logs: [
        { after: 0.3, text: '{time}  INFO settlement: listening on 0.0.0.0:8080' },
        { after: 20, every: 90, text: '{time}  INFO settlement::batch: settled payouts=37 elapsed={ms}ms' },
      ],
    },
  ],
  alert: waiting('payouts', 'settlement', 'settlement', 'CreateContainerError', '-24m'),
}
