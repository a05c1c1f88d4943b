import type { KubeObject } from '../../control-plane/api.ts'
import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const SCRIPT = '/scripts/run-worker.sh'
const byScript = ({ spec }: KubeObject) => spec.containers[0].command?.[0] === SCRIPT

export const scenario: Scenario = {
  title: 'the command is a script from a ConfigMap volume, which is not executable',
  now: '2026-10-06T13:21:50Z',
  nodes: [
    { name: 'ip-10-31-4-17', ip: '10.31.4.17' },
    { name: 'ip-10-31-5-88', ip: '10.31.5.88' },
  ],
  steps: [
    { at: '-41d', apply: ['shared/kps.yaml'], manager: 'helm' },
    { at: '-26d3h', apply: ['10-loyalty.yaml'] },
    { at: '-39m', apply: ['20-scripts.yaml'] },
    {
      at: '-38m40s',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'loyalty',
          name: 'points-worker',
          patch: {
            spec: {
              template: {
                spec: {
                  containers: [{ name: 'worker', command: [SCRIPT], volumeMounts: [{ name: 'scripts', mountPath: '/scripts', readOnly: true }] }],
                  volumes: [{ name: 'scripts', configMap: { name: 'points-worker-scripts' } }],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'loyalty', labels: { app: 'points-worker' }, where: byScript },
      runtime: {
        reason: 'RunContainerError',
        message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${SCRIPT}": permission denied`,
      },
    },
    {
      pods: { namespace: 'loyalty', labels: { app: 'points-worker' }, where: (pod) => !byScript(pod) },
      logs: [
        { after: 4, text: '{time} pid=1 tid=1k9 INFO: Booted Rails 8.0.2 application in production environment' },
        { after: 4.2, text: '{time} pid=1 tid=1k9 INFO: Sidekiq 8.0.7 connecting to Redis with options {:size=>10, :pool_name=>"internal", :url=>"redis://points-queue:6379/2"}' },
        { after: 30, every: 21, text: '{time} pid=1 tid=2ab class=Points::AccrueJob jid={id} elapsed=0.0{ms} INFO: done' },
      ],
    },
    { pods: { namespace: 'loyalty', labels: { app: 'points-api' } }, logs: [{ after: 5, every: 11, text: '{"time":"{time}","method":"GET","path":"/v2/members/{id}/balance","status":200,"duration_ms":{ms}}' }] },
    { pods: { namespace: 'loyalty', labels: { app: 'points-queue' } }, logs: [{ after: 0.5, text: '1:M {date} * Ready to accept connections tcp' }] },
  ],
  alert: (podsOf) => {
    const pod = podsOf('loyalty', 'points-worker-').find((one) => byScript(one))
    return kubePrometheus.podCrashLooping({ namespace: 'loyalty', pod: pod?.metadata.name, container: 'worker', startsAt: '-20m30s' })
  },
}
