import { describe, expect, test } from 'vitest'
import { resultOf, usageWithoutModel, type Result } from '#kinds/result'
import { calibrationOf } from './calibration.ts'
import { parseExpected } from './expected.ts'
import type { Verdict } from './judge.ts'
import { htmlReport } from './report-html.ts'
import type { Outcome } from './outcome.ts'
import { summarize } from './summary.ts'

const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: '<b>web</b>' }

function result(confidence: number | null): Result {
  const cause = { id: 'c', by: 'diagnosis', rule: 'r', summary: 's', object: ref, field: null, explains: [], cites: [] } as const
  const rootCause = confidence === null ? null : { ...cause, confidence, explains: [], cites: [] }
  const rest = { target: null, healthy: confidence === null, alternatives: [], findings: [], recommendations: [], incomplete: [] }
  return resultOf({ ...rest, rootCause, problems: rootCause ? [rootCause] : [] }, usageWithoutModel(0.1))
}

const FAULT = 'object: {kind: Service, namespace: shop, name: web}\nfamily: '
function outcome(name: string, expected: string | null, verdict: Verdict, confidence: number | null, seconds = 0.1): Outcome {
  const about = expected === null ? null : parseExpected(expected, 'expected.yaml')
  return {
    case: { name, bundle: '', alert: null, expected: about },
    verdict,
    result: result(confidence),
    error: null,
    seconds,
    model: null,
  }
}

const OUTCOMES = [
  outcome('a', `${FAULT}storage`, 'right', 0.95, 0.3),
  outcome('b', `${FAULT}storage`, 'in-three', 0.92, 0.1),
  outcome('c', `${FAULT}admission`, 'wrong', 0.4, 0.2),
  outcome('d', 'healthy: true', 'right', null),
  outcome('e', 'healthy: true', 'false-cause', 0.6),
  outcome('f', null, 'unjudged', 0.99),
]

test('families are counted apart, what is healthy and what nobody judged come last', () => {
  const { families, overall } = summarize(OUTCOMES)
  expect(
    families.map(({ family, cases, judged, right, inThree, falseCauses, healthy }) => [
      family,
      cases,
      judged,
      right,
      inThree,
      falseCauses,
      healthy,
    ]),
  ).toEqual([
    ['admission', 1, 1, 0, 0, 0, 0],
    ['storage', 2, 2, 1, 2, 0, 0],
    ['healthy', 2, 2, 1, 1, 1, 2],
    ['unjudged', 1, 0, 0, 0, 0, 0],
  ])
  expect(overall).toMatchObject({ cases: 6, judged: 5, right: 2, inThree: 3, falseCauses: 1, failed: 0, medianSeconds: 0.1 })
})

describe('calibration', () => {
  test('counts judged causes only, a false cause on a healthy cluster among them', () => {
    expect(summarize(OUTCOMES).calibration).toMatchObject({ claims: 4, sure: { claims: 2, right: 1 } })
  })
  test.each([
    ['nothing', [], 0, 0],
    ['nine of ten right with 0.9', Array.from({ length: 10 }, (_, i) => [0.9, i > 0] as const), 1, 0],
    ['half right with 0.9', Array.from({ length: 10 }, (_, i) => [0.9, i % 2 > 0] as const), 1, 0.4],
    [
      '1 is in the last bin',
      [
        [1, true],
        [0.9, true],
      ] as const,
      1,
      0.05,
    ],
    [
      'two bins weigh by their claims',
      [
        [0.95, true],
        [0.55, false],
        [0.55, false],
        [0.55, false],
      ] as const,
      2,
      0.425,
    ],
  ] as const)('%s', (_, claims, bins, error) => {
    const found = calibrationOf(claims.map(([confidence, isRight]) => ({ confidence, isRight })))
    expect([found.bins.length, found.error]).toEqual([bins, error])
  })
})

describe('the page', () => {
  const page = htmlReport(OUTCOMES, summarize(OUTCOMES), { title: 'scenarios & more', seconds: 1.5 })
  test('asks for nothing from elsewhere and runs nothing', () => expect(page).not.toMatch(/<script|https?:\/\/|\ssrc=|@import|url\(/))
  test('escapes what comes from a cluster', () => {
    expect(page).not.toContain('<b>web</b>')
    expect(page).toContain('&lt;b&gt;web&lt;/b&gt;')
    expect(page).toContain('scenarios &amp; more')
  })
  test('shows the misses first, the worst first', () => {
    const order = [...page.matchAll(/<span class="name">(\w)<\/span>/g)].map(([, name]) => name)
    expect(order).toEqual(['e', 'c', 'b', 'a', 'd', 'f'])
  })
  test('draws a dot for each bin of the reliability plot', () => expect(page.match(/class="dot"/g)).toHaveLength(3))
})
