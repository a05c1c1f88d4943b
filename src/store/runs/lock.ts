import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'

const POLL_MS = 200

/**
 * Runs `work` in one process at a time. Polls: a session that waits inside PostgreSQL holds a snapshot, and a `create index concurrently`
 * of the holder would wait for that snapshot, for ever.
 */
export async function alone<T>(pool: Pool, name: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken = true
  try {
    for (let waited = 0; ; waited += POLL_MS) {
      const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [name])
      if (rows[0].taken) break
      if (waited >= waitMs) throw new Error(`another process has held the lock "${name}" for more than ${waitMs / 1000} s`)
      await sleep(POLL_MS)
    }
    const outcome = await work()
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name])
    broken = false
    return outcome
  } finally {
    // A connection that might still hold the lock is thrown away, and the lock with it.
    client.release(broken)
  }
}
