/**
 * JSON with its keys in order. An API server writes the fields of an object in the order of its Go struct, `kubectl get -o yaml` by name: what
 * is told of both must be the same text.
 */
export const jsonText = (value: unknown): string => JSON.stringify(inOrder(value))

/** The same value, the keys of its objects by name. */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, part]) => [key, inOrder(part)]))
}
