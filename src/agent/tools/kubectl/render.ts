import { redact } from '#kit/redact'
import { flag, type KubectlCall } from '#policy'
import { capLine, capMiddle, count } from '../cap.ts'
import { renderLog } from './log-lines.ts'
import { maskBase64Blocks, maskDescribe } from './mask.ts'
import { renderObjects } from './objects.ts'
import type { Rendered } from './rendered.ts'
import { renderTable } from './table.ts'

/** How kubectl prints what a call asks for, and so how it is read. */
export type Form = 'log' | 'objects' | 'expression' | 'table' | 'describe' | 'text'

export function formOf(call: KubectlCall): Form {
  const output = flag(call, 'output') ?? ''
  if (call.command === 'logs') return 'log'
  if (call.command === 'describe') return 'describe'
  if (call.command === 'get' || call.command === 'events') {
    if (output === 'json' || /^ya?ml$/.test(output)) return 'objects'
    return /^(?:jsonpath|custom-columns)/.test(output) ? 'expression' : 'table'
  }
  return /^(?:top|api-resources|rollout history|auth can-i)\b/.test(call.command) ? 'table' : 'text'
}

/** Redacts, then prunes to `limit` characters. `full` is the redacted whole. */
export function render(form: Form, printed: string, limit: number): Rendered & { full: string } {
  if (form === 'objects') return renderObjects(printed, limit)
  const full = redact(maskBase64Blocks(form === 'describe' ? maskDescribe(printed) : printed))
  if (form === 'log') return { ...renderLog(full, limit), full }
  if (form === 'table') return { ...renderTable(full, limit), full }
  const lines = full.trimEnd().split('\n')
  // The events of what is described stand at the end, and tell the most.
  const text = capMiddle(
    lines.map((line) => capLine(line.replace(/ {3,}(?=\S)/g, keepIndent), 600)).join('\n'),
    limit,
    form === 'describe' ? 0.5 : 0.8,
  )
  const summary = form === 'expression' && lines.length === 1 ? capLine(lines[0]!, 120) : count(lines.length, 'line')
  return { text, left: text.includes(' lines left out …') || text.includes('…(+'), summary, full }
}

/** Padding between columns becomes two spaces; an indentation stays, though a deep one (below a label of `describe`) gets shallow. */
function keepIndent(spaces: string, offset: number): string {
  if (offset > 0) return '  '
  return spaces.length > 12 ? '    ' : spaces
}
