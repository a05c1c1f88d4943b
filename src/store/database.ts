import { join } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import { silentLogger, type Logger } from '#kit/log'
import { openEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'

/** A migrated database: PostgreSQL by URL, or the embedded PGlite, which has a single connection. */
export interface Database {
  readonly kind: 'postgres' | 'embedded'
  /**
   * All tables are in schema `inquest`, which is first on the search path of every connection.
   * Embedded, it has one client: whoever holds it and asks the pool for another waits for himself. Inside `transaction` use only its client.
   */
  readonly pool: Pool
  /** For DBOS alone; embedded it is `pool`. */
  readonly enginePool: Pool
  close(): Promise<void>
}

export type DatabaseLocation =
  /** `postgres://user:password@host:5432/name?sslmode=…`, PostgreSQL 14 or newer. */
  | { url: string }
  /** A folder for the embedded database; made when missing, open in one process at a time. */
  | { dataDir: string }

/** Connects and migrates. Throws an InputError with the remedy for everything that a person has to mend (address, password, rights, a folder in use). */
export async function openDatabase(location: DatabaseLocation, log: Logger = silentLogger): Promise<Database> {
  const database = 'url' in location ? await openPostgres(location.url, log) : await openEmbedded(join(location.dataDir, 'database'), log)
  try {
    await migrate(database.pool, log)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. Only the given client may be used inside.
 * A client that cannot even roll back is thrown away.
 */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const outcome = await work(client)
    await client.query('commit')
    return outcome
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.release(broken)
  }
}
