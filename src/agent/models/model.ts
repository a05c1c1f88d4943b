import type { LanguageModel, ModelMessage } from 'ai'
import type { Price } from './spec.ts'

/** The AI SDK's contract of a model: what the vendors' packages make and `scripted` implements. */
export type LanguageModelV4 = Extract<LanguageModel, { specificationVersion: 'v4' }>

/** The way out, from kit: the vendors' packages never reach for the global one. */
export type Fetch = typeof globalThis.fetch

type ProviderOptions = NonNullable<ModelMessage['providerOptions']>

/** A model that can be asked. Made by `createModel`; only this room looks inside. */
export interface Model {
  /** `anthropic/claude-…`; `scripted/<file>`. Names it in usage, events and messages. */
  readonly id: string
  readonly language: LanguageModelV4
  /** Why it cannot be asked; null: it can. */
  readonly fault: string | null
  readonly maxOutputTokens: number
  readonly temperature: number | undefined
  readonly timeoutMs: number
  readonly contextTokens: number
  /** null: not known, so costs are not either. */
  readonly price: Price | null
  /** Sent with every call. */
  readonly providerOptions?: ProviderOptions
  /** Put on the last part of what stays the same until the next call, for vendors that are told what to cache. */
  readonly cacheMark?: ProviderOptions
}

/** In order of preference: the next is asked when the one before cannot answer. Empty: the diagnosis alone. */
export type ModelChain = readonly Model[]

/** What a provider's file makes. */
export type Made = Pick<Model, 'language' | 'providerOptions' | 'cacheMark'>
