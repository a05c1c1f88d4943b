import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an operator may read its lease and not update it',
  now: '2026-06-03T13:13:13Z',
  steps: [
    { at: '-40d', apply: ['10-operator.yaml'] },
    { at: '-58m', manager: 'kubectl-replace', apply: ['20-role.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'fleet-operator' },
      since: '-57m40s',
      exits: { code: 1, after: 16 },
      logs: [
        { after: 0.3, text: 'I0603 12:16:02.114201       1 leaderelection.go:257] attempting to acquire leader lease fleet-operator/fleet.example.dev...' },
        { after: 5, every: 5, text: 'E0603 12:16:07.220913       1 leaderelection.go:436] error retrieving resource lock fleet-operator/fleet.example.dev: leases.coordination.k8s.io "fleet.example.dev" is forbidden: User "system:serviceaccount:fleet-operator:manager" cannot update resource "leases" in API group "coordination.k8s.io" in the namespace "fleet-operator"' },
        { after: 15.5, text: '{time}\tERROR\tsetup\tproblem running manager\t{"error": "leader election lost"}' },
      ],
    },
    { pods: { namespace: 'fleet-operator' }, logs: [{ after: 2, text: '{time}\tINFO\tStarting workers\t{"controller": "vehicle", "worker count": 4}' }] },
  ],
  alert: (podsOf) => kubePrometheus.podCrashLooping({ namespace: 'fleet-operator', pod: podsOf('fleet-operator')[0].metadata.name, container: 'manager', startsAt: '-40m' }),
}
