import { expect, it } from 'vitest'
import { counted } from './events.ts'
import type { Occurrence } from './life.ts'

const backOff = (at: number): Occurrence => ({ at, type: 'Warning', reason: 'BackOff', message: 'again' })

it('counts equal events', () => {
  expect(counted([backOff(0), backOff(10_000), backOff(20_000)], 15_000)).toMatchObject([{ count: 2, lastAt: 10_000 }])
})

it('sends 25 at once and then one in five minutes, and counts them all', () => {
  const hour = Array.from({ length: 360 }, (_, n) => backOff(n * 10_000))
  const [event] = counted(hour, Infinity)
  // 25, and what five-minute tokens allow in an hour; the count tells of those that were never sent.
  expect(event?.count).toBe(331)
  expect(event?.lastAt).toBe(3_300_000)
})
