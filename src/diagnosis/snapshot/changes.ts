import type { KubeObject } from '#cluster'
import { time } from './events.ts'
import { podSpecPath } from './field-path.ts'
import { isKind } from './kinds.ts'
import { ownerOf, revisionOf, type Snapshot } from './snapshot.ts'
import { diff, type FieldChange } from './template-diff.ts'

/** A field that somebody changed, and when. */
export interface Change extends FieldChange {
  /** ms; null when it is not known. */
  at: number | null
  /** `revision 7 → 8`, or `written by kubectl-edit`. */
  how: string
  /** Whether `before` is known: what was written into an object without revisions is, what it replaced is not. */
  knowsBefore: boolean
  /** The revision to go back to; null when there is none. */
  backTo: number | null
  /** Whether `backTo` is the revision that a bare `kubectl rollout undo` chooses. */
  isPrevious: boolean
}

/** What the newest revision of a workload changed against the last one that worked, else the one before. Empty: unknown, or nothing. */
export function changesOf(snapshot: Snapshot, workload: KubeObject): Change[] {
  if (workload.kind === 'Deployment') return deploymentChanges(snapshot, workload)
  if (workload.kind === 'StatefulSet' || workload.kind === 'DaemonSet') return revisionChanges(snapshot, workload)
  if (!isKind(workload.kind)) return customChanges(snapshot, workload)
  return []
}

/** Of a custom resource that keeps ReplicaSets as a Deployment does: Argo's Rollout numbers them, too. */
function customChanges(snapshot: Snapshot, custom: KubeObject): Change[] {
  const sets = snapshot
    .ownedBy(custom)
    .filter((o) => o.kind === 'ReplicaSet' && numberOf(o) > 0)
    .sort((a, b) => numberOf(a) - numberOf(b))
  const [before, current] = sets.slice(-2)
  if (!before || !current) return []
  const how = `revision ${numberOf(before)} → ${numberOf(current)}`
  return diff(before.spec?.template, current.spec?.template, 'spec.template').map((change) => ({
    ...change,
    at: time(current.metadata.creationTimestamp),
    how,
    knowsBefore: true,
    backTo: null,
    isPrevious: true,
  }))
}

const numberOf = ({ metadata: { annotations } }: KubeObject): number =>
  Number(Object.entries(annotations ?? {}).find(([key]) => key.endsWith('/revision'))?.[1] ?? 0)

function deploymentChanges(snapshot: Snapshot, deployment: KubeObject): Change[] {
  const sets = snapshot.replicaSetsOf(deployment)
  const current = sets.find((rs) => revisionOf(rs) === revisionOf(deployment)) ?? sets.at(-1)
  if (!current || revisionOf(current) === 0) return []
  const older = sets.filter((rs) => revisionOf(rs) > 0 && revisionOf(rs) < revisionOf(current))
  const previous = older.at(-1)
  const before = older.findLast((rs) => (rs.status?.readyReplicas ?? 0) > 0) ?? previous
  if (!before || !previous) return []
  const changes = diff(before.spec?.template, current.spec?.template, 'spec.template')
  const at = startOf(snapshot, current)
  const how = `revision ${revisionOf(before)} → ${revisionOf(current)}`
  return changes.map((change) => ({ ...change, at, how, knowsBefore: true, backTo: revisionOf(before), isPrevious: before === previous }))
}

/** A ReplicaSet may be older than the roll-out that uses it (after an undo): its oldest pod tells better. */
function startOf(snapshot: Snapshot, set: KubeObject): number | null {
  const created = time(set.metadata.creationTimestamp)
  const pods = snapshot.ownedBy(set).map((pod) => time(pod.metadata.creationTimestamp) ?? Infinity)
  const oldest = Math.min(...pods)
  const scaled = snapshot
    .eventsOf(ownerObject(snapshot, set))
    .filter((e) => e.reason === 'ScalingReplicaSet' && e.message.includes(set.metadata.name))
  const first = Math.min(oldest, ...scaled.map((e) => e.first ?? Infinity))
  return created === null ? null : scaled.length > 0 && Number.isFinite(first) ? Math.max(created, first) : created
}

const ownerObject = (snapshot: Snapshot, set: KubeObject): KubeObject =>
  snapshot.get('Deployment', set.metadata.namespace ?? null, ownerOf(set)?.name ?? '') ?? set

function revisionChanges(snapshot: Snapshot, workload: KubeObject): Change[] {
  const revisions = snapshot
    .ownedBy(workload)
    .filter((o) => o.kind === 'ControllerRevision')
    .sort((a, b) => Number(a['revision']) - Number(b['revision']))
  const [previous, current] = revisions.slice(-2)
  if (!previous || !current) return []
  const root = podSpecPath(workload).replace(/\.spec$/, '')
  const before = Number(previous['revision'])
  return diff(template(previous), template(current), root).map((change) => ({
    ...change,
    at: time(current.metadata.creationTimestamp),
    how: `revision ${before} → ${current['revision']}`,
    knowsBefore: true,
    backTo: before,
    isPrevious: true,
  }))
}

function template(revision: KubeObject): unknown {
  const data: any = revision.data
  const { $patch: _, ...rest } = data?.spec?.template ?? {}
  return rest
}
