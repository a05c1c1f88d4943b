import { refOf, type KubeObject } from '#cluster'
import type { Observation } from '../rules/rule.ts'
import { customOwner, customsNamed } from '../snapshot/custom-links.ts'
import { isKind } from '../snapshot/kinds.ts'
import { leavesOf, type Leaf } from '../snapshot/leaves.ts'
import { wordsOf } from '../snapshot/named-settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'

const MAX_CHAIN = 6
/** A shorter value may be the same by chance: then the last key must be the same, too. */
const TELLING = 8

/**
 * What an operator made, it makes again: where the wrong value of an object was copied from the custom resource that owns it, or from one that this
 * names (an issuer, a class, a template), the cause is there.
 */
export function byMaker(snapshot: Snapshot, observation: Observation): Observation {
  const { object, field } = observation.cause
  if (field === null || !isKind(object.kind)) return observation
  const made = snapshot.get(object.kind, object.namespace, object.name)
  const chain = made ? ownersOf(snapshot, made) : []
  if (!made || chain.length === 0) return observation
  const wrong = leavesOf(made.spec ?? {}, 'spec').find((l) => l.field === field)
  if (!wrong || wrong.value === '') return observation
  // What is referred to was written by hand; of the owners the topmost.
  const writers = [...new Set([...chain.flatMap((owner) => customsNamed(snapshot, owner)), ...chain.toReversed()])].filter(
    (o) => o === chain.at(-1) || !customOwner(snapshot, o),
  )
  for (const writer of writers) {
    const leaf = leavesOf(writer.spec ?? {}, 'spec').find((l) => isSame(l, wrong))
    if (!leaf) continue
    const own = {
      object,
      field,
      summary: `${object.kind} ${object.name} holds the value, which ${writer.kind} ${writer.metadata.name} gives it`,
    }
    return { ...observation, cause: { object: refOf(writer), field: leaf.field }, alternatives: [own, ...observation.alternatives] }
  }
  return observation
}

/** `spec.kafka.storage.class` is what became `spec.storageClassName`. */
const isCalledSo = (field: string, key: string): boolean => {
  const path = wordsOf(field).split(' ')
  const words = wordsOf(key)
    .split(' ')
    .filter((word) => word !== 'name')
  return words.length > 1 && words.every((word) => path.includes(word))
}

const isSame = (a: Leaf, b: Leaf): boolean =>
  a.value === b.value && (a.key === b.key || a.value.length >= TELLING || isCalledSo(a.field, b.key))

/** The custom resources above an object, nearest first; also above a workload that is owned through another. */
function ownersOf(snapshot: Snapshot, object: KubeObject): KubeObject[] {
  const chain: KubeObject[] = []
  for (let at = customOwner(snapshot, object); at && chain.length < MAX_CHAIN && !chain.includes(at); at = customOwner(snapshot, at))
    chain.push(at)
  return chain
}
