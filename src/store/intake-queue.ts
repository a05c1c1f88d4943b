import { RetryableError } from '#kit/errors'

/** Waiting notifications of one source, beyond which a sender is told to come back. */
const MAX_WAITING = 2_000
/** What goes together, so that a small notification does not wait for long behind large ones. */
const MAX_TOGETHER = 32
const MAX_ALERTS_TOGETHER = 256

interface Waiting<B, A> {
  batch: B
  resolve: (answer: A) => void
  reject: (error: unknown) => void
}

/** One call holds the source's lock in the database; the next has been sent and parsed meanwhile. */
const CALLS_AT_ONCE = 2

/**
 * Two calls a source at a time; what arrives meanwhile goes together in the next one.
 *
 * The database does a source's notifications one after the other anyway (it holds a lock from the first statement to the end of the commit,
 * which waits for the disk). Waiting here instead needs two connections a source, and one commit for up to 32 notifications. A lone
 * notification never waits.
 */
export function createQueue<B extends { source: string; alerts: readonly unknown[] }, A>(
  run: (batches: readonly B[]) => Promise<readonly A[]>,
): (batch: B) => Promise<A> {
  const sources = new Map<string, { calls: number; waiting: Waiting<B, A>[] }>()

  const drain = async (source: string, queue: { calls: number; waiting: Waiting<B, A>[] }): Promise<void> => {
    queue.calls++
    while (queue.waiting.length > 0) await together(queue.waiting.splice(0, howMany(queue.waiting.map(({ batch }) => batch))))
    if (--queue.calls === 0) sources.delete(source)
  }
  const together = async (some: readonly Waiting<B, A>[]): Promise<void> => {
    try {
      const answers = await run(some.map(({ batch }) => batch))
      some.forEach(({ resolve }, i) => resolve(answers[i]!))
    } catch (error) {
      // Nothing was stored. One of them may be at fault: then the others shall not suffer for it.
      if (some.length > 1 && isAboutContent(error)) for (const one of some) await together([one])
      else for (const { reject } of some) reject(error)
    }
  }

  return (batch) =>
    new Promise((resolve, reject) => {
      const queue = sources.get(batch.source) ?? { calls: 0, waiting: [] }
      if (queue.waiting.length >= MAX_WAITING) {
        return reject(
          new RetryableError(`${MAX_WAITING} notifications of ${batch.source} are waiting for the database`, { retryAfterMs: 5_000 }),
        )
      }
      sources.set(batch.source, queue)
      queue.waiting.push({ batch, resolve, reject })
      if (queue.calls < CALLS_AT_ONCE) void drain(batch.source, queue)
    })
}

function howMany(batches: readonly { alerts: readonly unknown[] }[]): number {
  let alerts = 0
  const tooMany = batches.findIndex((batch, i) => i >= MAX_TOGETHER || ((alerts += batch.alerts.length) > MAX_ALERTS_TOGETHER && i > 0))
  return tooMany === -1 ? batches.length : tooMany
}

/** PostgreSQL's classes 22 (data) and 23 (constraints); all others mean that the database cannot work now. */
const isAboutContent = (error: unknown): boolean => /^2[23]/.test(String((error as { code?: unknown } | null)?.code ?? ''))
