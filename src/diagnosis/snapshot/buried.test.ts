import { expect, it } from 'vitest'
import { unburied } from './buried.ts'

const REQUEST = '10.0.0.1 - - [01/May/2026:11:59:00 +0000] "GET /a HTTP/2.0" 200 176'
const RISKY =
  'E0501 11:40:00.717213       7 store.go:942] annotation group ConfigurationSnippet contains risky annotation based on ingress configuration'
const SLOW =
  '2026/05/01 11:30:00 [error] 31#31: *7 upstream timed out, client: 10.0.0.1, server: shop.example, request: "GET /route HTTP/2.0"'

it('keeps the last lines, and of those before what was said of the configuration', () => {
  const requests = Array.from({ length: 20 }, () => REQUEST)
  expect(unburied([SLOW, RISKY, REQUEST, ...requests], 20)).toEqual([RISKY, ...requests])
})

it('takes a short log as it is', () => {
  expect(unburied([SLOW, RISKY], 20)).toEqual([SLOW, RISKY])
})

it('is bounded', () => {
  expect(
    unburied(
      Array.from({ length: 1_000 }, () => RISKY),
      20,
    ),
  ).toHaveLength(70)
})
