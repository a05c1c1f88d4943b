import { styleText } from 'node:util'
import type { Io } from './io.ts'

const STYLES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const
export type Colour = Readonly<Record<(typeof STYLES)[number], (text: string) => string>>

/** Styles for a terminal, or none of them. */
export const colours = (on: boolean): Colour =>
  Object.fromEntries(
    STYLES.map((style) => [style, (text: string) => (on ? styleText(style, text, { validateStream: false }) : text)]),
  ) as Colour

/**
 * What is going on, on standard error. For a person: lines that stay and one status line that is redrawn. When nobody
 * watches (a pipe, CI): the same lines, plain, and each new status once.
 */
export interface Progress {
  /** A line that stays. */
  line(text: string): void
  /** What is being done now; replaces the status before it. */
  status(text: string): void
  /** Takes the status line away. */
  done(): void
  readonly colour: Colour
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const CLEAR = '\r\u001B[2K'

export function createProgress(io: Io): Progress {
  const colour = colours(io.errIsTerminal)
  if (!io.errIsTerminal) return { line: (text) => io.err(`${text}\n`), status: () => undefined, done: () => undefined, colour }
  let status = ''
  let frame = 0
  const draw = (): void => {
    if (status) io.err(`${CLEAR}${colour.cyan(FRAMES[frame++ % FRAMES.length]!)} ${status.slice(0, io.columns - 3)}`)
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  return {
    line(text) {
      io.err(`${status ? CLEAR : ''}${text}\n`)
      draw()
    },
    status(text) {
      status = text
      draw()
    },
    done() {
      clearInterval(timer)
      if (status) io.err(CLEAR)
      status = ''
    },
    colour,
  }
}
