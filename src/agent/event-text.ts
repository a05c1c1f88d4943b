import { formatDuration } from '#kit/duration'
import { callText } from './conversation.ts'
import type { AgentHappening } from './events.ts'

/** What happened, in one line for a person who watches. */
export function eventText(event: AgentHappening): string {
  switch (event.type) {
    case 'model-asked':
      return `asking ${event.model}${event.lastTurn ? ' to conclude' : ''}`
    case 'model-retry':
      return `${event.model}: ${event.reason}; again in ${formatDuration(event.waitMs)}`
    case 'model-failed':
      return `${event.model} is given up: ${event.reason}${event.next ? `; ${event.next} goes on` : ''}`
    case 'model-warning':
      return `${event.model}: ${event.text}`
    case 'model-answered':
      return `${said(event)} (${spent(event)})`
    case 'tool-called':
      return callText(event)
    case 'tool-answered':
      return `${event.id} ${event.error ? 'failed: ' : ''}${event.summary} (${formatDuration(event.ms)})`
    case 'concluded':
      if (event.by === 'diagnosis') return "no conclusion: the result is the diagnosis' own"
      return `concluded: ${event.added ?? event.rootCause ?? 'no root cause'}`
  }
}

type Answered = Extract<AgentHappening, { type: 'model-answered' }>

const said = ({ text, calls }: Answered): string =>
  text && text !== '(nothing)' ? text : `calls ${calls.map(({ tool }) => tool).join(', ') || 'nothing'}`

function spent({ inputTokens, outputTokens, costUSD, ms }: Answered): string {
  const cost = costUSD === null ? [] : [`$${costUSD.toFixed(4)}`]
  return [`${inputTokens} + ${outputTokens} tokens`, ...cost, formatDuration(ms)].join(', ')
}
