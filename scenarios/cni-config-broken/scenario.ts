import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit of the CNI’s ConfigMap names a pool that is no CIDR; its agents end, and new pods on the nodes get no network',
  now: '2026-08-14T15:51:07Z',
  steps: [
    { at: '-40d', apply: ['10-cni.yaml', '20-app.yaml'] },
    {
      at: '-58m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: 'kube-system',
          name: 'netweave-config',
          patch: { data: { 'pool.cidr': '10.244.0.0' } },
        },
      ],
    },
    {
      at: '-57m30s',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'kube-system',
          name: 'netweave',
          patch: {
            spec: {
              updateStrategy: { rollingUpdate: { maxUnavailable: '100%' } },
              template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-08-14T14:53:37Z' } } },
            },
          },
        },
      ],
    },
    {
      at: '-41m',
      manager: 'kubectl-set',
      patch: [setImage({ kind: 'Deployment', namespace: 'loans', name: 'scoring' }, 'scoring', 'registry.loans.example/scoring:7.0.0')],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'netweave' } },
      since: '-57m30s',
      exits: { code: 1, after: 1.5 },
      logs: [
        {
          after: 1,
          text: 'level=info msg="netweave agent 1.17.1 starting" subsys=daemon\nlevel=fatal msg="failed to configure IPAM" error="parse config key pool.cidr: invalid CIDR address: 10.244.0.0" subsys=ipam',
        },
      ],
    },
    {
      pods: { namespace: 'loans', where: (pod: KubeObject) => pod.spec.containers[0].image.endsWith(':7.0.0') },
      sandbox:
        'plugin type="netweave" failed (add): unable to connect to netweave agent: failed to create agent client after 30.000000 seconds timeout: Get "http://localhost/v1/config": dial unix /var/run/netweave/agent.sock: connect: no such file or directory\nIs the agent running?',
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'loans', deployment: 'scoring', startsAt: '-26m' }),
}
