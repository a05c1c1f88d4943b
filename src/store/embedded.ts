import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite as Engine } from '@electric-sql/pglite'
import { Pool } from 'pg'
import { InputError, errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Database } from './database.ts'
import { failOnCrash } from './embedded-crash.ts'
import { lockFolder } from './folder-lock.ts'

/** PGlite has no autovacuum: without ours, queues grow by every row they ever held. Takes 35 to 82 ms. */
const VACUUM_EVERY_MS = 5 * 60_000
/** The default buffers of 128 MB are taken at start, for nothing; parallel workers cannot be started here, and a plan that wants some waits for ever. */
const SETTINGS = ['shared_buffers=16MB', 'max_parallel_workers_per_gather=0', 'max_parallel_maintenance_workers=0']

/**
 * PostgreSQL inside this process (PGlite, WebAssembly), behind an ordinary pool with exactly one client.
 * It survives kill -9 but never calls fsync: a power loss may cost the last seconds.
 */
export async function openEmbedded(folder: string, log: Logger): Promise<Database> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new InputError(`the data folder ${folder} could not be made: ${errorText(error)}`, {
      field: 'dataDir',
      remedy: 'Choose a folder that this user may write.',
    })
  })
  const unlock = lockFolder(folder)
  let engine: Engine
  try {
    engine = await start(join(folder, 'pglite'))
  } catch (error) {
    unlock()
    throw error
  }
  let crashed = false
  failOnCrash(engine, (error) => {
    crashed = true
    log.error({ error: errorText(error) }, 'the embedded database crashed; what was acknowledged is safe')
  })
  const { createPgConfig } = await import('@electric-sql/pglite/node-postgres')
  // The client lives as long as the engine: it *is* the engine's only session.
  const pool = new Pool({ ...createPgConfig(engine), max: 1, idleTimeoutMillis: 0 })
  pool.on('error', (error) => log.warn({ error: errorText(error) }, 'the embedded database reported an error'))
  const vacuum = setInterval(() => {
    pool.query('vacuum analyze').catch((error: unknown) => log.warn({ error: errorText(error) }, 'vacuum failed'))
  }, VACUUM_EVERY_MS)
  vacuum.unref()
  return {
    kind: 'embedded',
    pool,
    enginePool: pool,
    async close() {
      clearInterval(vacuum)
      await pool.end()
      // A crashed engine must not write once more.
      if (!crashed) await engine.close()
      unlock()
    },
  }
}

async function start(dataDir: string): Promise<Engine> {
  const { PGlite } = await import('@electric-sql/pglite')
  try {
    const engine = await PGlite.create({
      dataDir,
      startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
    })
    // For the session, and for whoever resets it.
    await engine.exec('set search_path = inquest; alter role current_user set search_path = inquest')
    return engine
  } catch (error) {
    const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => null)
    const of = version === null ? '' : ` (its files are of PostgreSQL ${version.trim()})`
    throw new InputError(`the embedded database in ${dataDir}${of} could not be opened: ${errorText(error)}`, {
      field: 'dataDir',
      remedy: 'Restore the folder from a copy, choose an empty one, or use a PostgreSQL by URL.',
    })
  }
}
