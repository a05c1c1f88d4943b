import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, inject } from 'vitest'
import { openDatabase, type Database } from '#store'

/** A new, empty database of the run's PostgreSQL. `drop` ends its connections. */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const answer = await fetch(inject('postgresDoor'))
  const admin = await answer.text()
  if (!answer.ok) throw new Error(admin)
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(admin, `create database ${name}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => asAdmin(admin, `drop database if exists ${name} with (force)`) }
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A folder that is removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'inquest-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** The same tests on a migrated PostgreSQL and a migrated embedded database; each block has its own, opened before its first test. */
export function onEachDatabase(title: string, body: (database: () => Database) => void): void {
  describe.each(['postgres', 'embedded'] as const)(`${title} (%s)`, (kind) => {
    let database: Database | undefined
    let cleanUp = async () => {}
    beforeAll(async () => {
      if (kind === 'postgres') {
        const fresh = await freshDatabase()
        cleanUp = () => fresh.drop()
        database = await openDatabase({ url: fresh.url })
      } else {
        const folder = await temporaryFolder()
        cleanUp = () => folder.remove()
        database = await openDatabase({ dataDir: folder.path })
      }
    })
    afterAll(async () => {
      await database?.close()
      await cleanUp()
    })
    body(() => {
      if (!database) throw new Error('the database is opened in beforeAll: call database() inside a test')
      return database
    })
  })
}
