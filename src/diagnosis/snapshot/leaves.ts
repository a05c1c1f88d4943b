import { entry, element, item } from './field-path.ts'

/** One text, number or switch somewhere in an object, with the path that a person edits. */
export interface Leaf {
  field: string
  /** The last key of the path. */
  key: string
  value: string
}

const MAX_DEPTH = 16
const MAX_LEAVES = 2_000

/** What the API's lists are told apart by. */
const MERGE_KEYS = ['name', 'key', 'containerPort', 'port'] as const

/** Every leaf of a value, in the order of its keys. */
export function leavesOf(value: unknown, path: string): Leaf[] {
  const found: Leaf[] = []
  const walk = (at: unknown, field: string, key: string, depth: number): void => {
    if (depth > MAX_DEPTH || found.length >= MAX_LEAVES || at === null || at === undefined) return
    if (Array.isArray(at)) {
      const by = MERGE_KEYS.find(
        (k) => at.length > 0 && at.every((x) => typeof x?.[k] === 'string') && new Set(at.map((x) => x[k])).size === at.length,
      )
      for (const [i, one] of at.entries()) walk(one, by ? item(field, by, one[by]) : element(field, i), key, depth + 1)
    } else if (typeof at === 'object') {
      for (const name of Object.keys(at).sort()) walk((at as any)[name], field === '' ? name : entry(field, name), name, depth + 1)
    } else found.push({ field, key, value: String(at) })
  }
  walk(value, path, '', 0)
  return found
}
