import type { ResourceType } from '#cluster'
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
