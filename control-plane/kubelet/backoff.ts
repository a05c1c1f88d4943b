const SECOND = 1000

/**
 * The kubelet's delay before a container is restarted: none the first time, then 10 s, doubled up to 5 minutes;
 * a run of more than 10 minutes starts the sequence again (client-go's flowcontrol.Backoff as kuberuntime's doBackOff uses it).
 */
export class CrashBackoff {
  #entry = 0
  #lastUpdate = 0

  /** The delay after an exit at `end`; remembers that the next run starts then. */
  next(end: number): number {
    const fresh = this.#entry === 0 || end - this.#lastUpdate > 2 * MAX
    const delay = fresh ? 0 : this.#entry
    this.#entry = fresh ? 10 * SECOND : Math.min(2 * this.#entry, MAX)
    this.#lastUpdate = end + delay
    return delay
  }
}
const MAX = 300 * SECOND

/** The moments of a failing image pull: attempts, and between them the syncs that find it still backing off. */
export function* pullAttempts(start: number, until: number): Generator<{ at: number; attempt: boolean }> {
  // A sync that ended in an error is tried again after 10 s plus up to half as much jitter.
  const sync = 12 * SECOND
  let backoff = 10 * SECOND
  for (let at = start; at <= until;) {
    yield { at, attempt: true }
    const free = at + backoff
    for (at += sync; at < free && at <= until; at += sync) yield { at, attempt: false }
    backoff = Math.min(2 * backoff, MAX)
  }
}

/**
 * The syncs of a pod that is backing off: one when the container has ended, then after what is left of the back-off, at most a minute,
 * and up to half as much jitter (pod_workers.go, completeWork).
 */
export function* backOffSyncs(from: number, until: number): Generator<number> {
  for (let at = from; at < until;) {
    yield at
    at += Math.min(until - at, 60 * SECOND) * (1 + ((at * 7919) % 1000) / 2000)
  }
}

/** A volume that cannot be mounted is tried after 0.5 s, doubled up to 2 min 2 s (volume/util/exponentialbackoff). */
export function* mountAttempts(start: number, until: number): Generator<number> {
  let delay = SECOND / 2
  for (let at = start; at <= until; at += delay, delay = Math.min(2 * delay, 122 * SECOND)) yield at
}

/** As Go prints a time.Duration of whole seconds: 10s, 1m20s, 5m0s. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / SECOND)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours) return `${hours}h${minutes % 60}m${seconds % 60}s`
  return minutes ? `${minutes}m${seconds % 60}s` : `${seconds}s`
}
