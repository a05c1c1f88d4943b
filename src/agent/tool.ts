import type { z } from 'zod'

/** A JSON Schema of an object, for tools whose schema comes from elsewhere; their `call` checks its own input. */
export interface JsonSchema {
  type: 'object'
  properties: Record<string, unknown>
  required?: readonly string[]
  additionalProperties?: boolean
}

/** Something that the model may call. A failure is a value that the model reads and acts on, never a throw. */
export interface Tool {
  /** `[a-z0-9_-]`, at most 64 characters; `conclude` is taken. */
  name: string
  /** For the model; every word is paid for with every call. */
  description: string
  /** zod: the input is parsed before `call` sees it, and a fault goes back to the model. */
  inputSchema: z.ZodType | JsonSchema
  /**
   * Called once for the same input in an investigation. Brings its own time-out and obeys the signal. What it throws
   * while the signal is quiet is shown to the model as a failed call.
   */
  call(input: unknown, options: { signal: AbortSignal }): Promise<ToolOutput>
}

export interface ToolOutput {
  /** What the model reads: pruned, capped (24,000 characters at most are used) and redacted. */
  text: string
  /** The redacted whole, for people, when `text` left something out; null: `text` is all there is. */
  full: string | null
  /** The call failed or was refused, and `text` says why and what to do instead. */
  error?: boolean
  /** One line for people and for the model once `text` had to make room: `7 pods, 2 not ready`. */
  summary: string
}

/** The tools of one investigation, and those that cannot be had with the reason: the model and the result are told. */
export interface ToolSet {
  tools: readonly Tool[]
  unavailable: readonly { name: string; why: string }[]
  /** What the model must know of where the tools look: the clock of a recorded cluster. Our own words. */
  about?: string | null
}
