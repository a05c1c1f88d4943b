/**
 * JSON with its keys in order. An API server writes the fields of an object in the order of its Go struct, `kubectl get -o yaml` by name: what
 * is told of both must be the same text.
 */
export const jsonText = (value: unknown): string => JSON.stringify(sorted(value))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]))
}
