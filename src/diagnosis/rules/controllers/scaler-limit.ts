import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { isBacklog, keptNames } from '../../snapshot/backlog.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { isWorkloadKind } from '../../snapshot/kinds.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const scalerLimit: Rule = {
  id: 'scaler-limit',
  title: 'A scaler has as many pods as it may, and the queue grows',
  means:
    'The custom resource that scales a consumer (of KEDA and its kin) allows no more pods than there are, while an alert says that work piles up.',
  looksAt:
    'The largest number that custom scalers allow, and the replicas of what they scale. It counts only when an alert is about a backlog.',
  mend: 'Raise the number; first see why there is more to do.',
  look: (snapshot) => {
    const { asked } = snapshot
    if (!asked || (!isBacklog(asked) && keptNames(asked).length === 0)) return []
    return asked.workloads.flatMap((workload) => reached(snapshot, workload) ?? [])
  },
}

/** How scalers call the largest number of pods. */
const MOST = /^max(?:imum)?(?:Replica(?:s|Count)|Pods|Instances)?$/

function reached(snapshot: Snapshot, workload: KubeObject): Seen | null {
  if (!isWorkloadKind(workload.kind) || !(workload.spec?.replicas > 0)) return null
  const scaler = snapshot.customs.find(
    ({ metadata, spec }) =>
      metadata.namespace === workload.metadata.namespace &&
      spec?.scaleTargetRef?.name === workload.metadata.name &&
      (spec.scaleTargetRef.kind ?? 'Deployment') === workload.kind,
  )
  const key = Object.keys(scaler?.spec ?? {}).find((k) => MOST.test(k))
  if (!scaler || !key || scaler.spec[key] > workload.spec.replicas) return null
  const object = refOf(scaler)
  const field = `spec.${key}`
  const edit = editsOf(scaler).find((e) => e.field === field)
  return {
    on: refOf(workload),
    failure: 'scaling',
    severity: 'warning',
    summary: `${objectText(refOf(workload))} has the ${scaler.spec[key]} pods that ${scaler.kind} ${scaler.metadata.name} allows at most`,
    evidence: [fromObject(scaler, `${field} = ${scaler.spec[key]}${edit?.at ? `, written at ${new Date(edit.at).toISOString()}` : ''}`)],
    cause: { object, field },
    since: edit?.at ?? null,
    directness: 0.6,
    tentative: true,
    recommendations: [setField(object, field, scaler.spec[key] * 2, 'More is waiting than so many pods work off.')],
  }
}
