import { eventText, type AgentEvent } from '#agent'
import { systemClock } from '#kit/clock'
import type { Io } from './io.ts'
import type { Progress } from './progress.ts'
import { timelineLine } from './timeline.ts'

const WIDE = 240

/** Shows what an agent does as it does it: the lines that a server's timeline would have. */
export function showAgent(progress: Progress, io: Io): { onEvent: (event: AgentEvent) => void; onMissing: (text: string) => void } {
  const show = (type: string, data: Record<string, unknown>): void => {
    const entry = { type, data, id: 0, attempt: 1, step: 'agent', at: systemClock.now().toISOString() }
    progress.line(timelineLine(entry, progress.colour, io.errIsTerminal ? io.columns : WIDE))
  }
  return {
    onEvent: (event) => {
      const text = eventText(event)
      show(event.type, { text, ...(event.type === 'tool-answered' ? { output: event.text } : {}) })
      progress.status(text)
    },
    onMissing: (text) => show('tool-missing', { text }),
  }
}
