import type { KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../request.ts'
import type { Aim } from '../gather/aim.ts'
import { workloadsKept } from '../snapshot/custom-links.ts'
import { editsOf } from '../snapshot/edits.ts'
import { time } from '../snapshot/events.ts'
import { holdsOf } from '../snapshot/holds.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { isOverdue, textsOf } from '../snapshot/backlog.ts'

/** So long before an alert a pause may have been made that is forgotten now. ms */
const FORGOTTEN = 3 * 24 * 3_600_000
/** An alert about what is not up to date, which any pause may bring about, however old. */
const OUTDATED =
  /\b(?:out[- ]of[- ]sync|drift(?:ed|s)?|outdated|old (?:version|image|release)|not (?:reconciled|synced|deployed|rolled out|upgraded)|paused|suspended|revision|version)\b/i

/** Custom resources that somebody holds, and that keep, scale or work on what an alert asks about. */
export function heldNear(snapshot: Snapshot, aim: Aim, alert: DiagnosisRequest['alert']): KubeObject[] {
  if (!alert || aim.workloads.length === 0) return []
  const isAny = isOverdue(alert) || OUTDATED.test([alert.labels['alertname'] ?? '', ...textsOf(alert)].join('\n'))
  const startsAt = time(alert.startsAt) ?? snapshot.now
  return snapshot.customs.filter((custom) => {
    const [hold] = holdsOf(custom)
    if (!hold) return false
    const at = editsOf(custom).find((e) => e.field === hold.field)?.at ?? null
    const isRecent = at !== null && at <= startsAt && startsAt - at < FORGOTTEN
    return (isAny || isRecent) && isFor(snapshot, custom, aim.workloads)
  })
}

function isFor(snapshot: Snapshot, custom: KubeObject, workloads: readonly KubeObject[]): boolean {
  const { namespace } = custom.metadata
  const names = new Set(workloads.filter((w) => w.metadata.namespace === namespace).map((w) => w.metadata.name))
  return (
    workloadsKept(snapshot, custom).some((w) => workloads.includes(w)) ||
    leavesOf(custom.spec ?? {}, '').some((l) => /(?:^|[a-z])(?:name|cluster|target)$/i.test(l.key) && names.has(l.value))
  )
}
