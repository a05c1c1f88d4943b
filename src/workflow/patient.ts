import { setTimeout as sleep } from 'node:timers/promises'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import { isOutage, type Runs } from '#store'

const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 5_000
/** DBOS waits out an outage, too; a run that fails instead would have to be explained to people. */
const GIVE_UP_AFTER_MS = 5 * 60_000

/**
 * The same queries, tried again while the database is away. A query may then have been committed twice: every caller must be able to
 * live with that (it reads the row again before it believes that a fence refused it).
 */
export function patient(runs: Runs, log: Logger): Runs {
  const waitOut =
    (name: string, query: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      for (let waited = 0, wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        try {
          return await query(...args)
        } catch (error) {
          if (!isOutage(error) || waited >= GIVE_UP_AFTER_MS) throw error
          log.warn({ query: name, error: errorText(error) }, 'the database is away; trying again')
          await sleep(wait)
          waited += wait
        }
      }
    }
  return Object.fromEntries(
    Object.entries(runs).map(([name, query]) => [name, waitOut(name, query as (...args: unknown[]) => Promise<unknown>)]),
  ) as unknown as Runs
}
