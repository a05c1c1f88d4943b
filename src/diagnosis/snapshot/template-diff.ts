import { element, entry, item } from './field-path.ts'

/** One field that two versions of an object do not agree on; undefined means that it is not there. */
export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

/** Merge keys of the pod template's lists (the `patchMergeKey` of the API's types). */
const MERGE_KEYS: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  schedulingGates: 'name',
  ports: 'containerPort',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
}

/** Written by tools and controllers at every roll-out: they differ, but nothing follows from it. */
const NOISE = /pod-template-hash|controller-revision-hash|kubectl\.kubernetes\.io\/restartedAt|checksum|creationTimestamp/

const MAX_CHANGES = 100

/** What differs between two versions, sorted by field; `root` is put before each path. */
export function diff(before: unknown, after: unknown, root: string): FieldChange[] {
  const changes: FieldChange[] = []
  walk(before, after, root, '', changes)
  return changes
    .filter((change) => !NOISE.test(change.field))
    .sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0))
    .slice(0, MAX_CHANGES)
}

function walk(before: unknown, after: unknown, path: string, listName: string, changes: FieldChange[]): void {
  if (same(before, after)) return
  if (Array.isArray(before) || Array.isArray(after)) {
    const [a, b] = [before ?? [], after ?? []]
    if (Array.isArray(a) && Array.isArray(b)) return walkList(a, b, path, MERGE_KEYS[listName], changes)
  }
  if (isMap(before ?? {}) && isMap(after ?? {}) && (isMap(before) || isMap(after))) {
    const [a, b] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) walk(a[key], b[key], entry(path, key), key, changes)
    return
  }
  changes.push({ field: path, before, after })
}

function walkList(before: unknown[], after: unknown[], path: string, key: string | undefined, changes: FieldChange[]): void {
  const keyed = key !== undefined && [...before, ...after].every((x) => isMap(x) && x[key] !== undefined)
  if (!keyed) return walkSequence(before, after, path, changes)
  const byKey = (list: unknown[]) => new Map(list.map((x) => [String((x as any)[key]), x]))
  const [a, b] = [byKey(before), byKey(after)]
  for (const value of new Set([...a.keys(), ...b.keys()])) {
    const field = item(path, key, value)
    if (a.has(value) && b.has(value)) walk(a.get(value), b.get(value), field, '', changes)
    else changes.push({ field, before: a.get(value), after: b.get(value) })
  }
}

/** A list without keys (args, command): aligned on what stayed, so that an inserted flag is one change and not a shift of all. */
function walkSequence(before: unknown[], after: unknown[], path: string, changes: FieldChange[]): void {
  const kept = commonSubsequence(before, after)
  let [i, j] = [0, 0]
  for (const [ki, kj] of [...kept, [before.length, after.length] as const]) {
    while (i < ki || j < kj) {
      const [a, b] = [i < ki ? before[i] : undefined, j < kj ? after[j] : undefined]
      const field = element(path, j < kj ? j : i)
      if (isMap(a) && isMap(b)) walk(a, b, field, '', changes)
      else changes.push({ field, before: a, after: b })
      if (i < ki) i++
      if (j < kj) j++
    }
    i = ki + 1
    j = kj + 1
  }
}

function commonSubsequence(a: unknown[], b: unknown[]): (readonly [number, number])[] {
  if (a.length * b.length > 40_000) return []
  const [x, y] = [a.map((v) => JSON.stringify(v)), b.map((v) => JSON.stringify(v))]
  const best = Array.from({ length: x.length + 1 }, () => Array.from({ length: y.length + 1 }, () => 0))
  for (let i = x.length - 1; i >= 0; i--)
    for (let j = y.length - 1; j >= 0; j--)
      best[i]![j] = x[i] === y[j] ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!)
  const pairs: (readonly [number, number])[] = []
  for (let [i, j] = [0, 0]; i < x.length && j < y.length;) {
    if (x[i] === y[j]) pairs.push([i++, j++])
    else if (best[i + 1]![j]! >= best[i]![j + 1]!) i++
    else j++
  }
  return pairs
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}
