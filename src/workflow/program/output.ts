import type { LogPiece } from '#cluster'
import { redact, redactDeep } from '#kit/redact'

/** What a program printed, in bounded memory: its beginning and its end. */
export interface Output {
  /** `aside`: from its standard error, where that can be told apart. */
  add(piece: LogPiece, aside?: boolean): void
  readonly bytes: number
  readonly lines: number
  /** More than any program of an investigation should print. */
  readonly isTooMuch: boolean
  /** All that was kept, without secrets. */
  whole(): string
  /** The end of it, without secrets. */
  end(): string
  /** The JSON that is the whole output, or its last line; null: neither is. Without secrets. */
  json(): unknown
  /** What came since the last call, without secrets, at most its last lines; null: nothing. */
  fresh(): string | null
}

const HEAD_BYTES = 192 * 1024
const TAIL_BYTES = 640 * 1024
export const MAX_PRINTED_MB = 128
/** Of a step's record, which has 256 kB. */
const MAX_END = 8 * 1024
const MAX_JSON = 64 * 1024
const FRESH_LINES = 20
/** Of more lines than that: nobody reads so fast. */
const FRESH_OF_MANY = 6
const FRESH_CHARACTERS = 2_000
/** Lines before the new ones that tell what those are, such as the head of a private key. */
const CONTEXT_LINES = 200
const CONTEXT_CHARACTERS = 64 * 1024

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/
const KEY_END = /-----END [A-Z0-9 ]{0,30}PRIVATE KEY/
const MAX_KEY_LINES = 400

export function createOutput(): Output {
  const head: string[] = []
  let headSize = 0
  let tail: string[] = []
  /** Where the tail begins: taking off an array's first element, line by line, would move all others. */
  let from = 0
  let tailSize = 0
  let lines = 0
  let bytes = 0
  let shown = 0
  let dropped = 0
  /** Whether the last line that was dropped stood in a private key. */
  let inKey = false
  /** Of what may be JSON: all of it while it is short, and its last line. */
  let plain: string[] | null = []
  let plainSize = 0
  let lastPlain = ''

  /** Of all lines that are kept, the last ones of at most so many characters. */
  const last = (count: number, characters: number): string[] => {
    const found: string[] = []
    let size = 0
    for (const part of [tail.slice(from), head]) {
      for (let i = part.length - 1; i >= 0 && found.length < count; i--) {
        size += part[i]!.length + 1
        if (size > characters) return found.length > 0 ? found : [endOf(part[i]!, characters)]
        found.unshift(part[i]!)
      }
    }
    return found
  }
  const whole = (): string => {
    const rest = tail.slice(from)
    // A key whose head was left out looks like any other text.
    const keyEnd = inKey ? rest.slice(0, MAX_KEY_LINES).findIndex((line) => KEY_END.test(line)) : -1
    const gap = dropped > 0 ? [`… ${dropped} lines left out …`] : []
    return [...head, ...gap, ...(keyEnd >= 0 ? ['[REDACTED:private-key]'] : []), ...rest.slice(keyEnd + 1)].join('\n')
  }

  return {
    add(piece, aside = false) {
      const fresh = readable(piece.lines)
      for (const line of aside ? [] : fresh) {
        plainSize += line.length + 1
        if (plainSize > MAX_JSON) plain = null
        plain?.push(line)
        if (line.trim() !== '') lastPlain = line.length > MAX_JSON ? '' : line
      }
      bytes += piece.bytes
      lines += fresh.length
      for (const line of fresh) {
        if (headSize < HEAD_BYTES && tail.length === 0) {
          headSize += line.length + 1
          head.push(line)
          continue
        }
        tail.push(line)
        tailSize += line.length + 1
        while (tailSize > TAIL_BYTES && from < tail.length - 1) {
          const gone = tail[from++]!
          tailSize -= gone.length + 1
          dropped++
          if (gone.includes('-----')) inKey = KEY_BEGIN.test(gone) || (inKey && !KEY_END.test(gone))
        }
        if (from > 4_096) {
          tail = tail.slice(from)
          from = 0
        }
      }
    },
    get bytes() {
      return bytes
    },
    get lines() {
      return lines
    },
    get isTooMuch() {
      return bytes > MAX_PRINTED_MB * 1024 * 1024
    },
    whole: () => redact(whole()),
    end() {
      // Redacted before it is cut: the cut may take the head off a secret.
      const text = redact(last(1_000, 4 * MAX_END).join('\n'))
      return text.length > MAX_END ? endOf(text, MAX_END).replace(/^[^\n]*\n/, '') : text
    },
    json: () => (plain && jsonIn(plain.join('\n'))) ?? jsonIn(lastPlain),
    fresh() {
      const news = lines - shown
      if (news === 0) return null
      shown = lines
      const isMany = news > FRESH_LINES
      const seen = redact(last(CONTEXT_LINES, CONTEXT_CHARACTERS).join('\n'))
        .split('\n')
        .slice(isMany ? -FRESH_OF_MANY : -news)
      const text = (isMany ? ['…', ...seen] : seen).join('\n')
      return text.length > FRESH_CHARACTERS ? `…${endOf(text, FRESH_CHARACTERS)}` : text
    },
  }
}

/** Not half of a character that takes two. */
export const endOf = (text: string, characters: number): string => text.slice(-characters).replace(/^[\uDC00-\uDFFF]/, '')

/** Colours, titles and the like of terminals (ECMA-48): a secret between them would look like none. Each part is bounded by what may stand in it. */
// oxlint-disable-next-line no-control-regex
const TERMINAL = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g

/** Lines as they are read: a terminal's control sequences taken out, what overwrites its line (a progress bar) as lines of its own. */
function readable(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => line.includes('\r') || line.includes('\x1b') || line.includes('\0'))) return lines
  return lines.flatMap((line) => {
    const text = line.replace(TERMINAL, '').replaceAll('\0', '\uFFFD')
    if (!text.includes('\r')) return text
    const parts = text.split('\r').filter((part) => part !== '')
    return parts.length > 0 ? parts : ''
  })
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return redactDeep(JSON.parse(text))
  } catch {
    return null
  }
}
