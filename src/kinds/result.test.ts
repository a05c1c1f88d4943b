import { expect, test } from 'vitest'
import { Result, resultOf, sumUsage, usageWithoutModel, type Usage } from './result.ts'

const used = (model: string, calls: number, costUSD: number | null): Usage => {
  const tokens = { modelCalls: calls, inputTokens: calls * 100, outputTokens: calls, cacheReadTokens: 0, costUSD }
  return { ...tokens, toolCalls: calls, durationSeconds: 5, byModel: { [model]: tokens } }
}

test('what several agents used is added up, by model, too', () => {
  const { byModel, ...sum } = sumUsage([used('openai/a', 2, 0.1), used('openai/b', 1, 0.2), used('openai/a', 1, 0.3)], 42)
  expect(sum).toEqual({
    modelCalls: 4,
    inputTokens: 400,
    outputTokens: 4,
    cacheReadTokens: 0,
    costUSD: 0.6,
    toolCalls: 4,
    durationSeconds: 42,
  })
  expect(byModel).toMatchObject({ 'openai/a': { modelCalls: 3, costUSD: 0.4 }, 'openai/b': { modelCalls: 1 } })
})

test('a cost that is not known of one is not known of all', () => {
  const sum = sumUsage([used('openai/a', 1, 0.1), used('openai-compatible/b', 1, null)], 1)
  expect([sum.costUSD, sum.byModel['openai/a']!.costUSD]).toEqual([null, 0.1])
})

test('nobody was asked', () => expect(sumUsage([], 3)).toEqual(usageWithoutModel(3)))

test('a result that was stored before the field was there can still be read', () => {
  const diagnosis = {
    target: null,
    healthy: true,
    rootCause: null,
    alternatives: [],
    problems: [],
    findings: [],
    recommendations: [],
    incomplete: [],
  }
  const { added: _, ...before } = resultOf(diagnosis, usageWithoutModel(1))
  expect(Result.parse(before)).toEqual(resultOf(diagnosis, usageWithoutModel(1)))
})
