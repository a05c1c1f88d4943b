import { setTimeout as sleep } from 'node:timers/promises'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Leases } from '#store'

/**
 * Which replica does what must be done once: statuses, the projection, Events, the deletion of old objects. A row lease in PostgreSQL
 * says so. What the holder does is such that twice does no harm (server-side apply, names made from ids): the lease saves work and
 * noise, it is not what correctness rests on.
 *
 * The holder counts by a clock of its own that also runs while the process is stopped, from before it asked for the lease, and stops
 * early: cut off from the database it has stopped before another one begins. Who cannot do a leader's work, because the API server does
 * not answer it, gives the lease back and does not stand until it does: another replica may still have its link.
 */
export interface Leader {
  isLeader(): boolean
  /** Called whenever this process begins (true) or ceases (false) to be the leader; must not throw. Returns the way to leave. */
  onChange(listener: (isLeader: boolean) => void): () => void
  /** Gives the lease back, so that another need not wait for its end. */
  close(): Promise<void>
}

export interface LeaderParts {
  /** null: this process is alone (the embedded database), and always the leader. */
  leases: Leases | null
  holder: string
  log: Logger
  /** Whether this process could do a leader's work now. Default: always. */
  isFit?: () => boolean
  /** Default 7,000 milliseconds, renewed after a third of it: a dead leader is followed within 10 s. */
  leaseMs?: number
}

const OPERATOR_LEASE = 'operator'
const CLOSE_MS = 2_000

/** Resolves after the first try, however it ended. */
export async function standForLeader({ leases, holder, log, isFit = () => true, leaseMs = 7_000 }: LeaderParts): Promise<Leader> {
  if (leases === null) return { isLeader: () => true, onChange: () => () => undefined, close: async () => undefined }
  const listeners = new Set<(isLeader: boolean) => void>()
  const stop = new AbortController()
  let until = 0
  let was = false
  const isLeader = (): boolean => performance.now() < until

  function tell(): void {
    if (isLeader() === was) return
    was = !was
    log.info(was ? 'this process is the leader now' : 'this process is the leader no more')
    for (const listener of listeners) listener(was)
  }
  async function take(): Promise<void> {
    const began = performance.now()
    try {
      if (isFit()) {
        const mine = await leases!.take({ name: OPERATOR_LEASE, holder, ms: leaseMs })
        until = mine ? began + leaseMs * 0.8 : 0
      } else if (until > 0) {
        until = 0
        tell()
        await leases!.release({ name: OPERATOR_LEASE, holder })
      }
    } catch (error) {
      log.warn({ error: errorText(error) }, 'whether this process is the leader could not be found out')
    }
    tell()
  }
  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      // Woken also when its own time ends while the database is silent: a try under way must not keep the others from being told.
      const next = setTimeout(tell, Math.max(0, until - performance.now()) + 1)
      await sleep(leaseMs / 3, undefined, { signal: stop.signal }).catch(() => undefined)
      if (!stop.signal.aborted) await take()
      clearTimeout(next)
    }
  }
  await take()
  const running = run()
  return {
    isLeader,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      stop.abort()
      // A database that is silent must not keep the process.
      await Promise.race([running, sleep(CLOSE_MS, undefined, { ref: false })])
      until = 0
      tell()
      await leases.release({ name: OPERATOR_LEASE, holder })
    },
  }
}
