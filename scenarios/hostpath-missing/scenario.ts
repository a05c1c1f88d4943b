import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a DaemonSet mounts a folder that the nodes do not have',
  now: '2026-04-02T10:42:00Z',
  steps: [{ at: '-55m', apply: ['10-audit.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'audit' },
      mount: { volume: 'audit-log', message: 'MountVolume.SetUp failed for volume "audit-log" : hostPath type check failed: /var/log/kube-audit is not a directory' },
    },
  ],
  alert: kubePrometheus.daemonSetRolloutStuck({ namespace: 'audit', daemonset: 'audit-shipper', startsAt: '-39m' }),
}
