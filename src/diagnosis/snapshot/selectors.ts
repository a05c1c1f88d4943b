/** Label selectors as the API server evaluates them. */

export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export const matchesLabels = (selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

/** An empty selector matches everything, a missing one nothing. */
export function matchesSelector(selector: LabelSelector | null | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  if (!selector) return false
  if (!matchesLabels(selector.matchLabels ?? {}, labels)) return false
  return (selector.matchExpressions ?? []).every((e) => matchesExpression(e, labels))
}

export function matchesExpression(
  e: { key: string; operator: string; values?: string[] },
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[e.key]
  if (e.operator === 'Exists') return value !== undefined
  if (e.operator === 'DoesNotExist') return value === undefined
  if (e.operator === 'In') return value !== undefined && (e.values ?? []).includes(value)
  if (e.operator === 'NotIn') return value === undefined || !(e.values ?? []).includes(value)
  if (e.operator === 'Gt') return value !== undefined && Number(value) > Number(e.values?.[0])
  if (e.operator === 'Lt') return value !== undefined && Number(value) < Number(e.values?.[0])
  return false
}

/** Edit distance, at most `max`: for "did you mean". */
export function distance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

/** The name among `names` that was probably meant by `wanted`; undefined when none is near. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  if (!wanted) return undefined
  const max = Math.max(2, Math.floor(wanted.length / 4))
  const scored = names
    .filter((name) => name !== wanted)
    .map((name) => ({ name, cost: name.startsWith(wanted) || wanted.startsWith(name) ? 1 : distance(wanted, name, max) }))
    .filter((x) => x.cost <= max)
  return scored.sort((a, b) => a.cost - b.cost || (a.name < b.name ? -1 : 1))[0]?.name
}
