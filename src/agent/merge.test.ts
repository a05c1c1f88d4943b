import { describe, expect, test } from 'vitest'
import { cause, deployment, diagnosis, finding } from '../../test/agent.ts'
import type { CheckedCause, CheckedConclusion } from './conclude.ts'
import { merge, type Output } from './merge.ts'

const output = (id: string, error = false): [string, Output] => [id, { id, call: `kubectl get ${id}`, summary: `what ${id} showed`, error }]
const outputs = new Map([output('o1'), output('o2', true)])

const said = (more: Partial<CheckedCause> = {}): CheckedCause => ({
  summary: 'the database is down',
  object: { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'ledger' },
  field: null,
  confidence: 0.85,
  findings: ['aaaa'],
  outputs: [],
  ...more,
})
const own = (more: Partial<CheckedCause> = {}): CheckedCause => said({ object: deployment('payments'), field: cause().field, ...more })
const conclusion = (more: Partial<CheckedConclusion>): CheckedConclusion => ({
  rootCause: null,
  alternatives: [],
  recommendations: [],
  added: null,
  ...more,
})

describe('a model that agrees', () => {
  test.each([
    ['the same field', own({})],
    ['a field above it', own({ field: 'spec.template.spec.containers[name=app]' })],
    ['no field', own({ field: null })],
  ])('with %s keeps the cause of the diagnosis as it is', (_, rootCause) => {
    const merged = merge(diagnosis(), conclusion({ rootCause }), outputs)
    expect(merged.rootCause).toEqual(cause())
    expect(merged.findings).toEqual(diagnosis().findings)
  })

  test.each([
    ['is not surer for having read the findings', own({ confidence: 1 }), 0.7],
    ['is surer for an output', own({ confidence: 0.9, outputs: ['o1'] }), 0.9],
    ['is never certain', own({ confidence: 1, outputs: ['o1'] }), 0.95],
    ['is not surer for a call that failed', own({ confidence: 0.9, outputs: ['o2'] }), 0.7],
    ['does not make the diagnosis less sure', own({ confidence: 0.2, outputs: ['o1'] }), 0.7],
  ])('%s', (_, rootCause, confidence) => {
    expect(merge(diagnosis(), conclusion({ rootCause }), outputs).rootCause?.confidence).toBe(confidence)
  })

  test('with an alternative of the diagnosis: it goes first', () => {
    const other = cause({ id: 'cause-2', object: deployment('ledger'), field: null, confidence: 0.4 })
    const merged = merge(
      diagnosis({ alternatives: [other] }),
      conclusion({ rootCause: said({ object: deployment('ledger'), outputs: ['o1'] }) }),
      outputs,
    )
    expect(merged.rootCause).toMatchObject({ id: 'cause-2', by: 'diagnosis', confidence: 0.85 })
    expect(merged.alternatives.map(({ id }) => id)).toEqual(['cause-1'])
    expect(merged.problems.map(({ id }) => id)).toEqual(['cause-2', 'cause-1'])
  })
})

describe('a model that says something else', () => {
  test('and proves it by an output: first, and the diagnosis stays behind it', () => {
    const merged = merge(diagnosis(), conclusion({ rootCause: said({ confidence: 0.6, outputs: ['o1'] }) }), outputs)
    expect(merged.rootCause).toMatchObject({ by: 'model', rule: null, confidence: 0.6, explains: ['aaaa'], cites: ['aaaa', 'o1'] })
    expect(merged.alternatives).toMatchObject([{ id: 'cause-1', confidence: 0.6 }])
    expect(merged.problems).toMatchObject([
      { by: 'model', confidence: 0.6 },
      { by: 'diagnosis', confidence: 0.6 },
    ])
    expect(merged.findings.at(-1)).toMatchObject({
      rule: 'model',
      severity: 'info',
      evidence: [{ id: 'o1', source: 'tool', ref: 'kubectl get o1', text: 'what o1 showed' }],
    })
  })

  test.each([
    ['on the findings alone, against a sure diagnosis: an alternative', 0.7, 'diagnosis', ['model']],
    ['on the findings alone, against an unsure one: first', 0.5, 'model', ['diagnosis']],
  ])('%s', (_, confidence, first, others) => {
    const merged = merge(diagnosis({ rootCause: cause({ confidence }) }), conclusion({ rootCause: said() }), outputs)
    expect(merged.rootCause?.by).toBe(first)
    expect(merged.alternatives.map(({ by }) => by)).toEqual(others)
    expect(Math.max(...merged.alternatives.map((c) => c.confidence))).toBeLessThanOrEqual(merged.rootCause!.confidence)
  })

  test.each([
    [['o1'], 0.9],
    [['o2'], 0.6],
    [[], 0.6],
  ])('citing %o: at most %d', (cited, most) => {
    const merged = merge(
      diagnosis({ rootCause: null, problems: [] }),
      conclusion({ rootCause: said({ confidence: 1, outputs: cited }) }),
      outputs,
    )
    expect(merged.rootCause?.confidence).toBe(most)
  })

  test('where the diagnosis saw nothing wrong: it is not healthy any more', () => {
    const healthy = diagnosis({ healthy: true, rootCause: null, problems: [], findings: [] })
    expect(merge(healthy, conclusion({ rootCause: said({ findings: [], outputs: ['o1'] }) }), outputs)).toMatchObject({
      healthy: false,
      rootCause: { by: 'model' },
    })
    expect(merge(healthy, conclusion({}), outputs)).toEqual(healthy)
  })
})

test('nothing to say: the diagnosis as it is, whatever a log line ordered', () => {
  expect(merge(diagnosis(), conclusion({}), outputs)).toEqual(diagnosis())
})

test('no finding and no problem of the diagnosis is ever lost, and alternatives are four at most', () => {
  const problems = Array.from({ length: 8 }, (_, i) => cause({ id: `p${i}`, object: deployment(`d${i}`) }))
  const findings = Array.from({ length: 30 }, (_, i) => finding(`f-${i}`))
  const before = diagnosis({ rootCause: problems[0]!, alternatives: problems.slice(1, 5), problems, findings })
  const alternatives = ['a', 'b', 'c', 'd'].map((name) => said({ object: deployment(name), outputs: ['o1'] }))
  const merged = merge(before, conclusion({ rootCause: said({ outputs: ['o1'] }), alternatives }), outputs)
  expect(merged.findings.slice(0, 30)).toEqual(findings)
  expect(merged.problems.slice(1).map(({ id }) => id)).toEqual(problems.map(({ id }) => id))
  expect(merged.alternatives).toHaveLength(4)
})

describe('recommendations', () => {
  const recommendation = (action: string, command?: string) => ({ action, why: 'it mends it', command, risk: 'none' as const })

  test("a model's command needs an approval, however harmless it says it is; a repeat of ours is left out", () => {
    const merged = merge(
      diagnosis(),
      conclusion({
        recommendations: [
          recommendation('set db_host'),
          recommendation('Undo', 'kubectl rollout undo deploy/payments -n shop'),
          recommendation('Talk to the team'),
        ],
      }),
      outputs,
    )
    expect(merged.recommendations.map(({ action, needsApproval }) => [action, needsApproval])).toEqual([
      ['Set DB_HOST', true],
      ['Undo', true],
      ['Talk to the team', false],
    ])
  })

  test("whoever's cause leads is heard first", () => {
    const merged = merge(
      diagnosis(),
      conclusion({ rootCause: said({ outputs: ['o1'] }), recommendations: [recommendation('Restart the ledger')] }),
      outputs,
    )
    expect(merged.recommendations.map(({ action }) => action)).toEqual(['Restart the ledger', 'Set DB_HOST'])
  })
})

test('a cause that two agents name keeps one finding, with what each of them saw', () => {
  const first = merge(diagnosis(), conclusion({ rootCause: said({ outputs: ['o1'] }) }), outputs)
  const again = merge(first, conclusion({ rootCause: said({ outputs: ['o3'] }) }), new Map([output('o3')]))
  const own = again.findings.filter(({ rule }) => rule === 'model')
  expect(own.map(({ evidence }) => evidence.map(({ id }) => id))).toEqual([['o1', 'o3']])
  expect(again.rootCause!.cites).toEqual(['aaaa', 'o1', 'o3'])
})
