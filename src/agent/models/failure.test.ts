import { APICallError } from 'ai'
import { expect, test } from 'vitest'
import { RetryableError, TerminalError } from '#kit/errors'
import { classify, retryAfter } from './failure.ts'
import { pauseMs } from './pace.ts'

const NOW = new Date('2026-11-23T10:00:00Z')
const http = (statusCode: number, responseBody = '', message = 'said no') =>
  new APICallError({ message, url: 'https://x', requestBodyValues: {}, statusCode, responseBody })

test.each([
  [http(408), true],
  [http(425), true],
  [http(429), true],
  [http(429, '{"error":{"code":"insufficient_quota"}}'), false],
  [http(500), true],
  [http(529), true],
  [http(200), true],
  [http(400), false],
  [http(401), false],
  [http(403), false],
  [http(404), false],
  [http(413), false],
  [new RetryableError('nobody answered'), true],
  [new Error('Cannot connect', { cause: new RetryableError('ECONNREFUSED') }), true],
  [new TerminalError('the address is refused'), false],
  [new TypeError('x is not a function'), false],
])('%s: %s', (error, retry) => {
  expect(classify(error, NOW).retry).toBe(retry)
})

test('a reason is one line without secrets', () => {
  const { reason } = classify(http(401, '', `Incorrect API key provided: sk-proj-${'a1B2'.repeat(10)}.\n\nSee your account.`), NOW)
  expect(reason).toMatch(/^HTTP 401 Incorrect API key provided: \[REDACTED[^\n]*See your account\.$/)
})

test.each([
  [{ 'retry-after': '20' }, 20_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after-ms': '250' }, 250],
  [{ 'retry-after': 'Mon, 23 Nov 2026 10:01:00 GMT' }, 60_000],
  [{ 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('%o → %s ms', (headers, ms) => {
  expect(retryAfter(headers as Record<string, string>, NOW)).toBe(ms)
})

test('back-off doubles up to its cap, with full jitter; a wish is kept and a little added', () => {
  expect([1, 2, 3, 4, 9].map((tries) => pauseMs(tries, null, () => 1))).toEqual([1_000, 2_000, 4_000, 8_000, 20_000])
  expect(pauseMs(3, null, () => 0)).toBe(0)
  expect([pauseMs(1, 5_000, () => 0), pauseMs(1, 5_000, () => 1), pauseMs(1, 50_000, () => 1)]).toEqual([5_000, 5_500, 51_000])
})
