import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const EVICT = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'

export const scenario: Scenario = {
  title: 'a second budget covers the pods of a database; the reboot daemon can evict none of them, and a node waits for its reboot',
  now: '2026-03-12T04:20:39Z',
  steps: [
    { at: '-90d', manager: 'helm', apply: ['05-kured.yaml'] },
    { at: '-54d', manager: 'helm', apply: ['10-ledger.yaml'] },
    { at: '-2d7h', manager: 'argocd-controller', apply: ['20-budget.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kured' } },
      logs: [{ after: 1, text: 'time="{time}" level=info msg="Kubernetes Reboot Daemon: 1.20.0"\ntime="{time}" level=info msg="Reboot schedule: SunMonTueWedThuFriSat between 01:00 and 05:00 UTC"\ntime="{time}" level=info msg="Reboot check command: [test -f /sentinel/reboot-required] every 1h0m0s"' }],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kured' }, where: (pod) => pod.spec.nodeName === 'worker-2' },
      since: '-3h18m',
      logs: [
        {
          after: 10,
          every: 3600,
          text: `time="{time}" level=info msg="Reboot required"\ntime="{time}" level=info msg="Acquired reboot lock"\ntime="{time}" level=info msg="Draining node worker-2"\ntime="{time}" level=warning msg="WARNING: ignoring DaemonSet-managed Pods: kube-system/kube-proxy, kube-system/kured"\ntime="{time}" level=info msg="evicting pod ledger/ledger-1"\ntime="{time}" level=error msg="error when evicting pods/\\"ledger-1\\" -n \\"ledger\\": ${EVICT}"\ntime="{time}" level=error msg="Unable to cordon or drain worker-2: error when evicting pods/\\"ledger-1\\" -n \\"ledger\\": ${EVICT}, will release lock and retry cordon and drain before rebooting when lock is next acquired"\ntime="{time}" level=info msg="Performing a best-effort uncordon after failed cordon and drain"\ntime="{time}" level=info msg="Releasing lock"`,
        },
      ],
    },
    { pods: { namespace: 'ledger' }, logs: [{ after: 3, text: 'I{time} 1 1@cli/start.go:1124  CockroachDB node starting' }] },
  ],
  alert: ownRule('RebootRequired', {
    startsAt: '-26m',
    labels: { node: 'worker-2', namespace: 'kube-system', job: 'kured' },
    summary: 'Machine(s) require being rebooted, and the reboot daemon has failed to do so for 24 hours',
    description: 'worker-2 needs a reboot, and the reboot daemon has failed to do so for 24 hours.',
    expr: 'max by (node) (kured_reboot_required) != 0',
  }),
}
