import { expect, test } from 'vitest'
import { createLogger } from './log.ts'
import { everyMs } from './loop.ts'

const HOUR_MS = 3_600_000
const log = createLogger('silent')

test('a loop works sooner than its interval when its work says when', async () => {
  let calls = 0
  await new Promise<void>((resolve) => {
    const loop = everyMs(HOUR_MS, 'a test', log, async () => {
      calls++
      if (calls < 3) return 5
      return void loop.stop().then(resolve)
    })
    loop.poke()
  })
  expect(calls).toBe(3)
})

test('a poke while it works is one more run, however many there were', async () => {
  let calls = 0
  let go = (): void => undefined
  const first = new Promise<void>((resolve) => (go = resolve))
  const loop = everyMs(HOUR_MS, 'a test', log, async () => {
    calls++
    if (calls === 1) await first
  })
  loop.poke()
  loop.poke()
  loop.poke()
  go()
  await first
  await new Promise((resolve) => setImmediate(resolve))
  await loop.stop()
  expect(calls).toBe(2)
})
