import { refOf, type KubeObject } from '#cluster'
import { condition, isReady } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

const MINUTES = 60_000

export const rolloutStuck: Rule = {
  id: 'rollout-stuck',
  title: 'A workload does not reach its replicas',
  means: 'Fewer pods are ready than the workload wants, and it does not get on. Mostly the pods themselves say why.',
  looksAt:
    'Replica counts and conditions (Progressing, Available, ReplicaFailure) of Deployments, StatefulSets, DaemonSets and ReplicaSets.',
  mend: 'Mend what keeps its pods from being ready, or undo the roll-out.',
  look: (snapshot) => snapshot.workloads.map((w) => stuck(snapshot, w)).filter((s) => s !== null),
}

function stuck(snapshot: Snapshot, workload: KubeObject): Seen | null {
  const counts = countsOf(workload)
  if (!counts || counts.ready >= counts.wanted) return null
  const progressing = condition(workload, 'Progressing')
  const available = condition(workload, 'Available')
  const exceeded = progressing?.reason === 'ProgressDeadlineExceeded'
  const since = time((available?.status === 'False' ? available : progressing?.status === 'False' ? progressing : null)?.lastTransitionTime)
  const lasting = exceeded || since === null || snapshot.now - since > 5 * MINUTES
  const said = exceeded ? progressing.message : (condition(workload, 'ReplicaFailure')?.message ?? available?.message ?? '')
  const name = `${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name}`
  return {
    on: refOf(workload),
    failure: 'rollout',
    severity: counts.ready === 0 ? 'critical' : 'warning',
    summary: `${name} has ${counts.ready} of ${counts.wanted} pods ready${exceeded ? ' and does not get on' : ''}`,
    evidence: [fromObject(workload, `${counts.ready} of ${counts.wanted} ready${said ? `: ${said}` : ''}`)],
    cause: { object: refOf(workload), field: null },
    since,
    directness: 0.2,
    pods: snapshot
      .podsOf(workload)
      .filter((p) => !isReady(p) && p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed')
      .map((p) => p.metadata.name),
    open: true,
    tentative: !lasting || (workload.kind !== 'Deployment' && snapshot.podsOf(workload).length > 0),
    recommendations: [
      inspect(
        'Look at its pods and events',
        'They say what keeps it.',
        `kubectl describe ${workload.kind.toLowerCase()} ${workload.metadata.name} -n ${workload.metadata.namespace}`,
      ),
    ],
  }
}

function countsOf(workload: KubeObject): { wanted: number; ready: number } | null {
  const { spec, status } = workload
  if (workload.kind === 'DaemonSet') return { wanted: status?.desiredNumberScheduled ?? 0, ready: status?.numberReady ?? 0 }
  if (!['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(workload.kind)) return null
  const wanted = spec?.replicas ?? 1
  // A new revision that does not come up hides behind the ready pods of the old one.
  const updated =
    workload.kind === 'Deployment' && (status?.updatedReplicas ?? 0) < wanted && condition(workload, 'Progressing')?.status === 'False'
  return { wanted, ready: Math.min(status?.readyReplicas ?? 0, updated ? (status?.updatedReplicas ?? 0) : wanted) }
}
