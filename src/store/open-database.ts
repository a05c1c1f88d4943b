import { join } from 'node:path'
import { silentLogger, type Logger } from '#kit/log'
import type { Database } from './database.ts'
import { openEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'

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
