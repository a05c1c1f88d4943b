import { setTimeout as sleep } from 'node:timers/promises'
import { APICallError } from 'ai'
import type { Fetch, LanguageModelV4, Made } from './model.ts'
import { readScript, type ScriptTurn } from './script.ts'
import type { ModelSpec } from './spec.ts'

/**
 * A model that plays a conversation from a file: for tests, demos and examples, without a key. Played is the first
 * turn that has not been yet and whose condition holds. Which were played is read off the prompt (each answer carries
 * its turn's number), so a restarted process goes on where the killed one was.
 */
export function makeScripted(spec: ModelSpec, _fetch: Fetch, field: string): Made {
  const turns = readScript(spec.file!, `${field}.file`)
  const raised = new Map<number, number>()

  const language: LanguageModelV4 = {
    specificationVersion: 'v4',
    provider: 'scripted',
    modelId: spec.file!,
    supportedUrls: {},
    async doGenerate({ prompt, abortSignal }) {
      let text: string | undefined
      const promptText = (): string => (text ??= JSON.stringify(prompt))
      const index = nextTurn(turns, playedTurns(prompt), promptText)
      const turn = turns[index]
      if (!turn) throw failure({ message: `the script has no turn left to play (it has ${turns.length})`, status: 400 })
      if (turn.delayMs) await sleep(turn.delayMs, undefined, abortSignal ? { signal: abortSignal } : {})
      if (turn.error) {
        const limit = turn.error.times ?? (turn.text === undefined && !turn.toolCalls ? Infinity : 1)
        const before = raised.get(index) ?? 0
        if (before < limit) {
          raised.set(index, before + 1)
          throw failure(turn.error)
        }
      }
      return answer(turn, index, promptText)
    },
    doStream: () => Promise.reject(new Error('a scripted model does not stream')),
  }
  return { language }
}

type Answer = Awaited<ReturnType<LanguageModelV4['doGenerate']>>
type Prompt = Parameters<LanguageModelV4['doGenerate']>[0]['prompt']

function playedTurns(prompt: Prompt): Set<number> {
  const played = new Set<number>()
  for (const message of prompt) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) {
      const turn = part.providerOptions?.['scripted']?.['turn']
      if (typeof turn === 'number') played.add(turn)
    }
  }
  return played
}

const nextTurn = (turns: readonly ScriptTurn[], played: ReadonlySet<number>, promptText: () => string): number =>
  turns.findIndex(
    (turn, i) =>
      !played.has(i) && [turn.whenPromptContains ?? []].flat().every((text) => promptText().includes(JSON.stringify(text).slice(1, -1))),
  )

function answer(turn: ScriptTurn, index: number, promptText: () => string): Answer {
  const providerMetadata = { scripted: { turn: index } }
  const calls = turn.toolCalls ?? []
  const inputs = calls.map(({ input }) => (typeof input === 'string' ? input : JSON.stringify(input ?? {})))
  const usage = turn.usage ?? {
    inputTokens: Math.ceil(promptText().length / 4),
    outputTokens: Math.ceil(((turn.text ?? '').length + inputs.join('').length) / 4),
  }
  const cacheRead = usage.cacheReadTokens ?? 0
  return {
    content: [
      ...(turn.text !== undefined || calls.length === 0 ? [{ type: 'text' as const, text: turn.text ?? '', providerMetadata }] : []),
      ...calls.map(({ name }, i) => ({
        type: 'tool-call' as const,
        toolCallId: `scripted-${index}-${i}`,
        toolName: name,
        input: inputs[i]!,
        providerMetadata,
      })),
    ],
    finishReason: { unified: turn.finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'), raw: undefined },
    usage: {
      inputTokens: { total: usage.inputTokens, noCache: usage.inputTokens - cacheRead, cacheRead, cacheWrite: 0 },
      outputTokens: { total: usage.outputTokens, text: usage.outputTokens, reasoning: 0 },
    },
    warnings: [],
  }
}

const failure = (error: NonNullable<ScriptTurn['error']>): APICallError =>
  new APICallError({
    message: error.message ?? (error.status ? `scripted HTTP ${error.status}` : 'scripted: the connection broke'),
    url: 'scripted:',
    requestBodyValues: {},
    ...(error.status === undefined ? { isRetryable: true } : { statusCode: error.status }),
    responseHeaders: error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) },
  })
