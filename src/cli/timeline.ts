import { shorten } from './table.ts'
import type { Colour } from './progress.ts'
import type { TimelineEvent } from '#server'

/** Marks that tell at a glance what an entry of the timeline is; anything else is a plain dot. */
const MARKS: Record<string, { mark: string; paint: 'green' | 'red' | 'yellow' | 'cyan' | 'dim' }> = {
  'step-started': { mark: '▸', paint: 'cyan' },
  'step-restarted': { mark: '↻', paint: 'yellow' },
  'step-succeeded': { mark: '✓', paint: 'green' },
  'step-failed': { mark: '✗', paint: 'red' },
  'step-skipped': { mark: '–', paint: 'dim' },
  finding: { mark: '!', paint: 'yellow' },
  delivered: { mark: '✓', paint: 'green' },
  'delivery-failed': { mark: '✗', paint: 'red' },
  succeeded: { mark: '✓', paint: 'green' },
  failed: { mark: '✗', paint: 'red' },
}

/** One entry as a line: `15:04:05  ✓ look         Deployment shop/payments …`. A delivery's step is `sink/…`: the sink is in its text. */
export function timelineLine(event: TimelineEvent, colour: Colour, columns: number): string {
  const { mark, paint } = MARKS[event.type] ?? { mark: '·', paint: 'dim' as const }
  const step = (event.step.split('/')[0] || 'run').padEnd(12)
  return `${colour.dim(event.at.slice(11, 19))}  ${colour[paint](mark)} ${step} ${shorten(sentence(event), Math.max(40, columns - 26))}`
}

function sentence(event: TimelineEvent): string {
  const { text, message, error, kind, sink } = event.data
  const said = [text, message, error].find((value) => typeof value === 'string' && value !== '') as string | undefined
  const about = [sink, kind].find((value) => typeof value === 'string') as string | undefined
  const what = event.type.replace(/^step-/, '').replaceAll('-', ' ')
  if (event.type === 'progress' || event.type === 'finding') return said ?? what
  return [what, about && `(${about})`, said].filter(Boolean).join(' ')
}
