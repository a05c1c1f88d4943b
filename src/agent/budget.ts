import { costOf } from './models/prices.ts'
import type { Price } from './models/spec.ts'
import type { Spent } from './usage.ts'

/** What an investigation may use of the model. Met: it ends with what it knows, and says so. */
export interface AgentBudget {
  /** Answers of a model that may ask for tools; one more is allowed to mend a faulty conclusion. */
  maxIterations: number
  /** Input and output over all calls, cached input too. */
  maxTokens: number
  /** US dollars; null: no limit. Cannot be held for a model without a known price: the result says so. */
  maxCostUSD: number | null
  deadline: Date
  /** By agents before this one in the same investigation; it counts. */
  spentBefore?: Spent
}

export type Verdict =
  | { verdict: 'go'; maxOutputTokens: number }
  | { verdict: 'conclude'; maxOutputTokens: number }
  | { verdict: 'stop'; why: string }

/** What a conclusion takes, tokens. */
const CONCLUSION = 1_000
/** What a turn adds to the conversation before the next one, tokens. */
const TURN = 3_000
/** Less than this is not worth a call. */
const LEAST_MS = 3_000
/** With less than this left, or than two calls as slow as the slowest so far, the next call is the last. */
const LAST_CALL_MS = 20_000

export interface Situation {
  /** 1 for the first answer. */
  iteration: number
  spent: Spent
  /** Estimated tokens of the next request. */
  request: number
  /** Tokens that a request may have beside its answer, by the smallest window of the chain. */
  window: number
  price: Price | null
  maxOutputTokens: number
  slowestCallMs: number
  now: Date
}

/** A call is refused when it does not fit; it is the last one when another could not follow it. */
export function judgeBudget(budget: AgentBudget, at: Situation): Verdict {
  const cost = (input: number, output: number): number => costOf(at.price, { input, output, cacheRead: 0, cacheWrite: 0 }) ?? 0
  const tokensLeft = budget.maxTokens - at.spent.tokens
  const moneyLeft = (budget.maxCostUSD ?? Infinity) - at.spent.costUSD
  const msLeft = budget.deadline.getTime() - at.now.getTime()
  const smallest = cost(at.request, CONCLUSION)

  if (msLeft < LEAST_MS) return { verdict: 'stop', why: 'the time for the investigation was up' }
  if (at.request > at.window)
    return { verdict: 'stop', why: `the conversation outgrew the model's window (${at.window} tokens beside the answer)` }
  if (tokensLeft < at.request + CONCLUSION)
    return { verdict: 'stop', why: `the budget of ${budget.maxTokens} tokens was used up (${at.spent.tokens} used)` }
  if (moneyLeft < smallest)
    return { verdict: 'stop', why: `the budget of $${budget.maxCostUSD} was used up ($${at.spent.costUSD.toFixed(4)} used)` }

  const affordable =
    at.price && at.price.output > 0 && moneyLeft < Infinity ? ((moneyLeft - cost(at.request, 0)) / at.price.output) * 1_000_000 : Infinity
  const maxOutputTokens = Math.max(256, Math.floor(Math.min(at.maxOutputTokens, tokensLeft - at.request, affordable)))
  const next = at.request + TURN
  const last =
    at.iteration >= budget.maxIterations ||
    msLeft < Math.max(LAST_CALL_MS, 2 * at.slowestCallMs) ||
    // Older outputs made room before this, and it was not enough.
    at.request > at.window * 0.9 ||
    tokensLeft < at.request + next + 2 * CONCLUSION ||
    moneyLeft < smallest + cost(next, CONCLUSION)
  return { verdict: last ? 'conclude' : 'go', maxOutputTokens }
}
