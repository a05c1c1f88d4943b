/** Finds values behind names and masks them: the mechanics that all rules by name share. */

export interface Value {
  start: number
  end: number
  quoted: boolean
}

/**
 * What a rule decides about the value behind one match: its kind and where it ends; `skip`: it is no secret, go on behind
 * it; `leave`: it is no value of this name, go on behind the name.
 */
export type Decide = (match: RegExpExecArray, value: Value) => { kind: string; end: number } | 'skip' | 'leave'

/** Walks what `pattern` finds and masks the values behind as `decide` says. Positions only grow: one pass. */
export function maskValues(text: string, pattern: RegExp, decide: Decide): string {
  const names = new RegExp(pattern)
  let out = ''
  let done = 0
  for (let match = names.exec(text); match !== null; match = names.exec(text)) {
    const value = valueAt(text, names.lastIndex)
    if (value.end === value.start) continue
    const decided = decide(match, value)
    // Without the skip, `pwd=pwd=pwd=…` would be read again from every `pwd`.
    if (decided === 'skip') names.lastIndex = Math.max(value.end, names.lastIndex)
    if (typeof decided === 'string') continue
    out += `${text.slice(done, value.start)}[REDACTED:${decided.kind}]`
    done = decided.end
    names.lastIndex = Math.max(done, names.lastIndex)
  }
  return done === 0 ? text : out + text.slice(done)
}

/** A mark, a placeholder, or the beginning of an object or list; `{SSHA}…` is a hash all the same. */
const NO_VALUE = /^(?:<[a-z]|\$\{|\$\(|\[|\{(?![A-Za-z0-9-]{2,20}\}))/

/** A run without spaces and closing punctuation; marks that are already there belong to it. */
const PLAIN = /(?:\{[A-Za-z0-9-]{2,20}\})?(?:\[REDACTED:[a-z-]+\]|(?!\\["'nrt])[^\s,;&"'`)}\]<>|])*/y

/** YAML's `|` and `>`: the value is what lies deeper in the lines below. */
const BLOCK = /^[|>][-+0-9]{0,3}[ \t]*\r?\n/

/** The value that begins at `at`: quoted (also by quotes that are themselves escaped), or a run without spaces. */
function valueAt(text: string, at: number): Value {
  let quote = at
  while (text[quote] === '\\' && quote - at < 4) quote++
  if (text[quote] === '"' || text[quote] === "'" || text[quote] === '`') {
    const start = quote + 1
    return { start, end: closingQuote(text, start, text.slice(at, start)), quoted: true }
  }
  if (BLOCK.test(text.slice(at, at + 16))) return { start: at, end: endOfBlock(text, at), quoted: false }
  if (NO_VALUE.test(text.slice(at, at + 24))) return { start: at, end: at, quoted: false }
  PLAIN.lastIndex = at
  return { start: at, end: at + (PLAIN.exec(text)?.[0].length ?? 0), quoted: false }
}

function endOfBlock(text: string, start: number): number {
  const line = text.slice(Math.max(0, start - 400), start)
  const indent = line.slice(line.lastIndexOf('\n') + 1).search(/[^\s-]/)
  let end = lineEnd(text, start)
  while (end < text.length) {
    const next = lineEnd(text, end + 1)
    const below = text.slice(end + 1, next)
    if (below.trim() !== '' && below.search(/\S/) <= indent) break
    end = next
  }
  return end
}

/** Where the string ends that `quote` (a quote with its escapes) opened; the end of the line if it is never closed. */
function closingQuote(text: string, start: number, quote: string): number {
  let end = text.indexOf(quote, start)
  while (end !== -1 && quote.length === 1 && countBackslashes(text, end) % 2 === 1) end = text.indexOf(quote, end + 1)
  if (end !== -1 && !text.slice(start, end).includes('\n')) return end
  return lineEnd(text, start)
}

function countBackslashes(text: string, before: number): number {
  let n = 0
  while (text[before - 1 - n] === '\\') n++
  return n
}

/** Only where the answer is then consumed: lines may be endless. */
export function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

/** Whether nothing but indentation, quotes and list marks stands before `at` in its line. Looks at 200 characters. */
export function opensLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 200), at)
  const newline = before.lastIndexOf('\n')
  return (newline !== -1 || at <= 200) && /^[\s\-"'{,]*(?:export )?["']?$/.test(before.slice(newline + 1))
}

/** Whether the value at `end` is followed by nothing but the end of its line or closing punctuation. */
export const standsAlone = (text: string, end: number): boolean => /^[ \t\r]*(?:$|[\n,;)}\]"'])/.test(text.slice(end, end + 64))
