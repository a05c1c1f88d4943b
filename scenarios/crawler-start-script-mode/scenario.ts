import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json, KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { ailing, dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const notExecutable = (pod: KubeObject) => pod.spec.volumes.some((v: Json) => v.name === 'start' && v.configMap.defaultMode !== 493)

export const scenario: Scenario = {
  title: 'after the move to another chart the ConfigMap with the start script is mounted without its execute bit',
  now: '2026-03-17T10:14:00Z',
  steps: [
    { at: '-69d', apply: ['shared/tools.yaml'] },
    { at: '-66d', manager: 'helm', apply: ['10-harvester.yaml'] },
    {
      at: '-41m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'open-data',
          name: 'harvester',
          patch: {
            spec: {
              template: {
                metadata: { labels: { 'helm.sh/chart': 'harvester-2.0.0' } },
                spec: {
                  containers: [{ name: 'harvester', image: 'docker.io/opendatahub/harvester:4.7.0' }],
                  volumes: [{ name: 'start', configMap: { name: 'harvester-start', defaultMode: 420 } }],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'open-data', where: notExecutable },
      runtime: {
        reason: 'RunContainerError',
        message:
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/start/start.sh": permission denied',
      },
    },
    { pods: { namespace: 'open-data' }, logs: [{ after: 3, every: 900, text: '{log4j} [main] INFO  o.o.harvester.Scheduler - land-registry: harvested {ms} records' }] },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'open-data', pod: ailing(podsOf, 'open-data', 'harvester'), container: 'harvester', startsAt: '-24m' }),
}
