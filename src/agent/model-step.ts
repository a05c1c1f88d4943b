import type { ToolSet as SdkTools } from 'ai'
import { ask, type Question } from './ask.ts'
import { judgeBudget, type AgentBudget } from './budget.ts'
import { CONCLUDE } from './conclude.ts'
import type { Conversation } from './conversation.ts'
import type { Emit } from './events.ts'
import type { Demand } from './judge.ts'
import type { ModelChain } from './models/model.ts'
import type { Pace } from './models/pace.ts'
import { INSTRUCTIONS, LAST_TURN } from './prompt/instructions.ts'
import type { ModelRecord } from './record.ts'
import { spentBy } from './usage.ts'

interface ModelStep {
  turn: number
  models: ModelChain
  /** The records of the turns before. */
  before: readonly ModelRecord[]
  talk: Conversation
  tools: SdkTools
  budget: AgentBudget
  /** After a faulty answer: what this one must be. */
  demand: Demand | null
  note: string | null
  now(): Date
  pace: Pace
  emit: Emit
}

/**
 * Body of step `model-<n>`: budget, request, fallbacks. Whatever depends on the clock is decided in here and recorded.
 * Failures are records; only an abort of the step itself is thrown.
 */
export async function askModel(step: ModelStep, signal: AbortSignal): Promise<ModelRecord> {
  const { turn, models, before, talk, budget, now } = step
  const startedAt = now()
  const last = before.findLast((record) => record.kind === 'answer')
  const from = last?.at ?? 0
  const model = models[from]!
  const done = { startedAt: startedAt.toISOString(), attempts: [], failures: [], note: null, lastTurn: false }

  const verdict = judgeBudget(budget, {
    iteration: turn,
    spent: spentBy(before, budget.spentBefore),
    request: talk.tokens(),
    window: talk.window,
    price: model.price,
    maxOutputTokens: model.maxOutputTokens,
    slowestCallMs: Math.max(0, ...before.map((record) => Date.parse(record.endedAt) - Date.parse(record.startedAt))),
    now: startedAt,
  })
  if (verdict.verdict === 'stop') return { ...done, endedAt: done.startedAt, kind: 'stopped', why: verdict.why }

  const lastTurn = verdict.verdict === 'conclude' || step.demand === 'conclude'
  const note = [step.note, lastTurn && step.demand !== 'conclude' ? LAST_TURN : null].filter(Boolean).join(' ') || null
  const question: Question = {
    instructions: INSTRUCTIONS,
    messages: (asked: (typeof models)[number]) => talk.messages(asked, note),
    tools: step.tools,
    toolChoice: toolChoice(step.demand, lastTurn),
    turn,
    lastTurn,
    maxOutputTokens: verdict.maxOutputTokens,
    deadline: budget.deadline,
  }
  const { attempts, failures, answer } = await ask(models, from, question, { now, pace: step.pace, signal, emit: step.emit })
  const base = { startedAt: done.startedAt, endedAt: now().toISOString(), attempts, failures, note, lastTurn }
  return answer ? { ...base, kind: 'answer', ...answer } : { ...base, kind: 'failed' }
}

/**
 * Free at first: forcing a call takes the room to think, changes what is cached, and some models refuse it. An answer
 * that must be mended is forced.
 */
function toolChoice(demand: Demand | null, lastTurn: boolean): Question['toolChoice'] {
  if (demand === null) return { type: 'auto' }
  return lastTurn ? { type: 'tool', toolName: CONCLUDE } : { type: 'required' }
}
