import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { InputError } from '#kit/errors'
import type { Logger } from '#kit/log'

/** Beside this file in the source as in the built package. */
const FOLDER = new URL('./migrations/', import.meta.url)
/** Any number, the same in all versions. */
const LOCK = '7310021953480263745'
const LOCK_POLL_MS = 200
const LOCK_WAIT_MS = 120_000
/**
 * Whoever wants a table for itself and waits keeps everybody else waiting behind it: a backup that reads the table would stop the old
 * version, which still takes alerts. So each try is short, and there are many.
 */
const TABLE_WAIT_MS = 1_000
const TABLE_RETRY_MS = 2_000
const TABLE_TRIES = 200
const LOCK_NOT_AVAILABLE = '55P03'

export interface Migration {
  version: number
  name: string
  sql: string
  /** Hex SHA-256 of the text. */
  checksum: string
}

/**
 * Brings the schema `inquest` up to this code. Each file of `migrations/` runs once, in the order of its number, in its own transaction.
 *
 * Several replicas start at once: one migrates, the others wait. The lock is polled, never waited for inside PostgreSQL: a session that
 * waits holds a snapshot, and a `create index concurrently` of the one that has the lock (DBOS does so) waits for that snapshot, for ever.
 */
export async function migrate(pool: Pool, log: Logger, migrations?: readonly Migration[]): Promise<void> {
  const wanted = migrations ?? (await readMigrations())
  const client = await pool.connect()
  let broken = true
  try {
    await takeLock(client)
    try {
      await client.query('set statement_timeout = 0')
      await makeSchema(client)
      for (const migration of await pending(client, wanted)) {
        await apply(client, migration, log)
        log.info({ migration: migration.name }, 'database migrated')
      }
    } finally {
      await client.query('reset statement_timeout')
      await client.query('select pg_advisory_unlock($1)', [LOCK])
    }
    broken = false
  } finally {
    // A connection that might still hold the lock is thrown away, and the lock with it.
    client.release(broken)
  }
}

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => /^\d{4}-.+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, FOLDER), 'utf8')
      return { version: Number(name.slice(0, 4)), name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function takeLock(client: PoolClient): Promise<void> {
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [LOCK])
    if (rows[0]!.taken) return
    if (waited >= LOCK_WAIT_MS) {
      throw new InputError(`another process has been migrating the database for more than ${LOCK_WAIT_MS / 1000} s`, {
        field: 'database',
        remedy: "Wait for it, or end its session: SELECT pid FROM pg_locks WHERE locktype = 'advisory';",
      })
    }
    await sleep(LOCK_POLL_MS)
  }
}

async function makeSchema(client: PoolClient): Promise<void> {
  // `create schema if not exists` wants the right to create one even when it exists.
  const { rows } = await client.query<{ made: boolean; user: string; database: string }>(
    `select exists(select from pg_namespace where nspname = 'inquest') as made, current_user as user, current_database() as database`,
  )
  const { made, user, database } = rows[0]!
  try {
    if (!made) await client.query('create schema inquest')
    await client.query(`
      create table if not exists inquest.migrations (
        version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    throw new InputError(`${user} may not ${made ? 'write to the schema inquest' : 'create a schema'} in database "${database}"`, {
      field: 'database',
      remedy: made ? `ALTER SCHEMA inquest OWNER TO "${user}";` : `GRANT CREATE ON DATABASE "${database}" TO "${user}";`,
    })
  }
}

/** Those that are still to run. Throws when the database is of a newer Inquest, or when an applied file was edited. */
async function pending(client: PoolClient, wanted: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<Omit<Migration, 'sql'>>('select version, name, checksum from inquest.migrations order by version')
  const newest = wanted.at(-1)?.version ?? 0
  const unknown = rows.find((row) => row.version > newest)
  if (unknown) {
    throw new InputError(
      `the database was migrated by a newer Inquest: it has ${rows.at(-1)!.name}, this one knows migrations up to ${newest}`,
      {
        field: 'database',
        remedy: 'Run that version or a newer one; going back needs a copy of the database from before.',
      },
    )
  }
  for (const migration of wanted) {
    const row = rows.find(({ version }) => version === migration.version)
    if (row && row.checksum !== migration.checksum) {
      throw new InputError(`migration ${migration.name} is not the one that this database was made with`, {
        field: 'database',
        remedy: 'Use the version of Inquest that made the database, or a new database.',
      })
    }
  }
  return wanted.filter(({ version }) => !rows.some((row) => row.version === version))
}

async function apply(client: PoolClient, migration: Migration, log: Logger): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await client.query('begin')
    try {
      await client.query(`set local lock_timeout = ${TABLE_WAIT_MS}`)
      await client.query(migration.sql)
      await client.query('insert into inquest.migrations (version, name, checksum) values ($1, $2, $3)', [
        migration.version,
        migration.name,
        migration.checksum,
      ])
      return void (await client.query('commit'))
    } catch (error) {
      await client.query('rollback')
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw new Error(`migration ${migration.name} failed`, { cause: error })
      if (attempt === TABLE_TRIES)
        throw new InputError(`migration ${migration.name} could not get its tables: somebody else is using them`, {
          field: 'database',
          remedy: 'Wait for the backup or query that is reading them, or end it: SELECT pid, query FROM pg_stat_activity;',
        })
      if (attempt === 1) log.warn({ migration: migration.name }, 'the migration waits for tables that are in use')
    }
    await sleep(TABLE_RETRY_MS)
  }
}
