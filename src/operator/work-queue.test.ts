import { afterEach, expect, test, vi } from 'vitest'
import { RetryableError } from '#kit/errors'
import { silentLogger } from '#kit/log'
import { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue.ts'

/** Only ends a test that has failed; the machine may be busy. */
const WAIT = { timeout: 15_000, interval: 5 }
let queue: WorkQueue
afterEach(() => queue.close())

function start(work: WorkQueueOptions['work'], more: Partial<WorkQueueOptions> = {}): void {
  queue = createWorkQueue({ name: 'test', log: silentLogger, firstRetryMs: 1, work, ...more })
}
/** Work that ends when the test says so. */
function gate() {
  const waiting: { key: string; open(): void }[] = []
  const work = (key: string): Promise<void> => new Promise((resolve) => waiting.push({ key, open: () => resolve() }))
  return { waiting, work, keys: () => waiting.map(({ key }) => key) }
}

test('works on a name once, however often it was named before its turn', async () => {
  const done: string[] = []
  start(async (key) => void done.push(key), { concurrency: 1 })
  for (const key of ['a', 'b', 'c', 'b', 'b']) queue.add(key)
  await queue.idle()
  expect(done).toEqual(['a', 'b', 'c'])
})

test('works on a name once more when it was named meanwhile, and never twice at a time', async () => {
  const { work, waiting, keys } = gate()
  start(work)
  queue.add('a')
  queue.add('a')
  queue.add('a')
  expect(keys()).toEqual(['a'])
  waiting[0]!.open()
  await vi.waitFor(() => expect(keys()).toEqual(['a', 'a']), WAIT)
  waiting[1]!.open()
  await queue.idle()
  expect(keys()).toEqual(['a', 'a'])
})

test('works on so many names at a time, and on no more', async () => {
  const { work, waiting, keys } = gate()
  start(work, { concurrency: 2 })
  for (const key of ['a', 'b', 'c']) queue.add(key)
  expect(keys()).toEqual(['a', 'b'])
  waiting[0]!.open()
  await vi.waitFor(() => expect(keys()).toEqual(['a', 'b', 'c']), WAIT)
  for (const one of waiting) one.open()
})

test('tries again what failed, later each time', async () => {
  let tries = 0
  const began = performance.now()
  start(
    async () => {
      if (++tries < 5) throw new Error('not yet')
    },
    { firstRetryMs: 10 },
  )
  queue.add('a')
  await vi.waitFor(() => expect(tries).toBe(5), WAIT)
  // Three quarters of 10 + 20 + 40 + 80.
  expect(performance.now() - began).toBeGreaterThanOrEqual(112)
})

test('begins with short waits again after a success', async () => {
  const waits: number[] = []
  const log = { ...silentLogger, warn: (fields: { retryMs: number }) => waits.push(fields.retryMs) } as never
  let tries = 0
  start(
    async () => {
      if (++tries !== 3) throw new Error('no')
    },
    { log, firstRetryMs: 10, maxRetryMs: 15 },
  )
  queue.add('a')
  await vi.waitFor(() => expect(tries).toBe(3), WAIT)
  await queue.idle()
  queue.add('a')
  await vi.waitFor(() => expect(waits.length).toBeGreaterThanOrEqual(3), WAIT)
  expect(waits[1]).toBeGreaterThanOrEqual(11)
  expect(waits[2]).toBeLessThanOrEqual(10)
})

test('waits as long as the other side wishes', async () => {
  let tries = 0
  const began = performance.now()
  start(async () => {
    if (++tries === 1) throw new RetryableError('busy', { retryAfterMs: 60 })
  })
  queue.add('a')
  await vi.waitFor(() => expect(tries).toBe(2), WAIT)
  expect(performance.now() - began).toBeGreaterThanOrEqual(59)
})

test('comes back when the work says so; being named comes first', async () => {
  const times: number[] = []
  start(async () => (times.push(performance.now()) < 2 ? 40 : undefined))
  queue.add('a')
  await vi.waitFor(() => expect(times).toHaveLength(2), WAIT)
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(39)
  queue.addAfter('b', 3_600_000)
  queue.addAfter('b', 5)
  queue.addAfter('b', 3_600_000)
  await vi.waitFor(() => expect(times).toHaveLength(3), WAIT)
})

test('ends what is under way when it is closed, and takes nothing more', async () => {
  const done: string[] = []
  start(async (key, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    done.push(key)
    throw new Error('stopped')
  })
  queue.add('a')
  queue.addAfter('b', 0)
  await queue.close()
  queue.add('c')
  await queue.idle()
  expect(done).toEqual(['a'])
})
