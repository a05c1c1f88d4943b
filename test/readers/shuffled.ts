import type { ClusterReader, KubeObject } from '#cluster'
import { randomOf, shuffled } from './random.ts'

/** Lists whose order the API does not promise. */
const UNORDERED = new Set([
  'conditions',
  'containerStatuses',
  'initContainerStatuses',
  'managedFields',
  'addresses',
  'images',
  'ownerReferences',
])

/**
 * The same cluster told in another order: every list of objects is shuffled, and in every object the keys of its maps and the lists that have no
 * order of their own.
 */
export function shuffledReader(reader: ClusterReader, seed: number): ClusterReader {
  const random = randomOf(seed)
  const shuffle = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) {
      const items = value.map((item) => shuffle(item, ''))
      return UNORDERED.has(key) ? shuffled(items, random) : items
    }
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(shuffled(Object.entries(value), random).map(([name, part]) => [name, shuffle(part, name)]))
  }
  const mixed = (object: KubeObject): KubeObject => shuffle(object, '') as KubeObject
  return {
    title: reader.title,
    oddities: reader.oddities,
    list: async (type, options) => shuffled(await reader.list(type, options), random).map(mixed),
    get: async (type, namespace, name, signal) => {
      const found = await reader.get(type, namespace, name, signal)
      return found && mixed(found)
    },
    logs: (request, signal) => reader.logs(request, signal),
    now: () => reader.now(),
    types: () => reader.types(),
    close: () => reader.close(),
  }
}
