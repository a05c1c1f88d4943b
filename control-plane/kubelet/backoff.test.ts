import { describe, expect, it } from 'vitest'
import { CrashBackoff, goDuration, mountAttempts, pullAttempts } from './backoff.ts'

const SECOND = 1000

describe('the crash back-off', () => {
  it('restarts at once, then after 10 s doubled up to 5 minutes', () => {
    const backoff = new CrashBackoff()
    let end = 7 * SECOND
    const delays = Array.from({ length: 9 }, () => {
      const delay = backoff.next(end)
      end += delay + 7 * SECOND
      return delay / SECOND
    })
    expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300])
  })

  it('starts again after a run of more than ten minutes', () => {
    const backoff = new CrashBackoff()
    expect([0, 5, 25].map((end) => backoff.next(end * SECOND) / SECOND)).toEqual([0, 10, 20])
    expect(backoff.next(45 * SECOND + 601 * SECOND)).toBe(0)
  })
})

it('prints durations as Go does', () => {
  expect([10, 20, 40, 80, 160, 300, 3600].map((s) => goDuration(s * SECOND))).toEqual([
    '10s',
    '20s',
    '40s',
    '1m20s',
    '2m40s',
    '5m0s',
    '1h0m0s',
  ])
})

it('tries a pull again at the first sync after its back-off', () => {
  const attempts = [...pullAttempts(0, 200 * SECOND)].filter(({ attempt }) => attempt).map(({ at }) => at / SECOND)
  expect(attempts).toEqual([0, 12, 36, 84, 168])
})

it('tries a mount after half a second, doubled up to 2 min 2 s', () => {
  expect([...mountAttempts(0, 10 * SECOND)]).toEqual([0, 500, 1500, 3500, 7500])
})
