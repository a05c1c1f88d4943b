import { refOf, type KubeObject } from '#cluster'
import { podField } from '../../snapshot/field-path.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { fromEvent, fromObject } from '../rule.ts'

/** What the scheduler says on a pod that it takes away for another: source: pkg/scheduler/framework/preemption/executor.go. */
export const PREEMPTED = /^Preempted by (?:a )?pod ([0-9a-f-]{36}) on node (\S+)/

/** Pods of the workload were taken away for pods of a higher priority, and find no other place. */
export function preemption(snapshot: Snapshot, workload: KubeObject, make: Make): Placement | null {
  const { namespace = '', name } = workload.metadata
  const event = snapshot.events.find(
    (e) =>
      e.reason === 'Preempted' &&
      e.kind === 'Pod' &&
      e.namespace === namespace &&
      e.name.startsWith(`${name}-`) &&
      PREEMPTED.test(e.message),
  )
  if (!event) return null
  const uid = PREEMPTED.exec(event.message)?.[1]
  const winner = snapshot.all('Pod').find((p) => p.metadata.uid === uid)
  const says = 'pods of a higher priority took its places'
  const own = {
    object: refOf(workload),
    field: podField(workload, 'priorityClassName'),
    summary: 'Its own priority is lower than it should be',
  }
  if (!winner) return make(says, own.field, 0.7, { evidence: [fromEvent(event)] })
  const other = snapshot.workloadOf(winner)
  if (keyOf(other) === keyOf(workload)) return null
  const priority = `priority ${winner.spec?.priority ?? '?'} (${winner.spec?.priorityClassName ?? 'no class'})`
  return {
    ...make(`${other.kind} ${other.metadata.namespace}/${other.metadata.name} has ${priority} and took its places`, null, 0.88),
    cause: { object: refOf(other), field: podField(other, 'priorityClassName') },
    evidence: [fromEvent(event), fromObject(winner, priority)],
    alternatives: [
      own,
      { object: refOf(other), field: 'spec.replicas', summary: 'There are more of the pods of high priority than there is room for' },
    ],
  }
}
