import { describe, expect, test } from 'vitest'
import type { ScheduleSource } from '#kinds/schedule-source'
import { slotsOf } from './slots.ts'

const at = (text: string): Date => new Date(`2026-11-${text}Z`)
const slots = (more: Partial<ScheduleSource> = {}) => slotsOf('shop/nightly', { cron: '0 3 * * *', ...more })
const iso = (date: Date | undefined): string | null => date?.toISOString().slice(8, 16) ?? null

describe('a slot is dealt with', () => {
  test.each<[says: string, spec: Partial<ScheduleSource>, after: string, now: string, slot: string | null, late: boolean]>([
    ['not before it', {}, '22T12:00', '23T02:59', null, false],
    ['on it', {}, '22T12:00', '23T03:00', '23T03:00', false],
    ['once', {}, '23T03:00', '23T03:01', null, false],
    ['a little late, when no server was there', {}, '22T12:00', '23T03:50', '23T03:00', false],
    ['not after its deadline', {}, '22T12:00', '23T04:01', '23T03:00', true],
    ['until a deadline of its own', { startingDeadline: '3h' }, '22T12:00', '23T05:59', '23T03:00', false],
    ['the last one of several that were missed', {}, '10T12:00', '23T03:10', '23T03:00', false],
    ['by its own zone', { timeZone: 'Asia/Tokyo' }, '22T12:00', '22T18:00', '22T18:00', false],
  ])('%s', (_, spec, after, now, slot, late) => {
    const due = slots(spec).due(at(after), at(now))
    expect([iso(due?.slot), due?.late ?? false]).toEqual([slot, late])
  })
})

describe('jitter', () => {
  const spread = slots({ jitter: '30m' })
  const beginsAt = (day: number): number => spread.nextMs(at(`${day - 1}T12:00`), at(`${day - 1}T12:00`))! - 15 * 3_600_000
  test('moves each slot by another time, at most by as much as it says, and always the same', () => {
    const moves = Array.from({ length: 10 }, (_, i) => beginsAt(i + 11))
    expect(moves.every((ms) => ms >= 0 && ms < 1_800_000)).toBe(true)
    expect(new Set(moves).size).toBeGreaterThan(5)
    expect(beginsAt(12)).toBe(beginsAt(12))
  })
  test('a slot is due when its time has come, and not before', () => {
    const begins = new Date(at('12T03:00').getTime() + beginsAt(12))
    expect(spread.due(at('11T12:00'), new Date(begins.getTime() - 1))?.slot ?? null).toBeNull()
    expect(iso(spread.due(at('11T12:00'), begins)?.slot)).toBe('12T03:00')
  })
})

test('the next one', () => {
  expect(slots().nextMs(at('23T03:00'), at('23T12:00'))).toBe(15 * 3_600_000)
})
