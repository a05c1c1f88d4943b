/** Who names whom, by title, so that whoever is named wakes those that wait for it. */
export interface References {
  /** What `from` names now, in the place of what it named before. */
  set(from: string, to: readonly string[]): void
  /** Those that name it, whether it exists or not. */
  referrers(to: string): readonly string[]
}

export function createReferences(): References {
  const named = new Map<string, readonly string[]>()
  const namedBy = new Map<string, Set<string>>()
  return {
    set(from, to) {
      for (const old of named.get(from) ?? []) {
        const others = namedBy.get(old)
        others?.delete(from)
        if (others?.size === 0) namedBy.delete(old)
      }
      if (to.length === 0) named.delete(from)
      else named.set(from, to)
      for (const one of to) {
        const others = namedBy.get(one) ?? new Set()
        namedBy.set(one, others.add(from))
      }
    },
    referrers: (to) => [...(namedBy.get(to) ?? [])],
  }
}
