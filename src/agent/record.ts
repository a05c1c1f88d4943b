import type { AssistantModelMessage } from 'ai'
import type { Tokens } from './models/prices.ts'

/**
 * What the steps record, as JSON. The conversation is rebuilt from these alone: nothing that the loop decides may come
 * from anywhere else (a clock above all), or a replay would take another way than the run that it repeats.
 */

/** One request to a model, answered or not. */
export interface Attempt {
  model: string
  /** null: no answer, so nothing was counted. */
  tokens: Tokens | null
  costUSD: number | null
}

interface ModelRecordBase {
  /** ISO instants. */
  startedAt: string
  endedAt: string
  attempts: readonly Attempt[]
  /** What the model was told before this call, after the outputs of the one before; null: nothing. */
  note: string | null
  /** It was told to conclude now. */
  lastTurn: boolean
  /** Models that could not answer, one line each. */
  failures: readonly string[]
}

export type AssistantContent = Exclude<AssistantModelMessage['content'], string>

/** Output of step `model-<n>`. */
export type ModelRecord = ModelRecordBase &
  (
    | {
        kind: 'answer'
        /** Place of the model in the chain: the next call starts with it. */
        at: number
        model: string
        /** Its tool calls are named `call-<n>-<k>`. */
        content: AssistantContent
        /** Calls that cannot be carried out, by id: an unknown tool, arguments that do not fit. */
        faults: Readonly<Record<string, string>>
        /** The answer ran into the limit on output tokens. */
        cutOff: boolean
      }
    /** No model answered. */
    | { kind: 'failed' }
    /** A budget did not allow the call. */
    | { kind: 'stopped'; why: string }
  )

export type AnswerRecord = Extract<ModelRecord, { kind: 'answer' }>

/** Output of step `tool-<n>-<k>`. */
export interface ToolRecord {
  /** Capped and redacted. */
  text: string
  summary: string
  error: boolean
  /** Where the whole is kept; null: `text` is all. */
  artifact: string | null
  startedAt: string
  endedAt: string
}

export interface ToolCall {
  /** `call-<n>-<k>` */
  id: string
  tool: string
  input: unknown
  fault: string | null
}

export const toolCallsOf = (record: AnswerRecord): ToolCall[] =>
  record.content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.toolCallId, tool: part.toolName, input: part.input, fault: record.faults[part.toolCallId] ?? null }]
      : [],
  )

export const textOf = (record: AnswerRecord): string =>
  record.content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim()
