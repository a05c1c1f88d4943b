/**
 * What happens, as it happens: for the terminal, the console and the timeline. `step` and `seq` name an event within
 * an investigation: one that a crash makes happen again carries the same pair. Everything is redacted and short.
 */
export type AgentEvent = { step: string; seq: number } & AgentHappening

export type AgentHappening =
  | { type: 'model-asked'; model: string; lastTurn: boolean }
  /** The same model will be asked again after a pause. */
  | { type: 'model-retry'; model: string; reason: string; waitMs: number }
  /** It is given up for this investigation; `next` is asked instead, null: nobody is left. */
  | { type: 'model-failed'; model: string; reason: string; next: string | null }
  /** The vendor's package says that it left something out, a setting that the model does not know for instance. */
  | { type: 'model-warning'; model: string; text: string }
  | {
      type: 'model-answered'
      model: string
      text: string
      calls: readonly { tool: string; input: unknown }[]
      inputTokens: number
      outputTokens: number
      cacheReadTokens: number
      costUSD: number | null
      ms: number
    }
  | { type: 'tool-called'; id: string; tool: string; input: unknown }
  /** `text` is shortened to 600 characters; `artifact` names the whole. */
  | { type: 'tool-answered'; id: string; tool: string; error: boolean; summary: string; text: string; artifact: string | null; ms: number }
  | { type: 'concluded'; by: 'model' | 'diagnosis'; rootCause: string | null; added: string | null; incomplete: readonly string[] }

export type OnAgentEvent = (event: AgentEvent) => void

export type Emit = (happening: AgentHappening) => void

/** Numbers the events of one step. */
export function emitter(step: string, onEvent: OnAgentEvent): Emit {
  let seq = 0
  return (happening) => onEvent({ step, seq: seq++, ...happening })
}

/** Whole words where it can be, with a mark that something is missing. */
export const shorten = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`)
