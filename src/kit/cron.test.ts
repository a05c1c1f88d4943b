import { describe, expect, test } from 'vitest'
import { parseSchedule } from './cron.ts'

const at = (text: string): Date => new Date(text)
const iso = (date: Date | null): string | null => date && date.toISOString().replace('.000Z', 'Z')

describe('slots', () => {
  test.each<[expression: string, zone: string | undefined, moment: string, last: string | null, next: string | null]>([
    ['0 3 * * *', undefined, '2026-11-23T12:00:00Z', '2026-11-23T03:00:00Z', '2026-11-24T03:00:00Z'],
    ['0 3 * * *', undefined, '2026-11-23T03:00:00Z', '2026-11-23T03:00:00Z', '2026-11-24T03:00:00Z'],
    ['0 3 * * *', 'Europe/Berlin', '2026-11-23T12:00:00Z', '2026-11-23T02:00:00Z', '2026-11-24T02:00:00Z'],
    ['*/15 * * * *', undefined, '2026-11-23T12:07:00Z', '2026-11-23T12:00:00Z', '2026-11-23T12:15:00Z'],
    ['@daily', 'America/New_York', '2026-07-01T12:00:00Z', '2026-07-01T04:00:00Z', '2026-07-02T04:00:00Z'],
    ['0 9 * * 1-5', undefined, '2026-11-21T12:00:00Z', '2026-11-20T09:00:00Z', '2026-11-23T09:00:00Z'],
    // The clocks go forward in Berlin on 29 March 2026 at 2:00: 2:30 is not there.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z'],
    // They go back on 25 October at 3:00: 2:30 is there twice, and the slot once.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:45:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
  ])('%s in %s around %s', (expression, zone, moment, last, next) => {
    const schedule = parseSchedule(expression, zone)
    expect([iso(schedule.last(at(moment))), iso(schedule.next(at(moment)))]).toEqual([last, next])
  })
})

test.each<[expression: string, zone: string | undefined, field: string, message: RegExp]>([
  ['every day', undefined, 'spec.schedule.cron', /has not five fields/],
  ['0 0 3 * * *', undefined, 'spec.schedule.cron', /has not five fields/],
  ['0 25 * * *', undefined, 'spec.schedule.cron', /cannot be read/],
  ['x 3 * * *', undefined, 'spec.schedule.cron', /cannot be read/],
  ['0 3 31 2 *', undefined, 'spec.schedule.cron', /names a day that never comes/],
  ['0 3 * * *', 'Europe/Atlantis', 'spec.schedule.timeZone', /no time zone/],
])('"%s" in %s is refused', (expression, zone, field, message) => {
  expect(() => parseSchedule(expression, zone, 'spec.schedule.cron')).toThrow(
    expect.objectContaining({ field, message: expect.stringMatching(message) }),
  )
})

test.each([
  ['0 3 * * *', 24 * 60],
  ['*/15 * * * *', 15],
  ['0,5 3 * * *', 5],
  ['0 3 29 2 *', 1461 * 24 * 60],
])('"%s" comes each %d minutes at the most often', (expression, minutes) => {
  expect(parseSchedule(expression).shortestMs()).toBe(minutes * 60_000)
})
