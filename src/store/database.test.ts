import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { inputErrorText, InputError } from '#kit/errors'
import { silentLogger } from '#kit/log'
import { openDatabase, transaction } from '#store'
import { freshDatabase, onEachDatabase, temporaryFolder } from '../../test/postgres.ts'
import { migrate, readMigrations, type Migration } from './migrate.ts'

const SHIPPED = await readMigrations()

/** What a person reads when it fails. */
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it succeeded',
    (error: unknown) => (error instanceof InputError ? inputErrorText(error) : String(error)),
  )

onEachDatabase('a migrated database', (database) => {
  test('has the schema on the search path', async () => {
    const { rows } = await database().pool.query('select current_schema() as schema, count(*)::int as n from incidents')
    expect(rows).toEqual([{ schema: 'inquest', n: 0 }])
  })

  test('is left alone by a second migration', async () => {
    const applied = () => database().pool.query('select * from migrations')
    const before = await applied()
    await migrate(database().pool, silentLogger)
    expect((await applied()).rows).toEqual(before.rows)
  })

  test.each([
    ['a newer Inquest', { version: 9999, name: '9999-later.sql' }, /migrated by a newer Inquest: it has 9999-later\.sql/],
    ['an edited migration', { version: 9998, name: '9998-x.sql', checksum: 'other' }, /9998-x\.sql is not the one that this database/],
  ])('is refused after %s', async (_, row, message) => {
    const { pool } = database()
    await pool.query('insert into migrations (version, name, checksum) values ($1, $2, $3)', [row.version, row.name, 'first'])
    const known = await readMigrations()
    const wanted: Migration[] = 'checksum' in row ? [...known, { ...row, sql: '', checksum: row.checksum }] : known
    expect(await failure(migrate(pool, silentLogger, wanted))).toMatch(message)
    await pool.query('delete from migrations where version = $1', [row.version])
  })

  test('keeps nothing of a migration that fails, and says which', async () => {
    const { pool } = database()
    const bad = { version: 5000, name: '5000-bad.sql', sql: 'create table half (); select * from nowhere', checksum: '' }
    await expect(migrate(pool, silentLogger, [...(await readMigrations()), bad])).rejects.toThrow('migration 5000-bad.sql failed')
    const { rows } = await pool.query(
      `select to_regclass('inquest.half') as half, (select count(*)::int from migrations where version = 5000) as n`,
    )
    expect(rows).toEqual([{ half: null, n: 0 }])
  })

  test('rolls a failed transaction back and goes on', async () => {
    const { pool } = database()
    const lease = `insert into leases (name, holder, expires_at) values ('x', 'me', now())`
    const work = transaction(pool, async (client) => {
      await client.query(lease)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect((await pool.query('select * from leases')).rows).toEqual([])
  })
})

describe('several replicas that start at once on an empty PostgreSQL', () => {
  test('migrate it once', async () => {
    const { url, drop } = await freshDatabase()
    const replicas = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ url })))
    const { rows } = await replicas[0]!.pool.query('select name from migrations order by version')
    expect(rows.map((row) => row.name)).toEqual((await readMigrations()).map((migration) => migration.name))
    await Promise.all(replicas.map((replica) => replica.close()))
    await drop()
  })
})

describe('a migration while an older version runs', () => {
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  beforeEach(async () => void (fresh = await freshDatabase()))
  afterEach(() => fresh.drop())

  test('waits for who reads its table, and lets all others by', { timeout: 60_000 }, async () => {
    const { pool, close } = await openDatabase({ url: fresh.url })
    const reader = await pool.connect()
    await reader.query('begin')
    await reader.query('select count(*) from incidents')
    const sql = 'alter table inquest.incidents add column later integer'
    const more = { version: 5000, name: '5000-later.sql', sql, checksum: '' }
    const told: string[] = []
    const log = { ...silentLogger, warn: (_: unknown, text?: string) => void told.push(String(text)) } as typeof silentLogger
    const migrating = migrate(pool, log, [...(await readMigrations()), more])
    await vi.waitFor(() => expect(told).toEqual(['the migration waits for tables that are in use']), { timeout: 30_000 })
    // Whom a patient ALTER TABLE would hold up for as long as the reader reads.
    expect((await pool.query('select count(*)::int as n from incidents')).rows).toEqual([{ n: 0 }])
    await reader.query('commit')
    reader.release()
    await migrating
    expect((await pool.query('select later from incidents')).rows).toEqual([])
    await close()
  })

  test.each(SHIPPED.slice(1).map(({ name, sql }) => [name, sql.replace(/--.*$/gm, '')]))(
    '%s leaves what the version before it reads and writes',
    (_, sql) => {
      const steps = sql.split(/;\s*$/m).map((step) => step.trim())
      const changesOld = (step: string): boolean =>
        /\b(drop (table|column|function|trigger)|rename|alter column|set not null|truncate)\b/i.test(step) ||
        // An INSERT of the older version does not name it.
        step.split(/\badd column\b/i).some((column, i) => i > 0 && /\bnot null\b/i.test(column) && !/\bdefault\b/i.test(column))
      expect(steps.filter(changesOld)).toEqual([])
    },
  )
})

describe('a PostgreSQL that cannot be opened says what to do', () => {
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  beforeEach(async () => void (fresh = await freshDatabase()))
  afterEach(() => fresh.drop())

  const changed = (change: (url: URL) => void) => {
    const url = new URL(fresh.url)
    change(url)
    return openDatabase({ url: url.href })
  }

  test.each<[string, (url: URL) => void, RegExp]>([
    ['wrong password', (url) => (url.password = 'hunter2'), /refused the password of postgres\. Mend user and password/],
    ['no such role', (url) => (url.username = 'nobody%40home'), /refused the password of nobody@home/],
    ['no such database', (url) => (url.pathname = '/none'), /has no database "none"\. Create it: CREATE DATABASE "none" OWNER "postgres"/],
    ['nothing listens', (url) => (url.port = '1'), /nothing listens at 127\.0\.0\.1:1\. Start PostgreSQL/],
    ['no such host', (url) => (url.host = 'no-such-host.invalid'), /has no address/],
    ['no TLS there', (url) => url.searchParams.set('sslmode', 'verify-full'), /does not speak TLS\. Drop sslmode/],
  ])('%s', async (_, change, message) => {
    const text = await failure(changed(change))
    expect(text).toMatch(message)
    expect(text).not.toMatch(/hunter2|inquest-test/)
  })

  test('not a PostgreSQL URL', async () => {
    expect(await failure(openDatabase({ url: 'mysql://root:secret@db/x' }))).toBe(
      'database: the database URL is not a PostgreSQL URL. Write postgres://USER:PASSWORD@HOST:5432/DATABASE; percent-encode special characters of the password.',
    )
  })

  test('a role that may not create a schema', async () => {
    const admin = await openDatabase({ url: fresh.url })
    const name = new URL(fresh.url).pathname.slice(1)
    await admin.pool.query(`drop schema inquest cascade; create role "${name}" login password 'pw'`)
    const text = await failure(changed((url) => ((url.username = name), (url.password = 'pw'))))
    expect(text).toBe(`database: ${name} may not create a schema in database "${name}". GRANT CREATE ON DATABASE "${name}" TO "${name}";`)
    await admin.pool.query(`drop role "${name}"`)
    await admin.close()
  })
})

describe('the folder of an embedded database', () => {
  test('admits one at a time, and keeps what was written', async () => {
    const folder = await temporaryFolder()
    const first = await openDatabase({ dataDir: folder.path })
    await first.pool.query(`insert into leases (name, holder, expires_at) values ('x', 'me', now())`)
    expect(await failure(openDatabase({ dataDir: folder.path }))).toContain(
      `another process has the database in ${folder.path}/database open`,
    )
    await first.close()
    const second = await openDatabase({ dataDir: folder.path })
    expect((await second.pool.query('select name from leases')).rows).toEqual([{ name: 'x' }])
    await second.close()
    await folder.remove()
  })

  test('is refused while another process has it, also a stopped one, and free once that is killed', async () => {
    const folder = await temporaryFolder()
    const script = `
      import { openDatabase } from '#store'
      const { pool } = await openDatabase({ dataDir: process.argv[1] })
      await pool.query("insert into leases (name, holder, expires_at) values ('x', 'me', now())")
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    await once(child.stdout, 'data')
    child.kill('SIGSTOP')
    expect(await failure(openDatabase({ dataDir: folder.path }))).toMatch(
      /another process has the database .* open\. Stop the other process/,
    )
    child.kill('SIGKILL')
    await exit
    const database = await openDatabase({ dataDir: folder.path })
    expect((await database.pool.query('select name from leases')).rows).toEqual([{ name: 'x' }])
    await database.close()
    await folder.remove()
  })

  test('is named when it is not a folder that can be written', async () => {
    expect(await failure(openDatabase({ dataDir: '/dev/null' }))).toMatch(
      /dataDir: the data folder \/dev\/null\/database could not be made.* Choose a folder/,
    )
  })
})
