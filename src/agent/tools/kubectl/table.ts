import { capLine, count } from '../cap.ts'
import type { Rendered } from './rendered.ts'

const LINE_LIMIT = 400
const HINT = 'narrow by -n, -l, --field-selector or a name'

/**
 * A table as kubectl prints it, its padding taken out. When it does not fit, rows that tell of trouble come first, the rest in the order printed;
 * what is missing is counted by state.
 */
export function renderTable(text: string, limit: number): Rendered {
  const blocks = text
    .trimEnd()
    .split(/\n\s*\n/)
    .map(parseBlock)
  const rows = blocks.reduce((n, block) => n + block.rows.length, 0)
  const telling = blocks.reduce((n, block) => n + block.rows.filter((row) => row.telling).length, 0)
  const summary = `${count(rows, 'row')}${telling > 0 ? `, ${telling} of them not in order` : ''}`
  const whole = blocks.map((block) => linesOf(block, block.rows).join('\n')).join('\n\n')
  if (whole.length <= limit) return { text: whole, left: false, summary }

  let room = limit - blocks.reduce((n, block) => n + block.header.length + 160, 0)
  const shown = new Set<Row>()
  const offer = (row: Row): void => {
    if (row.text.length + 1 > room) return
    room -= row.text.length + 1
    shown.add(row)
  }
  const all = blocks.flatMap((block) => block.rows)
  for (const row of all) if (row.telling) offer(row)
  // The newest events stand at the end.
  const isEvents = blocks.length === 1 && /^LAST SEEN\b/.test(blocks[0]!.header)
  for (const row of isEvents ? all.toReversed() : all) if (!shown.has(row)) offer(row)
  const cut = blocks.map((block) => {
    const left = block.rows.filter((row) => !shown.has(row))
    const rest = left.length > 0 ? [`… ${count(left.length, 'more row')}${byState(left)}; ${HINT}`] : []
    return [
      ...linesOf(
        block,
        block.rows.filter((row) => shown.has(row)),
      ),
      ...rest,
    ].join('\n')
  })
  return { text: cut.join('\n\n'), left: true, summary }
}

interface Row {
  text: string
  state: string
  telling: boolean
}

interface Block {
  /** Empty when there is none (`--no-headers`). */
  header: string
  rows: Row[]
}

const linesOf = (block: Block, rows: readonly Row[]): string[] => [...(block.header ? [block.header] : []), ...rows.map((row) => row.text)]

function parseBlock(text: string): Block {
  const lines = text.split('\n')
  const header = lines[0]!
  // Names of columns are upper case; a pod's name never is.
  if (!/^[A-Z][A-Z0-9()/%:._ -]*(?:\([a-z]+\)[A-Z0-9()/%:._ a-z-]*)?$/.test(header)) {
    return {
      header: '',
      rows: lines.map((line) => ({ text: capLine(line.replace(/ {3,}/g, '  '), LINE_LIMIT), state: '', telling: false })),
    }
  }
  const starts = [...header.matchAll(/(?:^|(?<= {2}))\S/g)].map((match) => match.index)
  const names = cells(header, starts) ?? [header]
  const rows = lines.slice(1).map((line): Row => {
    const values = cells(line, starts)
    if (values === null) return { text: capLine(line.replace(/ {3,}/g, '  '), LINE_LIMIT), state: '', telling: false }
    const column = (name: string): string => values[names.indexOf(name)] ?? ''
    return { text: capLine(values.map((value) => value || '-').join('  '), LINE_LIMIT), state: stateOf(column), telling: isTelling(column) }
  })
  return { header: names.join('  '), rows }
}

/** The line's cells by where the header's columns begin; null when it does not fit them (a cell with a line break in it). */
function cells(line: string, starts: readonly number[]): string[] | null {
  if (starts.some((start) => start > 0 && start <= line.length && !/\s/.test(line[start - 1] ?? ' '))) return null
  return starts.map((start, i) => line.slice(start, starts[i + 1]).trim())
}

type Column = (name: string) => string

const stateOf = (column: Column): string => column('STATUS') || column('TYPE') || ''

const IN_ORDER = /^(?:|Running|Completed|Complete|Succeeded|Active|Ready|Bound|Available|True|Normal|<none>)$/

/** Not ready, not in a good state, restarted, a warning. */
function isTelling(column: Column): boolean {
  if (!IN_ORDER.test(column('STATUS')) || column('TYPE') === 'Warning') return true
  const ready = /^(\d+)\/(\d+)$/.exec(column('READY'))
  if (ready && ready[1] !== ready[2] && column('STATUS') !== 'Completed') return true
  if (/^[1-9]/.test(column('RESTARTS'))) return true
  const [desired, available] = [column('DESIRED'), column('AVAILABLE') || column('READY')]
  return /^\d+$/.test(desired) && /^\d+$/.test(available) && desired !== available
}

function byState(rows: readonly Row[]): string {
  const counts = new Map<string, number>()
  for (const row of rows) if (row.state) counts.set(row.state, (counts.get(row.state) ?? 0) + 1)
  const parts = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5)
  return parts.length > 0 ? ` (${parts.map(([state, n]) => `${n} ${state}`).join(', ')})` : ''
}
