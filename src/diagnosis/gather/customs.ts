import type { ResourceType } from '#cluster'
import { namedInMessages, unwellCustoms } from '../snapshot/custom-links.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'

const WIDTH = 8
/** A cluster with more custom kinds than this is read as far as this. */
const MAX_TYPES = 150

/** Custom resources of the namespaces (null: of all), and those that belong to none. Kinds are asked for once. */
export async function readCustoms(eyes: Eyes, namespaces: readonly string[] | null): Promise<void> {
  const types = (await eyes.customTypes()).slice(0, MAX_TYPES)
  const reads = types.flatMap((type): { type: ResourceType; namespace: string | null }[] =>
    type.namespaced && namespaces !== null ? namespaces.map((namespace) => ({ type, namespace })) : [{ type, namespace: null }],
  )
  await mapLimited(reads, WIDTH, ({ type, namespace }) => eyes.listCustom(type, namespace))
}

/** Namespaces that unwell custom resources deploy to or take from: `destination: {namespace}`, `targetNamespace`. */
export const customNamespaces = (snapshot: Snapshot): string[] =>
  [
    ...new Set(
      [...unwellCustoms(snapshot).values()].flatMap(({ object, state }) => [
        ...namedInMessages([state.message]).map((o) => o.namespace ?? ''),
        ...leavesOf(object.spec ?? {}, '')
          .filter((l) => /namespace$/i.test(l.key) && /^[a-z0-9][-a-z0-9]*$/.test(l.value))
          .map((l) => l.value),
      ]),
    ),
  ].sort()
