import { groupOf, type KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../request.ts'
import { time } from '../snapshot/events.ts'
import { controllersOf, operatorsOf } from '../snapshot/controllers.ts'
import { workloadsKept } from '../snapshot/custom-links.ts'
import { proxiesOf } from '../snapshot/entry.ts'
import { ACTED_ON, KINDS } from '../snapshot/kinds.ts'
import { scalersOf } from '../snapshot/scalers.ts'
import { SYSTEM_NAMESPACES } from '../snapshot/well-known.ts'
import { refKey, keyOf, ownerOf, type Snapshot } from '../snapshot/snapshot.ts'
import type { Aim } from '../gather/aim.ts'
import { podsUnder } from '../rules/run/eviction-words.ts'
import { entriesOf } from '../gather/entry.ts'
import { withDependencies } from '../gather/suspects.ts'
import { choresOf } from '../gather/chores.ts'
import { customsMeant } from '../gather/meant.ts'
import { heldNear } from './held-near.ts'
import { rootOf, type Node } from './graph.ts'
import type { Severity } from '#kinds/result'

/** One independent cause with all that it explains. */
export interface Problem {
  root: Node
  /** Everything that it explains, the root first. */
  nodes: Node[]
  /** 3: explains trouble of the target. 2: on something that the target depends on. 1: no target, so all are. 0: elsewhere. */
  related: 0 | 1 | 2 | 3
}

const SEVERITY: Record<Severity, number> = { critical: 2, warning: 1, info: 0 }

/** What the target is, as keys: itself, its workloads, its pods count as their workload. */
export interface Targeted {
  own: ReadonlySet<string>
  below: ReadonlySet<string>
  /** The programs that let requests in to it, and those that act on the custom resource that is meant. */
  doors: ReadonlySet<string>
  /** Custom resources that the alert names in its labels or text, and CronJobs that do what it misses. */
  named: ReadonlySet<string>
  /** Pods of nobody that have failed long ago: tests of a release, somebody's debugging. */
  leftovers: ReadonlySet<string>
  isWhole: boolean
  byAlert: boolean
  startsAt: number | null
}

export function targeted(snapshot: Snapshot, aim: Aim, alert: DiagnosisRequest['alert']): Targeted {
  const own = new Set([...(aim.object ? [keyOf(aim.object)] : []), ...aim.workloads.map(keyOf), ...aim.parts.map(keyOf)])
  for (const scaler of scalersOf(snapshot, aim.workloads)) own.add(keyOf(scaler))
  const below = new Set(withDependencies(snapshot, aim.workloads).map(keyOf))
  if (aim.object?.kind === 'Node')
    for (const object of onNode(snapshot, aim.object)) {
      below.add(keyOf(object))
      // Somebody wants a cordoned node to be empty: what keeps its pods there is then what is asked about.
      const isEnding = snapshot.podsOf(object).some((p) => p.spec?.nodeName === aim.object!.metadata.name && p.metadata.deletionTimestamp)
      if ((object.kind === 'PodDisruptionBudget' || isEnding) && aim.object.spec?.unschedulable) own.add(keyOf(object))
    }
  for (const controller of entryControllers(snapshot, aim)) below.add(keyOf(controller))
  for (const keeper of keepersOf(snapshot, aim.workloads)) below.add(keyOf(keeper))
  const doors = new Set(entriesOf(snapshot, aim).flatMap((entry) => proxiesOf(snapshot, entry).map(keyOf)))
  for (const operator of customsMeant(snapshot, aim, alert).flatMap((o) => operatorsOf(snapshot, o))) doors.add(keyOf(operator))
  for (const door of doors) below.add(door)
  const named = new Set(
    [...customsMeant(snapshot, aim, alert), ...choresOf(snapshot, aim, alert), ...heldNear(snapshot, aim, alert)].map(keyOf),
  )
  const isWhole = aim.object === null || aim.object.kind === 'Namespace'
  const leftovers = new Set(
    snapshot
      .all('Pod')
      .filter((pod) => isLeftover(pod, snapshot.now))
      .map(keyOf),
  )
  return { own, below, doors, named, leftovers, isWhole, byAlert: alert !== null, startsAt: time(alert?.startsAt) }
}

/** Custom resources that scale or keep the workloads: what is wrong with them is wrong with these. */
const keepersOf = (snapshot: Snapshot, workloads: readonly KubeObject[]): KubeObject[] =>
  snapshot.customs.filter((custom) => {
    const { name, kind = 'Deployment' } = custom.spec?.scaleTargetRef ?? {}
    return (
      workloads.some(
        (w) => name !== undefined && w.kind === kind && w.metadata.name === name && w.metadata.namespace === custom.metadata.namespace,
      ) || workloadsKept(snapshot, custom).some((w) => workloads.includes(w))
    )
  })

const HOUR = 3_600_000

const isLeftover = (pod: KubeObject, now: number): boolean =>
  pod.status?.phase === 'Failed' &&
  ownerOf(pod) === undefined &&
  now - (time(pod.status.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? pod.metadata.creationTimestamp) ?? now) > HOUR

/** Workloads with pods on a node, and the budgets that may keep it from being drained. */
function onNode(snapshot: Snapshot, { metadata: { name } }: KubeObject): KubeObject[] {
  const pods = new Set(snapshot.podsOn(name))
  return [
    ...[...pods].map((pod) => snapshot.workloadOf(pod)),
    ...snapshot.all('PodDisruptionBudget').filter((budget) => podsUnder(snapshot, budget).some((pod) => pods.has(pod))),
  ]
}

/** The controllers behind the Ingresses and routes of the namespace that is asked about. */
const entryControllers = (snapshot: Snapshot, { object }: Aim): KubeObject[] =>
  object?.metadata.namespace === undefined
    ? []
    : ACTED_ON.filter((kind) => snapshot.all(kind, object.metadata.namespace).length > 0).flatMap((kind) =>
        controllersOf(snapshot, { group: groupOf(KINDS[kind].apiVersion), resource: KINDS[kind].plural }),
      )

/** Gathers the graph's trees into problems: same cause, one problem; what does not stand alone is left out. Ranked. */
export function problemsOf(nodes: readonly Node[], target: Targeted): Problem[] {
  const trees = new Map<Node, Node[]>()
  for (const node of nodes) {
    const root = rootOf(node)
    trees.set(root, [...(trees.get(root) ?? []), node])
  }
  const kept = [...trees].filter(
    ([root, tree]) =>
      !root.observation.tentative || (!isBare(root) && tree.some((n) => !n.observation.tentative || isAlertedOn(n, target))),
  )
  const byCause = new Map<string, Problem>()
  for (const [root, tree] of kept) {
    const { object, field } = root.observation.cause
    const key = `${refKey(object)} ${field ?? ''}`
    const known = byCause.get(key)
    if (!known) byCause.set(key, { root, nodes: tree, related: 0 })
    else byCause.set(key, { root: stronger(known.root, root), nodes: [...known.nodes, ...tree], related: 0 })
  }
  return [...byCause.values()]
    .map((p) => ({ ...p, nodes: [p.root, ...p.nodes.filter((n) => n !== p.root)], related: relatedTo(p.nodes, target) }))
    .sort((a, b) => compare(a, b, target))
}

/** A sign alone, of which nobody knows what it means: no cause, and no change that it began with. */
const isBare = ({ observation, change, strength }: Node): boolean => observation.open && change === null && strength < 0.35

/** What is tentative counts when an alert points at its object, or at one whose trouble it explains. */
const isAlertedOn = (node: Node, target: Targeted): boolean =>
  target.byAlert &&
  (target.own.has(refKey(node.observation.on)) ||
    target.named.has(refKey(node.observation.on)) ||
    // What is called need not be complained of: when it says itself what is wrong, or is away since, that is enough.
    (target.below.has(refKey(node.observation.on)) &&
      node.strength >= SURE &&
      (node.observation.failure === 'call' || isAway(node, target))))

const SURE = 0.8
const DAY = 24 * 3_600_000

/** Whether none is left of it: of who lets requests in at any time, of what else is called since shortly before the alert. */
function isAway({ observation: { failure, on, since } }: Node, { doors, startsAt }: Targeted): boolean {
  if (failure !== 'rollout' && failure !== 'scheduling') return false
  return doors.has(refKey(on)) || (since !== null && startsAt !== null && since <= startsAt + 60_000 && startsAt - since < DAY)
}

const stronger = (a: Node, b: Node): Node => (b.strength > a.strength || (b.strength === a.strength && b.id < a.id) ? b : a)

function relatedTo(nodes: readonly Node[], target: Targeted): Problem['related'] {
  if (nodes.some((n) => target.named.has(refKey(n.observation.on)))) return 3
  if (target.isWhole) return target.byAlert && nodes.every((n) => target.leftovers.has(refKey(n.observation.on))) ? 0 : 1
  if (nodes.some((n) => target.own.has(refKey(n.observation.on)) || target.own.has(refKey(n.observation.cause.object)))) return 3
  return nodes.some((n) => target.below.has(refKey(n.observation.on))) ? 2 : 0
}

/** Only what can be weighed is; equal weights are ordered by id, so that the order of reading never shows. */
function compare(a: Problem, b: Problem, target: Targeted): number {
  const weights = (p: Problem): number[] => [
    p.related,
    target.isWhole ? severity(p) : 0,
    Math.round(p.root.strength * 10),
    recency(p, target.startsAt),
    p.nodes.length,
    severity(p),
    SYSTEM_NAMESPACES.has(p.root.observation.cause.object.namespace ?? '') ? 1 : 0,
  ]
  const [wa, wb] = [weights(a), weights(b)]
  for (const [i, x] of wa.entries()) if (x !== wb[i]) return wb[i]! - x
  return a.root.id < b.root.id ? -1 : 1
}

const severity = (p: Problem): number => Math.max(...p.nodes.map((n) => SEVERITY[n.observation.severity]))

/** A change in the hour before the alert began weighs most. */
function recency(p: Problem, startsAt: number | null): number {
  const at = p.root.change?.at ?? null
  if (at === null) return 0
  if (startsAt === null) return 1
  return at <= startsAt + 60_000 && at >= startsAt - 3_600_000 ? 2 : at <= startsAt + 60_000 ? 1 : 0
}
