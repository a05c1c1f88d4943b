import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { changesOf, type Change } from '../../snapshot/changes.ts'
import { isBacklog, isOverdue, textsOf } from '../../snapshot/backlog.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { time } from '../../snapshot/events.ts'
import { isKind, isWorkloadKind } from '../../snapshot/kinds.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'
import { nearby } from '../../snapshot/nearby.ts'

/**
 * A witness, no proof: the answer is one of little confidence. Alerts about what objects show (a pod that is not ready, a roll-out) get none:
 * where the objects are well they are over.
 */
export const lastChange: Rule = {
  id: 'last-change',
  title: 'Nothing shows why the alert stands, but something was changed right before it began',
  means: 'No object, event or log near what the alert is about tells of trouble; what somebody wrote last is the likeliest cause.',
  looksAt:
    'What was written in the 90 minutes before the alert began (of a backlog, or of what is overdue, in the 12 hours): settings of the workloads that it is about and of those that they call, their ConfigMaps, accounts, autoscalers, policies, routes and custom resources. A new image alone is no witness. It counts only when no other rule finds anything.',
  mend: 'Hold it against what it was; take it back if the alert ends with that.',
  look: lastWritten,
}

const MINUTES = 60_000
/** Alerts wait, and burn rates look back, for up to an hour. */
const WINDOW = 90 * MINUTES
/** What piles up or grows old does so for long before somebody is told. */
const SLOW = 12 * 60 * MINUTES
/** A lack of pods shows when the load comes. */
const SCALED = 12 * 60 * MINUTES
const LOAD = /latenc|slow|p9\d|throttl|saturat|cpu|queue|timeout|overload|duration/i
/** An alert about more than these is about nobody. */
const MAX_WORKLOADS = 25
const DIRECTNESS = 0.38
/** Alerts about what the API shows, and those that stand by design. */
const SHOWN = /^(?:Kube|Watchdog|InfoInhibitor|DeadMansSwitch|Node|Cronjob|Pod)/i
/** What a change rarely does harm by; a new version comes so often before an alert by chance that it is no witness. */
const HARMLESS =
  /\.image$|ontainers\[name=[^\]]*\]$|\.(?:revisionHistoryLimit|progressDeadlineSeconds|terminationGracePeriodSeconds|paused|imagePullPolicy)$|managed-by|template\.metadata\.labels/

interface Near {
  object: KubeObject
  change: Change
}

function lastWritten(snapshot: Snapshot): Seen[] {
  const { asked } = snapshot
  const [on] = asked?.workloads ?? []
  if (!asked || !on || asked.startsAt === null || SHOWN.test(asked.labels['alertname'] ?? '')) return []
  const startsAt = asked.startsAt
  const isSlow = isBacklog(asked) || isOverdue(asked)
  const isTimely = (at: number | null): boolean => at !== null && at <= startsAt + MINUTES && startsAt - at < (isSlow ? SLOW : WINDOW)
  const isCut = (workload: KubeObject, change: Change): boolean =>
    change.field === 'spec.replicas' &&
    asked.workloads.includes(workload) &&
    !/controller-manager|keda|autoscal/.test(change.how) &&
    change.at !== null &&
    change.at <= startsAt &&
    startsAt - change.at < SCALED &&
    LOAD.test([asked.labels['alertname'] ?? '', ...textsOf(asked)].join('\n'))
  const found = new Map<string, Near>()
  for (const objects of nearby(snapshot, asked.workloads.slice(0, MAX_WORKLOADS), asked.object))
    for (const object of objects)
      for (const change of writes(snapshot, object))
        if (
          (isTimely(change.at) || isCut(object, change)) &&
          !HARMLESS.test(change.field) &&
          !found.has(`${keyOf(object)} ${change.field}`)
        )
          found.set(`${keyOf(object)} ${change.field}`, { object, change })
  const [first, ...others] = [...found.values()].sort(
    (a, b) => b.change.at! - a.change.at! || (keyOf(a.object) + a.change.field < keyOf(b.object) + b.change.field ? -1 : 1),
  )
  if (!first) return []
  const place = { object: refOf(first.object), field: first.change.field }
  return [
    {
      on: refOf(on),
      failure: 'call',
      severity: 'warning',
      summary: `Nothing shows why the alert stands; shortly before it began ${place.field} of ${objectText(place.object)} was changed`,
      evidence: [fromObject(first.object, `${place.field} ${first.change.how} at ${new Date(first.change.at!).toISOString()}`)],
      cause: place,
      since: first.change.at,
      directness: others.length === 0 ? DIRECTNESS + 0.04 : DIRECTNESS,
      alternatives: others
        .slice(0, 3)
        .map((o) => ({ object: refOf(o.object), field: o.change.field, summary: `${o.change.field} was changed in that time, too` })),
      recommendations: [
        inspect(
          'Hold it against what it was',
          'The alert began right after it was written.',
          `kubectl get ${place.object.kind.toLowerCase()} ${place.object.name}${place.object.namespace ? ` -n ${place.object.namespace}` : ''} -o yaml --show-managed-fields`,
        ),
      ],
      tentative: true,
      isLast: true,
    },
  ]
}

/** What was written: by roll-out, by edit, or when a rule for others' traffic or scale was made. */
function writes(snapshot: Snapshot, object: KubeObject): Change[] {
  const rolled = changesOf(snapshot, object)
  const edits = editsOf(object).filter(
    (e) => !rolled.some((c) => c.field === e.field) && !(isWorkloadKind(object.kind) && rolled.length > 0),
  )
  const isRule = !isKind(object.kind) || ['NetworkPolicy', 'HorizontalPodAutoscaler', 'Ingress'].includes(object.kind)
  if (rolled.length + edits.length > 0 || !isRule) return [...rolled, ...edits]
  const at = time(object.metadata.creationTimestamp)
  const field = object.kind === 'NetworkPolicy' ? (object.spec?.egress && !object.spec.ingress ? 'spec.egress' : 'spec.ingress') : 'spec'
  return [{ field, before: undefined, after: undefined, at, how: 'created', knowsBefore: false, backTo: null, isPrevious: false }]
}
