import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { silentLogger } from '#kit/log'
import { createStore, openDatabase, type Database, type Leases } from '#store'
import { freshDatabase } from '../../test/postgres.ts'
import { standForLeader, type Leader } from './leader.ts'

/** Only ends a test that has failed; the machine may be busy. */
const WAIT = { timeout: 15_000, interval: 5 }
const standing: Leader[] = []
afterEach(async () => {
  for (const leader of standing.splice(0)) await leader.close()
})
async function stand(holder: string, leases: Leases | null, leaseMs = 60_000): Promise<Leader> {
  const leader = await standForLeader({ leases, holder, log: silentLogger, leaseMs })
  standing.push(leader)
  return leader
}

test('a process that is alone leads', async () => {
  expect((await stand('a', null)).isLeader()).toBe(true)
})

describe('of several processes', () => {
  let database: Database
  let drop: () => Promise<void>
  beforeAll(async () => {
    const fresh = await freshDatabase()
    drop = () => fresh.drop()
    database = await openDatabase({ url: fresh.url })
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })
  const leases = (): Leases => createStore(database).leases

  test('the first one leads until it leaves; then the next one does, and says so', async () => {
    const first = await stand('a', leases())
    const second = await stand('b', leases(), 300)
    expect([first.isLeader(), second.isLeader()]).toEqual([true, false])
    const told: boolean[] = []
    second.onChange((is) => told.push(is))
    await first.close()
    expect(first.isLeader()).toBe(false)
    await vi.waitFor(() => expect(second.isLeader()).toBe(true), WAIT)
    expect(told).toEqual([true])
  })

  test('a leader that is cut off from the database stops before another may begin', async () => {
    let isCut = false
    const cut: Leases = { ...leases(), take: (lease) => (isCut ? new Promise(() => {}) : leases().take(lease)) }
    const told: [boolean, boolean][] = []
    const leader = await standForLeader({ leases: cut, holder: 'cut', log: silentLogger, leaseMs: 1_500 })
    leader.onChange((is) => told.push([is, leader.isLeader()]))
    isCut = true
    // By the database's clock the lease goes on for a fifth of its time.
    await vi.waitFor(() => expect(told).toEqual([[false, false]]), { timeout: 10_000 })
    const next = await stand('next', leases(), 300)
    await vi.waitFor(() => expect(next.isLeader()).toBe(true), { timeout: 10_000 })
  })

  test('a leader that cannot do its work gives the lease back, and stands again when it can', async () => {
    let isFit = true
    const released: string[] = []
    const real = leases()
    const watched: Leases = { ...real, release: async (lease) => void (await real.release(lease), released.push(lease.holder)) }
    const unfit = await standForLeader({ leases: watched, holder: 'unfit', log: silentLogger, leaseMs: 1_500, isFit: () => isFit })
    standing.push(unfit)
    await vi.waitFor(() => expect(unfit.isLeader()).toBe(true), WAIT)
    isFit = false
    await vi.waitFor(() => expect(released).toEqual(['unfit']), WAIT)
    expect(unfit.isLeader()).toBe(false)
    expect((await stand('fit', leases())).isLeader()).toBe(true)
    await standing.pop()!.close()
    isFit = true
    await vi.waitFor(() => expect(unfit.isLeader()).toBe(true), WAIT)
  })

  test('a database that fails makes no leader, and a later try may', async () => {
    let fails = true
    const real = leases()
    const shaky: Leases = { ...real, take: (lease) => (fails ? Promise.reject(new Error('gone')) : real.take(lease)) }
    const leader = await stand('shaky', shaky, 60)
    expect(leader.isLeader()).toBe(false)
    fails = false
    await vi.waitFor(() => expect(leader.isLeader()).toBe(true), { timeout: 10_000 })
  })
})
