import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const admission = { namespace: 'kyverno', labels: { 'app.kubernetes.io/component': 'admission-controller' } }
const populated = (after: number, line: number, kind: string) => ({
  after,
  text: `I{klog}       1 reflector.go:${line}] Caches populated for ${kind} from k8s.io/client-go@v0.30.3/tools/cache/reflector.go:232`,
})

export const scenario: Scenario = {
  title: 'an admission webhook that must answer is out of memory, so that a roll-out gets no pods',
  now: '2026-08-26T11:44:35Z',
  steps: [
    { at: '-71d2h', apply: ['10-kyverno.yaml'], manager: 'helm' },
    { at: '-71d1h', apply: ['20-policies.yaml'], manager: 'kyverno' },
    { at: '-71d', apply: ['shared/monitoring.yaml', '30-payouts.yaml'], manager: 'helm' },
    { at: '-54m' },
    { at: '-31m', manager: 'helm', patch: [setImage({ kind: 'Deployment', namespace: 'payouts', name: 'payouts-api' }, 'api', 'registry.sendwell.example/payouts/api:5.13.0')] },
  ],
  behaviours: [
    {
      // Killed once under load, and from then on at every start, while the informers list.
      pods: admission,
      since: '-54m',
      exits: { code: 137, oom: true, after: 19 },
      listens: [],
    },
    { pods: admission, admits: () => null },
    {
      pods: admission,
      logs: [
        { after: 1, text: 'I{klog}       1 leaderelection.go:250] attempting to acquire leader lease kyverno/kyverno...' },
        populated(3, 359, '*v1.ClusterPolicy'),
        populated(4, 359, '*v1.Namespace'),
        populated(9, 359, '*v1.ConfigMap'),
      ],
    },
    { pods: admission, until: '-54m', logs: [populated(14, 359, '*v1.Secret'), { after: 60, every: 900, text: 'I{klog}       1 validate_policy.go:91] "msg"="policy successfully validated" "policy"="allowed-registries"' }] },
    { pods: { namespace: 'payouts', labels: { app: 'payouts-api' } }, logs: [{ after: 5, every: 8, text: '{"ts":"{time}","lvl":"info","msg":"payout accepted","corridor":"EUR-INR","id":"{id}","ms":{ms}}' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'payouts', deployment: 'payouts-api', startsAt: '-14m' }),
}
