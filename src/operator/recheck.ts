/**
 * When to look again at what is not watched (Secrets, ServiceAccounts). All looks of a process together stay below half a request a
 * second, however many objects there are: the more there are, the longer each waits.
 */
export interface Recheck {
  /** Milliseconds until the next look at this object, which costs so many requests; undefined: it costs none. `missing`: something was not there. */
  after(key: string, requests: number, missing: boolean): number | undefined
  forget(key: string): void
}

/** Somebody waits for what is missing; what is there rarely goes away. At least so long, and so much for each request of all such objects. */
const MISSING = { leastMs: 5_000, eachMs: 4_000 }
const PRESENT = { leastMs: 600_000, eachMs: 5_000 }

export function createRecheck(): Recheck {
  const known = new Map<string, { requests: number; missing: boolean }>()
  const total = { missing: 0, present: 0 }
  const count = ({ requests, missing }: { requests: number; missing: boolean }, sign: 1 | -1): void => {
    total[missing ? 'missing' : 'present'] += sign * requests
  }
  const forget = (key: string): void => {
    const before = known.get(key)
    if (before) count(before, -1)
    known.delete(key)
  }
  return {
    forget,
    after(key, requests, missing) {
      forget(key)
      if (requests === 0) return undefined
      const look = { requests, missing }
      known.set(key, look)
      count(look, 1)
      const { leastMs, eachMs } = missing ? MISSING : PRESENT
      // Spread, so that what was applied together is not looked at together for ever.
      return Math.max(leastMs, eachMs * total[missing ? 'missing' : 'present']) * (0.9 + Math.random() / 5)
    },
  }
}
