import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const isTwo = (pod: KubeObject) => pod.spec.containers[0].image.endsWith(':2.0.22')
const UPGRADE = '-2h51m'

export const scenario: Scenario = {
  title: 'mosquitto 2 listens on localhost only',
  now: '2026-04-21T07:04:55Z',
  steps: [
    { at: '-86d', apply: ['shared/watchers.yaml', '10-shopfloor.yaml'], manager: 'argocd-controller' },
    { at: UPGRADE, apply: ['20-mosquitto.yaml'], manager: 'argocd-controller' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'shopfloor', labels: { app: 'mosquitto' }, where: isTwo },
      logs: [
        {
          after: 0.2,
          text: '{utc}: mosquitto version 2.0.22 starting\n{utc}: Config loaded from /mosquitto/config/mosquitto.conf.\n{utc}: Starting in local only mode. Connections will only be possible from clients running on this machine.\n{utc}: Create a configuration file which defines a listener to allow remote access.\n{utc}: For more details see https://mosquitto.org/documentation/authentication-methods/\n{utc}: Opening ipv4 listen socket on port 1883.\n{utc}: Opening ipv6 listen socket on port 1883.\n{utc}: Error: Address not available\n{utc}: mosquitto version 2.0.22 running',
        },
        { after: 300, every: 300, text: '{utc}: Saving in-memory database to /mosquitto/data//mosquitto.db.' },
      ],
    },
    {
      pods: { namespace: 'shopfloor', labels: { app: 'opc-collector' } },
      logs: [
        {
          after: 0.3,
          text: '{"level":"info","time":"{utc}","msg":"opc-collector 0.23.1","go":"go1.24.6"}\n{"level":"info","time":"{utc}","msg":"opc ua session activated","security":"Basic256Sha256/SignAndEncrypt"}',
        },
      ],
    },
    {
      pods: { namespace: 'shopfloor', labels: { app: 'opc-collector' } },
      until: UPGRADE,
      logs: [{ after: 30, every: 60, text: '{"level":"info","time":"{utc}","msg":"published","samples":6{ms}}' }],
    },
    {
      pods: { namespace: 'shopfloor', labels: { app: 'opc-collector' } },
      since: UPGRADE,
      exits: { code: 1, after: 14.4 },
      logs: [
        {
          after: 1.2,
          text: '{"level":"warn","time":"{utc}","msg":"mqtt connect failed, retrying","broker":"tcp://mosquitto:1883","attempt":1,"error":"network Error : dial tcp 10.96.44.18:1883: connect: connection refused"}',
        },
        {
          after: 6.2,
          text: '{"level":"warn","time":"{utc}","msg":"mqtt connect failed, retrying","broker":"tcp://mosquitto:1883","attempt":2,"error":"network Error : dial tcp 10.96.44.18:1883: connect: connection refused"}',
        },
        {
          after: 14.3,
          text: '{"level":"fatal","time":"{utc}","msg":"giving up on broker","broker":"tcp://mosquitto:1883","error":"network Error : dial tcp 10.96.44.18:1883: connect: connection refused"}',
        },
      ],
    },
    {
      pods: { namespace: 'shopfloor', labels: { app: 'tsdb' } },
      logs: [
        {
          after: 120,
          every: 300,
          text: '{pg} UTC [26] LOG:  checkpoint starting: time\n{pg} UTC [26] LOG:  checkpoint complete: wrote {ms} buffers (0.1%); 0 WAL file(s) added, 0 removed, 0 recycled; write=8.{ms} s, sync=0.002 s, total=8.{ms} s',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'shopfloor',
      pod: podsOf('shopfloor', 'opc-collector-stamping')[0]?.metadata.name,
      container: 'collector',
      startsAt: '-2h32m',
    }),
}
