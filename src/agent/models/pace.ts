import { setTimeout as sleep } from 'node:timers/promises'

/** How a repeat waits, so that tests own chance and time. */
export interface Pace {
  /** 0 ≤ x < 1. */
  random(): number
  /** Milliseconds; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const realPace: Pace = { random: Math.random, wait: (ms, signal) => sleep(ms, undefined, { signal }) }

export const MAX_TRIES = 4
const FIRST_MS = 1_000
const MAX_MS = 20_000
/** A vendor that wants a longer pause than this is left for the next model. */
export const MAX_PAUSE_MS = 60_000

/** Before try `tries + 1`: the vendor's wish and a little, so that not everybody comes back at once; else full jitter. */
export function pauseMs(tries: number, retryAfterMs: number | null, random: () => number): number {
  if (retryAfterMs !== null) return Math.ceil(retryAfterMs + random() * Math.min(1_000, retryAfterMs / 10))
  return Math.ceil(random() * Math.min(MAX_MS, FIRST_MS * 2 ** (tries - 1)))
}
