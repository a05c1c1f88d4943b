import type { Usage } from '#kinds/result'
import type { Attempt, ModelRecord, ToolRecord } from './record.ts'

/** What the steps so far have used. */
export interface Spent {
  /** Input and output, cached input too. */
  tokens: number
  /** Of the attempts whose price is known. */
  costUSD: number
}

export const spentBy = (records: readonly ModelRecord[], before: Spent = { tokens: 0, costUSD: 0 }): Spent => {
  const attempts = records.flatMap((record) => record.attempts)
  return {
    tokens: attempts.reduce((sum, { tokens }) => sum + (tokens ? tokens.input + tokens.output : 0), before.tokens),
    costUSD: attempts.reduce((sum, { costUSD }) => sum + (costUSD ?? 0), before.costUSD),
  }
}

/** The usage of an agent that a failed step ended: by what its steps recorded until then, by name. */
export function usageOfRecords(records: ReadonlyMap<string, unknown>): Usage {
  const of = <T>(prefix: string): T[] => [...records].flatMap(([name, record]) => (name.startsWith(prefix) ? [record as T] : []))
  return usageOf(of<ModelRecord>('model-'), of<ToolRecord>('tool-'))
}

/**
 * Every request counts as a model call, answered or not; tokens are those of the answered ones. A cost is null as soon
 * as one answered request has no known price. The duration is from the first step's start to the last one's end.
 */
export function usageOf(models: readonly ModelRecord[], tools: readonly ToolRecord[]): Usage {
  const attempts = models.flatMap((record) => record.attempts)
  const byModel: Usage['byModel'] = {}
  for (const id of new Set(attempts.map(({ model }) => model))) byModel[id] = tally(attempts.filter(({ model }) => model === id))
  const times = [...models, ...tools].flatMap(({ startedAt, endedAt }) => [Date.parse(startedAt), Date.parse(endedAt)])
  const durationSeconds = times.length > 0 ? (Math.max(...times) - Math.min(...times)) / 1_000 : 0
  return { ...tally(attempts), toolCalls: tools.length, durationSeconds, byModel }
}

function tally(attempts: readonly Attempt[]): Usage['byModel'][string] {
  const answered = attempts.flatMap(({ tokens, costUSD }) => (tokens ? [{ ...tokens, costUSD }] : []))
  const sum = (pick: (one: (typeof answered)[number]) => number): number => answered.reduce((total, one) => total + pick(one), 0)
  return {
    modelCalls: attempts.length,
    inputTokens: sum(({ input }) => input),
    outputTokens: sum(({ output }) => output),
    cacheReadTokens: sum(({ cacheRead }) => cacheRead),
    costUSD: answered.some(({ costUSD }) => costUSD === null) ? null : Math.round(sum(({ costUSD }) => costUSD ?? 0) * 1e6) / 1e6,
  }
}
