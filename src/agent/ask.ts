import { generateText, wrapLanguageModel, type ModelMessage, type SystemModelMessage, type ToolSet as SdkTools } from 'ai'
import { redactDeep } from '#kit/redact'
import { speakable } from './conversation.ts'
import { shorten, type Emit } from './events.ts'
import { classify, oneLine, type Failure } from './models/failure.ts'
import type { Model, ModelChain } from './models/model.ts'
import { MAX_PAUSE_MS, MAX_TRIES, pauseMs, type Pace } from './models/pace.ts'
import { costOf, type Tokens } from './models/prices.ts'
import { textOf, toolCallsOf, type AnswerRecord, type AssistantContent, type Attempt } from './record.ts'

export interface Question {
  instructions: string
  messages(model: Model): ModelMessage[]
  tools: SdkTools
  toolChoice: { type: 'auto' | 'required' } | { type: 'tool'; toolName: string }
  /** Names the calls of the answer: `call-<turn>-<k>`. */
  turn: number
  lastTurn: boolean
  maxOutputTokens: number
  deadline: Date
}

export interface Surroundings {
  now(): Date
  pace: Pace
  signal: AbortSignal
  emit: Emit
}

type Answer = Pick<AnswerRecord, 'at' | 'model' | 'content' | 'faults' | 'cutOff'>

export interface Asked {
  attempts: Attempt[]
  /** Of each model that was given up, one line. */
  failures: string[]
  answer: Answer | null
}

/** Two hangs are enough: each costs the whole time-out. */
const MAX_HANGS = 2

/** Asks the chain from `from` on: each model up to four times, then the next. Throws only when the signal aborts. */
export async function ask(chain: ModelChain, from: number, question: Question, around: Surroundings): Promise<Asked> {
  const asked: Asked = { attempts: [], failures: [], answer: null }
  for (let at = from; at < chain.length; at++) {
    const model = chain[at]!
    around.emit({ type: 'model-asked', model: model.id, lastTurn: question.lastTurn })
    const reason = await askOne(model, at, question, around, asked)
    if (asked.answer) break
    asked.failures.push(`${model.id}: ${reason}`)
    around.emit({ type: 'model-failed', model: model.id, reason: reason ?? '', next: chain[at + 1]?.id ?? null })
  }
  return asked
}

/** Sets `asked.answer`, or returns why there is none. */
async function askOne(model: Model, at: number, question: Question, around: Surroundings, asked: Asked): Promise<string | null> {
  if (model.fault !== null) return model.fault
  let hangs = 0
  for (let tries = 1; ; tries++) {
    const left = question.deadline.getTime() - around.now().getTime()
    if (left <= 0) return 'the time for the investigation was up'
    const timeout = AbortSignal.timeout(Math.min(model.timeoutMs, left))
    const startedAt = around.now().getTime()
    let failure: Failure
    try {
      const { answer, tokens, refused } = await generate(model, at, question, AbortSignal.any([around.signal, timeout]), around.emit)
      const costUSD = costOf(model.price, tokens)
      asked.attempts.push({ model: model.id, tokens, costUSD })
      if (!refused) {
        asked.answer = answer
        tell(answer, tokens, costUSD, around.now().getTime() - startedAt, around.emit)
        return null
      }
      failure = { retry: false, retryAfterMs: null, reason: 'it refused to answer' }
    } catch (error) {
      around.signal.throwIfAborted()
      asked.attempts.push({ model: model.id, tokens: null, costUSD: null })
      if (timeout.aborted) hangs++
      failure = timeout.aborted
        ? {
            retry: hangs < MAX_HANGS,
            retryAfterMs: null,
            reason: `no answer within ${Math.round(Math.min(model.timeoutMs, left) / 1_000)} s`,
          }
        : classify(error, around.now())
    }
    const pause = pauseMs(tries, failure.retryAfterMs, around.pace.random)
    if (!failure.retry) return failure.reason
    if (tries >= MAX_TRIES) return `${failure.reason}, ${tries} times`
    if (pause > MAX_PAUSE_MS || around.now().getTime() + pause >= question.deadline.getTime()) {
      return `${failure.reason}; it asks for ${Math.ceil(pause / 1_000)} s, too long to wait`
    }
    around.emit({ type: 'model-retry', model: model.id, reason: failure.reason, waitMs: pause })
    await around.pace.wait(pause, around.signal)
  }
}

/** One request through the vendor's package. */
async function generate(
  model: Model,
  at: number,
  question: Question,
  abortSignal: AbortSignal,
  emit: Emit,
): Promise<{ answer: Answer; tokens: Tokens; refused: boolean }> {
  const instructions: SystemModelMessage = {
    role: 'system',
    content: question.instructions,
    ...(model.cacheMark ? { providerOptions: model.cacheMark } : {}),
  }
  const result = await generateText({
    model: wrapped(model, question.toolChoice, emit),
    instructions,
    messages: question.messages(model),
    tools: question.tools,
    maxOutputTokens: Math.min(model.maxOutputTokens, question.maxOutputTokens),
    ...(model.temperature === undefined ? {} : { temperature: model.temperature }),
    ...(model.providerOptions ? { providerOptions: model.providerOptions } : {}),
    maxRetries: 0,
    abortSignal,
  })
  const said = result.responseMessages.flatMap((message) => (message.role === 'assistant' ? [message.content] : []))
  const content = speakable(said.flatMap((content) => (typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content)))
  // Vendors' ids are random, and small servers repeat them: ours are neither.
  let k = 0
  const named = content.map((part) => (part.type === 'tool-call' ? { ...part, toolCallId: `call-${question.turn}-${++k}` } : part))
  const faults = Object.fromEntries(
    result.toolCalls.flatMap((call, i) =>
      'invalid' in call && call.invalid ? [[`call-${question.turn}-${i + 1}`, faultText(call.error)]] : [],
    ),
  )
  const { usage } = result
  return {
    // Through JSON: what a step records is what the loop goes on with, in the first run as in a replay.
    answer: {
      at,
      model: model.id,
      content: JSON.parse(JSON.stringify(named)) as AssistantContent,
      faults,
      cutOff: result.finishReason === 'length',
    },
    tokens: {
      input: usage.inputTokens ?? 0,
      output: usage.outputTokens ?? 0,
      cacheRead: usage.inputTokenDetails.cacheReadTokens ?? 0,
      cacheWrite: usage.inputTokenDetails.cacheWriteTokens ?? 0,
    },
    refused: result.finishReason === 'content-filter',
  }
}

/**
 * What the SDK is not to see: warnings, which it would print into the terminal, become events; and that a call was
 * demanded, since it throws an answer without one away, together with its usage.
 */
const wrapped = (model: Model, toolChoice: Question['toolChoice'], emit: Emit): Model['language'] =>
  wrapLanguageModel({
    model: model.language,
    middleware: {
      transformParams: async ({ params }) => ({ ...params, toolChoice }),
      wrapGenerate: async ({ doGenerate }) => {
        const result = await doGenerate()
        for (const warning of result.warnings) emit({ type: 'model-warning', model: model.id, text: oneLine(JSON.stringify(warning)) })
        return { ...result, warnings: [] }
      },
    },
  })

/** What a model can mend: the unknown name with the known ones, or what is wrong with the arguments (the innermost cause). */
function faultText(error: unknown): string {
  let inmost = error
  while (inmost instanceof Error && inmost.cause instanceof Error) inmost = inmost.cause
  return oneLine(inmost instanceof Error ? inmost.message : String(inmost))
}

function tell(answer: Answer, tokens: Tokens, costUSD: number | null, ms: number, emit: Emit): void {
  const record = answer as AnswerRecord
  emit({
    type: 'model-answered',
    model: answer.model,
    text: shorten(oneLine(textOf(record)), 600),
    calls: toolCallsOf(record).map(({ tool, input }) => ({ tool, input: redactDeep(input) })),
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cacheReadTokens: tokens.cacheRead,
    costUSD,
    ms,
  })
}
