import { redact } from '#kit/redact'
import { LAST_SEQ, type NewEvent, type Owner, type Runs, type Values } from '#store'

/** Progress reaches the table at most this often. */
const FLUSH_MS = 250
const MAX_EVENTS = 500
const MAX_TEXT = 500

/** The timeline of one step while its body runs. */
export interface StepTimeline {
  /** Progress: written soon, not at once. Beyond 500 a step, counted only. */
  progress(type: string, data: Values): void
  /** Writes what is still to be written. */
  close(): Promise<void>
}

/**
 * Says that a step's body begins, then takes its progress. A body that runs again (a retry, a restart) is not hidden: it says
 * `step-restarted` and counts on. What a step has once an attempt (`sayOnce`) has a fixed seq, so that a replay does not double it.
 */
export async function openTimeline(runs: Runs, owner: Owner, step: string, kind: string): Promise<StepTimeline> {
  let seq = await runs.nextSeq(owner, step, LAST_SEQ)
  await runs.appendEvents(owner, [{ step, seq, type: seq === 0 ? 'step-started' : 'step-restarted', data: { kind } }])
  let waiting: NewEvent[] = []
  let lastText = ''
  let said = 0
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const events = waiting
    waiting = []
    // Progress is nice to have: an error here must not fail the step.
    writing = writing.then(() => runs.appendEvents(owner, events)).catch(() => undefined)
    return writing
  }
  return {
    progress(type, data) {
      const text = typeof data['text'] === 'string' ? redact(data['text']).slice(0, MAX_TEXT) : ''
      if (text === lastText || ++said > MAX_EVENTS) return
      lastText = text
      waiting.push({ step, seq: ++seq, type, data: { ...data, text } })
      timer ??= setTimeout(flush, FLUSH_MS)
    },
    async close() {
      if (said > MAX_EVENTS)
        waiting.push({ step, seq: ++seq, type: 'progress', data: { text: `… and ${said - MAX_EVENTS} more`, omitted: said - MAX_EVENTS } })
      await flush()
    },
  }
}

export type StepEnd = 'step-succeeded' | 'step-failed' | 'step-skipped'

/** How a step ended; once an attempt, however often a replay comes by. */
export const sayOnce = (runs: Runs, owner: Owner, step: string, type: StepEnd, data: Values): Promise<void> =>
  runs.appendEvents(owner, [{ step, seq: LAST_SEQ, type, data }])
