import { refOf, type KubeObject } from '#cluster'
import { changesOf, type Change } from '../snapshot/changes.ts'
import { editsOf } from '../snapshot/edits.ts'
import { isWithin, touches } from '../snapshot/field-path.ts'
import { isKind, isWorkloadKind } from '../snapshot/kinds.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { configMapsOf, holdsWord } from '../snapshot/settings.ts'
import { podSpecOf } from '../snapshot/field-path.ts'
import { keyOf, ownerOf, refKey, revisionOf, type Snapshot } from '../snapshot/snapshot.ts'
import { fromObject, type Observation } from '../rules/rule.ts'
import { nearEdits } from './near.ts'
import { relevance } from './relevance.ts'
import { jsonText } from '../snapshot/json-text.ts'

/**
 * What changed, as a witness. A change is no fault by itself (every good roll-out is one); it makes an observation more
 * certain and its field exact when it touches the field that is in trouble, when it brought the very word that the
 * message quotes, or, if nothing else tells why, when the trouble began with it.
 */
export interface Attributed {
  observation: Observation
  /** The change that the cause is, when there is one. */
  change: Change | null
  /** Other changes of the same roll-out that could have done it. */
  others: Change[]
}

const MINUTES = 60_000
const IS_CONTAINER = /(?:containers|initContainers)\[name=[^\]]*\]$/

export function attribute(snapshot: Snapshot, observation: Observation): Attributed {
  // It is a change already, and no more proven by being one.
  if (observation.isLast) return { observation, change: null, others: [] }
  const object = objectOf(snapshot, observation)
  const changes = object && isOfNewest(snapshot, object, observation) ? changesOf(snapshot, object) : []
  const edits = object ? editsOf(object) : []
  const field = observation.cause.field
  const exact = isExact(observation)

  const touched = exact ? [...changes, ...edits].find((c) => touches(c.field, field!)) : undefined
  if (touched)
    return proven(
      observation,
      touched,
      isWithin(touched.field, field!) ? touched.field : field!,
      Math.max(observation.directness, 0.7),
      0.09,
    )

  // A container that is new as a whole holds every word of its own messages.
  const quoted = changes.find((c) => !IS_CONTAINER.test(c.field) && fits(observation, c) && isQuoted(observation, c))
  if (quoted && !exact) return proven(observation, quoted, quoted.field, Math.max(observation.directness, 0.8), 0.12)

  return { observation, change: null, others: [] }
}

/**
 * When nothing else tells why: the change with which the trouble began. A change after which all went well for hours is
 * not it.
 */
export function byTiming(snapshot: Snapshot, seen: Observation, alertedAt: number | null, isLast = false): Attributed | null {
  if (!seen.open) return null
  // What a program that is well complains of has no beginning of its own.
  const observation = seen.since === null && seen.failure === 'call' ? { ...seen, since: alertedAt } : seen
  const object = objectOf(snapshot, observation)
  const changes = object && isOfNewest(snapshot, object, observation) ? changesOf(snapshot, object) : []
  // Without the revision before (a bundle holds none of a DaemonSet) the writers still tell which fields were changed.
  const known = changes.length > 0 || !object || !hasRevisions(object) ? changes : editsOf(object)
  const ranked = known
    .filter((c) => isTimely(c, observation))
    .map((change) => ({ change, weight: relevance(observation, change.field) }))
    .filter((x) => x.weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.change.field < b.change.field ? -1 : 1))
  const [first, second] = ranked
  if (first) {
    const clear = !second || first.weight > second.weight
    const found = proven(observation, first.change, first.change.field, Math.max(observation.directness, clear ? 0.65 : 0.55), 0.1)
    return { ...found, others: ranked.slice(1, 4).map((x) => x.change) }
  }
  if (object && !isKind(object.kind)) return byEdit(object, observation)
  return (
    byConfigMap(snapshot, object, observation) ??
    byCallee(snapshot, observation, false) ??
    byNeighbour(snapshot, observation) ??
    (isLast ? byCallee(snapshot, observation, true) : null)
  )
}

/** A custom resource has no revisions: the one field that somebody wrote before its controller began to complain. */
function byEdit(object: KubeObject, observation: Observation): Attributed | null {
  const edits = observation.since === null ? [] : editsOf(object).filter((e) => e.at !== null && isTimely(e, observation))
  const [first] = edits.sort((a, b) => b.at! - a.at! || (a.field < b.field ? -1 : 1))
  return first
    ? { ...proven(observation, first, first.field, Math.max(observation.directness, 0.62), 0.1), others: edits.slice(1, 4) }
    : null
}

const hasRevisions = ({ kind }: KubeObject): boolean => kind === 'StatefulSet' || kind === 'DaemonSet'

/** Whether the message speaks of what the change brought: its words in the value, or the value in its lines. */
function isQuoted({ tokens, lines }: Observation, { before, after }: Change): boolean {
  const [was, is] = [valueText(before), valueText(after)]
  if (tokens.some((t) => holdsWord(is, t) && !holdsWord(was, t))) return true
  const word = is.replace(/^-+/, '').replace(/=.*$/, '')
  return word.length >= 4 && word.length < 200 && !holdsWord(was, word) && lines.some((line) => holdsWord(line, word))
}

function isTimely({ at }: Change, { since }: Observation): boolean {
  return at === null || since === null || (at <= since + 5 * MINUTES && since - at < 120 * MINUTES)
}

function proven(observation: Observation, change: Change, field: string, base: number, bonus: number): Attributed {
  const cause = { object: observation.cause.object, field }
  return { observation: { ...observation, cause, directness: Math.min(0.98, base + bonus), open: false }, change, others: [] }
}

/**
 * What is called shows no fault of its own, and was rolled out anew just before the caller's trouble began. `isAny`: whatever is called, where the
 * caller names nobody.
 */
function byCallee(snapshot: Snapshot, observation: Observation, isAny: boolean): Attributed | null {
  if (observation.since === null) return null
  const caller =
    isAny && observation.blames.length === 0
      ? objectOf(snapshot, { ...observation, cause: { object: observation.on, field: null } })
      : undefined
  if (isAny && (!caller || !['call', 'crash', 'unready'].includes(observation.failure))) return null
  const callees = caller ? callsOf(snapshot, caller).map((c) => c.service) : observation.blames
  for (const { kind, namespace, name } of callees) {
    const own = isWorkloadKind(kind) && isKind(kind) ? snapshot.get(kind, namespace, name) : undefined
    const selector = kind === 'Service' ? snapshot.get('Service', namespace, name)?.spec?.selector : undefined
    const pods = snapshot.podsSelected(namespace ?? '', selector)
    for (const callee of new Set([...(own ? [own] : []), ...pods.map((p) => snapshot.workloadOf(p))])) {
      const changes = changesOf(snapshot, callee).filter((c) => c.at !== null && isTimely(c, observation))
      const change =
        changes.find((c) => /\]\.env\b/.test(c.field)) ??
        changes.find((c) => /\]\.(?:args|command|image|resources\.limits)\b/.test(c.field))
      if (!change) continue
      const cause = { object: refOf(callee), field: change.field }
      return {
        observation: { ...observation, cause, directness: Math.max(observation.directness, isAny ? 0.52 : 0.62), open: false },
        change,
        others: changes.filter((c) => c !== change).slice(0, 3),
      }
    }
  }
  return null
}

/** What was written on the way to what is called. */
function byNeighbour(snapshot: Snapshot, observation: Observation): Attributed | null {
  const { since, failure } = observation
  if (since === null || !['crash', 'unready', 'call'].includes(failure)) return null
  const [first] = nearEdits(snapshot, observation, (at) => at <= since + 5 * MINUTES && since - at < 120 * MINUTES)
  if (!first) return null
  const cause = { object: refOf(first.object), field: first.change.field }
  const { kind, namespace, name } = cause.object
  return {
    observation: {
      ...observation,
      cause,
      evidence: [
        ...observation.evidence,
        fromObject(first.object, `${kind} ${namespace}/${name}: ${first.change.field} ${first.change.how}`),
      ],
      directness: Math.max(observation.directness, 0.6),
      open: false,
    },
    change: first.change,
    others: [],
  }
}

/** A ConfigMap that was written after it was made, shortly before the trouble began. */
function byConfigMap(snapshot: Snapshot, object: KubeObject | undefined, observation: Observation): Attributed | null {
  if (!object || observation.since === null || !['crash', 'unready', 'call'].includes(observation.failure)) return null
  for (const name of configMapsOf(podSpecOf(object))) {
    const map = snapshot.get('ConfigMap', object.metadata.namespace ?? null, name)
    const edits = map
      ? editsOf(map).filter((e) => e.at !== null && e.at <= observation.since! + 5 * MINUTES && e.at >= observation.since! - 120 * MINUTES)
      : []
    const edit = edits.at(-1)
    if (!map || !edit) continue
    const cause = {
      object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: object.metadata.namespace ?? null, name },
      field: edits.length === 1 ? edit.field : 'data',
    }
    return {
      observation: { ...observation, cause, directness: Math.max(observation.directness, 0.6), open: false },
      change: edit,
      others: [],
    }
  }
  return null
}

const objectOf = (snapshot: Snapshot, { cause }: Observation): KubeObject | undefined =>
  (isKind(cause.object.kind) ? snapshot.get(cause.object.kind, cause.object.namespace, cause.object.name) : undefined) ??
  snapshot.customs.find((o) => keyOf(o) === refKey(cause.object))

/** Whether the pods that fail are of the newest revision: what an older one shows, too, was not brought by the last change. */
function isOfNewest(snapshot: Snapshot, object: KubeObject, observation: Observation): boolean {
  if (
    object.kind !== 'Deployment' ||
    observation.pods.length === 0 ||
    refKey(observation.on) !== `Deployment/${object.metadata.namespace}/${object.metadata.name}`
  )
    return true
  const current = snapshot.replicaSetsOf(object).find((rs) => revisionOf(rs) === revisionOf(object))
  if (!current) return true
  return observation.pods.some(
    (name) => ownerOf(snapshot.get('Pod', object.metadata.namespace ?? null, name) ?? current)?.uid === current.metadata.uid,
  )
}

/** Whether the field says more than "this container" or "something in this list". */
function isExact({ cause: { field }, open }: Observation): boolean {
  if (field === null || IS_CONTAINER.test(field)) return false
  return !/\.(?:args|command|env|volumeMounts|securityContext)$/.test(field) && !(open && field.endsWith('.image'))
}

/** A change in another container of the pod has nothing to do with this one. */
function fits(observation: Observation, change: Change): boolean {
  const container = /(?:containers|initContainers)\[name=([^\]]*)\]/.exec(change.field)?.[1]
  return container === undefined || observation.container === null || container === observation.container
}

export const valueText = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : jsonText(value))
