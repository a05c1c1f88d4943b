import { hash } from '#kit/ids'
import type { Failure, Observation } from '../rules/rule.ts'
import { refKey, type Snapshot } from '../snapshot/snapshot.ts'
import { byTiming, type Attributed } from './attribute.ts'
import { reachOf } from './reach.ts'

/** An observation in the graph: what explains it, and how sure that is. */
export interface Node extends Attributed {
  id: string
  parent: Node | null
  /** 0…1: how sure the cause is that this observation, or the one that explains it, names. */
  strength: number
}

/** In one workload an earlier failure explains a later one. */
const LOCAL: readonly Failure[] = [
  'admission',
  'scheduling',
  'volume',
  'startup',
  'crash',
  'unready',
  'call',
  'ending',
  'rollout',
  'job',
  'scaling',
]

/** Clocks of nodes differ, and conditions settle late: what began this much later may still be the cause. ms */
const SLACK = 5 * 60_000

const idOf = (o: Observation): string => hash(o.rule, refKey(o.on), refKey(o.cause.object), o.cause.field ?? '').slice(0, 12)

/** Gives every observation the one that explains it best, if any. Never in a circle. `alertedAt`: when the alert began, ms. */
export function explainAll(snapshot: Snapshot, attributed: readonly Attributed[], alertedAt: number | null): Node[] {
  const nodes: Node[] = attributed.map((a) => ({ ...a, id: idOf(a.observation), parent: null, strength: a.observation.directness }))
  nodes.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const byObject = new Map<string, Node[]>()
  for (const node of nodes) push(byObject, refKey(node.observation.on), node)

  linkAcross(snapshot, nodes, byObject, alertedAt)
  for (const node of nodes) if (node.parent) node.strength = Math.max(node.strength, rootOf(node).strength * 0.95)
  for (const group of byObject.values()) linkWithin(group)
  for (const node of nodes) if (!node.parent) settle(node, byTiming(snapshot, node.observation, alertedAt, true))
  return nodes
}

/** What nothing explains may have begun with a change. */
function settle(node: Node, timed: Attributed | null): void {
  if (!timed) return
  Object.assign(node, timed, { strength: Math.max(node.strength, timed.observation.directness) })
  node.id = idOf(timed.observation)
}

/** Over the edges of the graph: a caller to what it calls, a pod to its node and claim. */
function linkAcross(
  snapshot: Snapshot,
  nodes: readonly Node[],
  byObject: ReadonlyMap<string, readonly Node[]>,
  alertedAt: number | null,
): void {
  for (const node of nodes) {
    const own = refKey(node.observation.on)
    let best: { parent: Node; worth: number } | null = null
    let began: Attributed | null = null
    for (const [key, strength] of reachOf(snapshot, node.observation)) {
      if (key === own) continue
      for (const candidate of byObject.get(key) ?? []) {
        if (!canReach(candidate.observation, node.observation, strength) || isAbove(node, candidate)) continue
        const worth = strength * candidate.strength * (candidate.observation.tentative ? 0.5 : 1)
        if (strength < 1 && (began ??= byTiming(snapshot, node.observation, alertedAt)) !== null) continue
        if (!best || worth > best.worth) best = { parent: candidate, worth }
      }
    }
    node.parent = best?.parent ?? null
  }
}

/** What kind of failure another object's failure can bring about. */
function canReach(cause: Observation, effect: Observation, strength: number): boolean {
  // Who should mend a node's state and is down now may have been started anew since.
  if (startsLater(cause, effect) && !(effect.failure === 'node' && strength === 1)) return false
  // That a roll-out is not done is seen, not why.
  if (cause.failure === 'rollout' && effect.failure === 'node') return false
  if (cause.failure === 'scaling' || (cause.failure === 'job' && strength < 1)) return false
  // A node in trouble takes its pods along; a claim keeps them from starting.
  if (cause.failure === 'node') return effect.failure !== 'configuration' && effect.failure !== 'volume'
  if (effect.directness >= 0.8 && !effect.open) return effect.blames.length > 0 && strength === 1
  return strength === 1 || cause.severity === 'critical'
}

const startsLater = (cause: Observation, effect: Observation): boolean =>
  cause.since !== null && effect.since !== null && cause.since > effect.since + SLACK

function linkWithin(group: readonly Node[]): void {
  for (const node of group) {
    if (node.parent) continue
    let best: Node | null = null
    for (const candidate of group) {
      if (candidate === node || isAbove(node, candidate) || !explainsHere(candidate, node)) continue
      if (!best || candidate.strength > best.strength) best = candidate
    }
    node.parent = best
  }
}

function explainsHere(cause: Node, effect: Node): boolean {
  const [c, e] = [cause.observation, effect.observation]
  const [from, to] = [LOCAL.indexOf(c.failure), LOCAL.indexOf(e.failure)]
  if (from < 0 || to < 0 || (c.tentative && !e.tentative && cause.parent === null)) return false
  if (c.pods.length > 0 && e.pods.length > 0 && !overlaps(c.pods, e.pods)) return false
  const sameContainer = c.container === null || e.container === null || c.container === e.container
  if (!sameContainer) return false
  if (from < to) return true
  return from === to && e.open && cause.strength > effect.strength
}

function overlaps(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a)
  return b.some((x) => set.has(x))
}

/** Whether `node` is `other` or explains it. */
function isAbove(node: Node, other: Node): boolean {
  for (let at: Node | null = other; at; at = at.parent) if (at === node) return true
  return false
}

export function rootOf(node: Node): Node {
  let at = node
  while (at.parent) at = at.parent
  return at
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
