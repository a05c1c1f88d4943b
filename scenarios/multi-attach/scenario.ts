import { setImage } from '../../control-plane/patches.ts'
import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'docker.io/atlassian/confluence:9.2.8'

export const scenario: Scenario = {
  title: 'a rolling update of one pod with a ReadWriteOnce volume: the new pod lands on another node and waits for the old one for ever',
  now: '2026-10-31T20:30:51Z',
  steps: [
    { at: '-82d3h12m8s', apply: ['10-wiki.yaml'] },
    { at: '-35m5s', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'wiki', name: 'confluence' }, 'confluence', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'wiki', where: (pod) => pod.spec.containers[0].image === NEW },
      mount: {
        volume: 'home',
        reason: 'FailedAttachVolume',
        message: 'Multi-Attach error for volume "pvc-7d1c0c3e-52f6-4a0d-8a42-97be81b6b6d1" Volume is already used by pod(s) confluence-6d9c4f7b8d-q2r5x',
      },
    },
    { pods: { namespace: 'wiki' }, logs: [{ after: 70, text: '{date} INFO [Catalina-utility-1] [com.atlassian.confluence.lifecycle] contextInitialized Confluence is ready to serve' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'wiki', deployment: 'confluence', startsAt: '-9m' }),
}
