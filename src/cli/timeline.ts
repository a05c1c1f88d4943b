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
  'model-asked': { mark: '?', paint: 'cyan' },
  'model-answered': { mark: '»', paint: 'cyan' },
  'model-retry': { mark: '↻', paint: 'yellow' },
  'model-failed': { mark: '✗', paint: 'red' },
  'tool-called': { mark: '→', paint: 'cyan' },
  'tool-answered': { mark: '←', paint: 'green' },
  printed: { mark: '←', paint: 'green' },
  'tool-missing': { mark: '!', paint: 'yellow' },
  concluded: { mark: '✓', paint: 'green' },
  finding: { mark: '!', paint: 'yellow' },
  delivered: { mark: '✓', paint: 'green' },
  'delivery-failed': { mark: '✗', paint: 'red' },
  succeeded: { mark: '✓', paint: 'green' },
  failed: { mark: '✗', paint: 'red' },
}

/** What the text says all of; the type would only repeat it. */
const SPEAKING = new Set(['progress', 'finding', 'concluded', 'tool-missing', 'printed'])
/** Of a tool's output so much is shown below its line; of what a program prints all that the timeline has. */
const MAX_OUTPUT_LINES = 6
const MAX_PRINTED_LINES = 20

/**
 * One entry as a line: `15:04:05  ✓ look         Deployment shop/payments …`, with what a tool gave below it. A delivery's
 * step is `sink/…`: the sink is in its text.
 */
export function timelineLine(event: TimelineEvent, colour: Colour, columns: number): string {
  const { mark, paint } = MARKS[event.type] ?? { mark: '·', paint: 'dim' as const }
  const step = (event.step.split('/')[0] || 'run').padEnd(12)
  const line = `${colour.dim(event.at.slice(11, 19))}  ${colour[paint](mark)} ${step} ${shorten(sentence(event), Math.max(40, columns - 26))}`
  const { output } = event.data
  return typeof output === 'string' && output !== ''
    ? `${line}\n${outputLines(output, colour, { columns, most: event.type === 'printed' ? MAX_PRINTED_LINES : MAX_OUTPUT_LINES })}`
    : line
}

function outputLines(output: string, colour: Colour, { columns, most }: { columns: number; most: number }): string {
  const max = Math.max(40, columns - 28)
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  // Not `shorten`: columns stay columns.
  const shown = lines.slice(0, most).map((line) => (line.length <= max ? plain(line) : `${plain(line).slice(0, max - 1)}…`))
  return [...shown, ...(lines.length > shown.length ? ['…'] : [])].map((line) => `${' '.repeat(25)}${colour.dim(`│ ${line}`)}`).join('\n')
}

/** A log line must not repaint the terminal. */
const plain = (text: string): string => text.replaceAll('\t', '  ').replace(/\p{Cc}/gu, '')

function sentence(event: TimelineEvent): string {
  const { text, message, error, kind, sink } = event.data
  const said = [text, message, error].find((value) => typeof value === 'string' && value !== '') as string | undefined
  const about = [sink, kind].find((value) => typeof value === 'string') as string | undefined
  const what = event.type.replace(/^step-/, '').replaceAll('-', ' ')
  if (SPEAKING.has(event.type) || /^(model|tool)-/.test(event.type)) return plain(said ?? what)
  return [what, about && `(${about})`, said].filter(Boolean).join(' ')
}
