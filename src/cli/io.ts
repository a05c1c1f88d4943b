/** The terminal a command talks to, so that tests own it. */
export interface Io {
  out(text: string): void
  err(text: string): void
  readStdin(): Promise<string>
  env: NodeJS.ProcessEnv
  /** Whether a person watches: results in colour, progress that redraws. */
  outIsTerminal: boolean
  errIsTerminal: boolean
  columns: number
  /** Aborts on SIGINT and SIGTERM. */
  signal: AbortSignal
}

export function processIo(): Io {
  const stop = new AbortController()
  const onSignal = (): void => {
    // The second signal ends the process at once: a person who presses Ctrl-C twice means it.
    if (stop.signal.aborted) process.exit(130)
    stop.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // A closed pipe (`inquest … | head`) is an end, not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const colour = process.env['NO_COLOR'] === undefined
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readStdin: async () => {
      let text = ''
      for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
      return text
    },
    env: process.env,
    outIsTerminal: process.stdout.isTTY === true && colour,
    errIsTerminal: process.stderr.isTTY === true && colour,
    columns: Math.min(process.stdout.columns ?? 100, 120),
    signal: stop.signal,
  }
}
