import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { ENTRY, failOnCrash, type Internals } from './embedded-crash.ts'

test('a crash of the engine fails its queries, that one and all later ones, and does not stand still', async () => {
  const engine = await PGlite.create()
  const { mod } = engine as unknown as Internals
  // PGlite has what is guarded: otherwise the guard does nothing, and this test says so.
  const once = mod![ENTRY]!
  let calls = 0
  let broken = false
  mod![ENTRY] = () => {
    calls++
    if (broken) throw new RangeError('memory access out of bounds')
    once()
  }
  const crashes: string[] = []
  failOnCrash(engine, (error) => void crashes.push(error.message))
  const pool = new Pool({ ...createPgConfig(engine), max: 1 })
  pool.on('error', () => {})

  // What is no crash is as before.
  await expect(pool.query('select 1/0')).rejects.toThrow('division by zero')
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])

  broken = true
  const before = calls
  await expect(pool.query('select 2')).rejects.toThrow(
    'the embedded database crashed, start this process again: memory access out of bounds',
  )
  broken = false
  await expect(pool.query('select 3')).rejects.toThrow('the embedded database crashed')
  expect(calls - before).toBe(1)
  expect(crashes).toHaveLength(1)
})
