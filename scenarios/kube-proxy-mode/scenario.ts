import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit of kube-proxy’s configuration asks for a mode that does not exist; on restarted nodes no Service is reachable',
  now: '2026-06-30T12:00:30Z',
  steps: [
    { at: '-20d', apply: ['10-poll.yaml'] },
    {
      at: '-52m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          namespace: 'kube-system',
          name: 'kube-proxy',
          patch: {
            data: {
              'config.conf':
                'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.244.0.0/16\nmode: nftable\n',
            },
          },
        },
      ],
    },
    {
      at: '-51m30s',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'kube-system',
          name: 'kube-proxy',
          patch: {
            spec: {
              updateStrategy: { rollingUpdate: { maxUnavailable: '100%' } },
              template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-06-30T11:09:00Z' } } },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
      since: '-51m30s',
      exits: { code: 1, after: 0.5 },
      logs: [
        {
          after: 0.3,
          text: 'I0630 11:09:21.300112       1 server_linux.go:53] "Using nftable proxy"\nE0630 11:09:21.300781       1 run.go:72] "command failed" err="failed to validate configuration: KubeProxyConfiguration.Mode: Invalid value: \\"nftable\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"',
        },
      ],
    },
    {
      pods: { namespace: 'polls', labels: { app: 'vote-api' } },
      since: '-50m',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 4,
          every: 20,
          text: '{"time":"{time}","level":"ERROR","msg":"save vote","err":"dial tcp 10.96.77.12:27017: i/o timeout"}',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'polls', deployment: 'vote-api', startsAt: '-30m' }),
}
