const FACTORS: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A Kubernetes quantity as a number of its base unit (bytes, cores, pieces); null when it is none. */
export function quantity(text: unknown): number | null {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)(n|u|m|k|K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.exec(String(text ?? '').trim())
  if (!match) return null
  const number = Number(match[1]) * FACTORS[match[2] ?? '']!
  return Number.isFinite(number) ? number : null
}

/** Twice as much in the same unit, for a proposal: `128Mi` → `256Mi`. */
export function doubled(text: string): string {
  const match = /^([\d.]+)(.*)$/.exec(text)
  return match ? `${Number(match[1]) * 2}${match[2]}` : text
}
