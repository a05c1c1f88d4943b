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
const FRESH_CHARACTERS = 2_000
/** Lines before the new ones that tell what those are, such as the head of a private key. */
const CONTEXT_LINES = 200
const CONTEXT_CHARACTERS = 64 * 1024

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
        if (size > characters) return found.length > 0 ? found : [part[i]!.slice(-characters)]
        found.unshift(part[i]!)
      }
    }
    return found
  }
  const whole = (): string => {
    const gap = dropped > 0 ? [`… ${dropped} lines left out …`] : []
    return [...head, ...gap, ...tail.slice(from)].join('\n')
  }

  return {
    add(piece, aside = false) {
      for (const line of aside ? [] : piece.lines) {
        plainSize += line.length + 1
        if (plainSize > MAX_JSON) plain = null
        plain?.push(line)
        if (line.trim() !== '') lastPlain = line.length > MAX_JSON ? '' : line
      }
      bytes += piece.bytes
      lines += piece.lines.length
      for (const line of piece.lines) {
        if (headSize < HEAD_BYTES && tail.length === 0) {
          headSize += line.length + 1
          head.push(line)
          continue
        }
        tail.push(line)
        tailSize += line.length + 1
        while (tailSize > TAIL_BYTES && from < tail.length - 1) {
          tailSize -= tail[from++]!.length + 1
          dropped++
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
      return text.length > MAX_END ? text.slice(-MAX_END).replace(/^[^\n]*\n/, '') : text
    },
    json: () => (plain && jsonIn(plain.join('\n'))) ?? jsonIn(lastPlain),
    fresh() {
      const news = Math.min(lines - shown, FRESH_LINES)
      if (news === 0) return null
      shown = lines
      const text = redact(last(CONTEXT_LINES, CONTEXT_CHARACTERS).join('\n')).split('\n').slice(-news).join('\n')
      return text.length > FRESH_CHARACTERS ? `…${text.slice(-FRESH_CHARACTERS)}` : text
    },
  }
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    return redactDeep(JSON.parse(text))
  } catch {
    return null
  }
}
