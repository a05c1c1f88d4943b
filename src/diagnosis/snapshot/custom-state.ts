import type { KubeObject } from '#cluster'
import { time } from './events.ts'
import { holdsOf } from './holds.ts'
import { leavesOf } from './leaves.ts'

/** What a custom resource's status says is wrong with it. */
export interface BadState {
  /** `Ready = False: SecretSyncedError`. */
  says: string
  /** The controller's own words; may be empty. */
  message: string
  /** ms */
  since: number | null
  /** The controller has tried and failed; else it only says that it is not done. */
  isFailure: boolean
}

/**
 * Conditions that are well when True, and those that are well when False, by how the conventions of the API and the operators in the field name
 * them. A type that is in neither (Progressing, Paused, Active, Reconciling) says nothing about good and bad.
 */
const GOOD =
  /(?:^|[a-z])(?:Ready|Available|Synced|Healthy|Accepted|Programmed|Reconciled|Valid|Validated|Established|Deployed|Released|Installed|Provisioned|Launched|Registered|Succeeded|Successful|ResolvedRefs|Operational|Applied|Connected|Initialized|Bound|Reachable|Verified|Admitted|QuotaReserved)$/
const BAD =
  /(?:^|[a-z])(?:Failed|Failing|Failure|Error|Errors|Degraded|Stalled|NotReady|Blocked|Invalid|InvalidRequest|Denied|Unhealthy|Faulted|Conflict|Misconfigured|Unschedulable|Unreachable|Fallback)$|^InvalidSpec/
/** Reasons of something that is on its way. */
const ON_ITS_WAY =
  /^(?:Progressing|InProgress|Pending|Creating|Provisioning|Waiting\w*|Reconciling|Issuing|Initializing|Starting|Scaling\w*|Updating|DependencyNotReady|Suspended|Paused|Unknown|NotYet\w*)$/
/** A reason that is one of failure, whatever the condition is called. */
const FAILED =
  /(?:Fail|Error|Invalid|NotFound|Denied|Forbidden|Missing|Unavailable|Timeout|TimedOut|Refused|Exceeded|Unauthorized|Conflict|NoSuch|Mismatch|Unreachable)/
/** Values of a phase or state that mean trouble. */
const TROUBLE =
  /^(?:not enough .*|.*\bout of (?:disk|space|memory).*|.*(?:failed|failure|errored|error|invalid|unhealthy|degraded|faulted|unavailable|crashloop\w*)|red|HEALTH_ERR|Missing|Stuck\w*|Lost|unknown error|(?:.* )?(?:cannot|unable|could not|failed) .*)$/i
/** Of lists only the parts that a resource runs in; the others are records of what was. */
const IN_LIST = /\[(?!.*\])|(?<!\.tasks)\[/
const STATE_KEYS =
  /^(?:phase|state|status|health|robustness|currentState|lastOperationState|result)$|^(?!last|prev|prior|old|former).*[a-z](?:Status|State|Phase)$/i
/** A state that is only "pending" may have its error beside it. */
const COMPLAINS = /\berror\b|\bfail(?:ed|ure|ing)?\b|not found|denied|forbidden|refused|timed? ?out|cannot|unable|invalid|unauthori[sz]ed/i
const MESSAGE_KEYS =
  /^(?:message|reason|phaseReason|error|errorMessage|lastError|lastErrorMessage|failureMessage|failureReason|detail|details|description|validationError|trace)$/

/** Whether its status says that it is well, and not only nothing. */
export const saysWell = (object: KubeObject): boolean =>
  badState(object) === null && ((object.status?.conditions ?? []) as any[]).some((c) => c?.status === 'True' && GOOD.test(String(c.type)))

/** When a thing that runs to an end has ended; null: it goes on, or is none. ms */
export const endedAt = ({ status }: KubeObject): number | null =>
  time(status?.completionTime ?? status?.completionTimestamp ?? status?.finishedAt ?? status?.failureTime ?? null)

/** null: it says of nothing that it is wrong. */
export function badState(object: KubeObject): BadState | null {
  const status = object.status
  // What is held does nothing, and says so in many words.
  if (!status || holdsOf(object).length > 0) return null
  const conditions = conditionsOf(status)
  const well = Math.max(
    0,
    ...conditions
      .filter((c) => c.status === 'True' && /^(?:Ready|Available|Healthy)$/.test(c.type))
      .map((c) => time(c.lastTransitionTime) ?? 0),
  )
  // What a condition of its own kind complained of before all was well again is over.
  const isPast = (c: any): boolean => !GOOD.test(c.type) && !BAD.test(c.type) && (time(c.lastTransitionTime) ?? Infinity) < well
  const bad = conditions.filter((c) => isBad(c) && !isPast(c)).sort((a, b) => weight(b) - weight(a) || (a.type < b.type ? -1 : 1))
  const [first] = bad
  const phase = phaseOf(status)
  if (!first && !phase) return null
  // The general condition (Ready) repeats what a special one says, often in fewer words.
  const messages = [
    ...bad.map((c) => String(c.message ?? '')),
    phase?.message ?? '',
    first && phase ? phase.says.replace(/^.* = /, '') : '',
  ].filter((m) => m !== '')
  const message = [...new Set(messages)].filter(
    (m, i, all) => !all.some((other, j) => j !== i && other.includes(m) && (other !== m || j < i)),
  )
  const times = bad.map((c) => time(c.lastTransitionTime)).filter((t) => t !== null)
  return {
    says: first ? `${first.type} = ${first.status}${first.reason ? `: ${first.reason}` : ''}` : phase!.says,
    message: message.join('; ').slice(0, 1_500),
    since: times.length > 0 ? Math.min(...times) : null,
    isFailure: phase !== null || bad.some((c) => !ON_ITS_WAY.test(String(c.reason ?? ''))),
  }
}

/** Its own conditions, and those that it has for each of those who heed it: the parents of a route, the ancestors of a policy. */
const conditionsOf = (status: any): any[] =>
  [status, ...['parents', 'ancestors', 'listeners'].flatMap((key) => (Array.isArray(status[key]) ? status[key] : []))]
    .flatMap((part) => (Array.isArray(part?.conditions) ? part.conditions : []))
    .filter((c: any) => typeof c?.type === 'string')

const isComplaint = (reason: unknown, message: unknown): boolean =>
  !ON_ITS_WAY.test(String(reason ?? '')) && COMPLAINS.test(String(message ?? ''))

const isBad = ({ type, status, reason, message }: any): boolean =>
  (status === 'False' && GOOD.test(type) && !BAD.test(type)) ||
  (status === 'True' && BAD.test(type)) ||
  (status === 'False' && !BAD.test(type) && (FAILED.test(String(reason ?? '')) || isComplaint(reason, message))) ||
  // A type that nobody knows is bad when its reason is.
  (status === 'True' && !GOOD.test(type) && FAILED.test(String(reason ?? '')) && isComplaint(reason, message)) ||
  (status === 'Unknown' && GOOD.test(type) && !ON_ITS_WAY.test(String(reason ?? '')) && reason !== undefined) ||
  // Argo CD writes its errors as types without a status.
  (status === undefined && type.endsWith('Error'))

/** What says more comes first: a failure before "not ready yet", a special condition before Ready. */
const weight = (c: any): number =>
  (ON_ITS_WAY.test(String(c.reason ?? '')) ? 0 : 4) + (c.message ? 2 : 0) + (/^(?:Ready|Available)$/.test(c.type) ? 0 : 1)

/** A phase or state outside of the conditions: `status.phase: Failed`, `status.health.status: Degraded`. */
function phaseOf(status: any): { says: string; message: string } | null {
  const { conditions: _, ...rest } = status
  const leaves = leavesOf(rest, 'status')
  const isDone = rest.readyToUse === true || rest.ready === true
  const complaint = leaves.find(
    (l) =>
      MESSAGE_KEYS.test(l.key) &&
      COMPLAINS.test(l.value) &&
      (depth(l.field) === 2 || (/^status\.(?:error|lastError|failure)\./.test(l.field) && !isDone)),
  )
  const bad = leaves.find(
    (l) => STATE_KEYS.test(l.key) && depth(l.field) <= 4 && !IN_LIST.test(l.field) && TROUBLE.test(l.value) && l.value.length < 80,
  )
  if (!bad) return complaint ? { says: complaint.field, message: complaint.value } : null
  const near = leaves.filter((l) => MESSAGE_KEYS.test(l.key) && l.value.length > 3)
  const parent = bad.field.slice(0, bad.field.lastIndexOf('.'))
  const told = near.find((l) => l.field.startsWith(`${parent}.`)) ?? near[0]
  return { says: `${bad.field} = ${bad.value}`, message: told?.value ?? '' }
}

const depth = (field: string): number => field.split('.').length
