import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { errorText } from '#kit/errors'

export interface RunOptions {
  kubectlPath: string
  /** The content of a kubeconfig that stands alone: its files are embedded. */
  kubeconfig: string
  /** Added to an otherwise empty environment. */
  env: Readonly<Record<string, string>>
  timeoutMs: number
  signal: AbortSignal
  /** Which part of the output is wanted when it is longer than `keepBytes`: a log's end, anything else's beginning. */
  keep: 'head' | 'tail'
  keepBytes: number
  /** The program is stopped when it has printed this much. */
  maxBytes: number
}

export interface RunResult {
  /** null: it did not end by itself. */
  code: number | null
  stdout: string
  stderr: string
  /** Whole lines at the beginning (`tail`) or the end (`head`) are missing. */
  truncated: boolean
  ended: 'exit' | 'timeout' | 'overflow' | 'failed'
}

const STDERR_BYTES = 16 * 1024

/**
 * Runs kubectl by argument vector, never through a shell: in a private folder that is its HOME, working directory and cache, with a kubeconfig
 * of its own, without the server's environment (no proxy, no plug-ins on PATH, no kuberc), without standard input, in a process group of its own
 * that is killed as a whole (a kubeconfig may start credential plug-ins). Throws only what `signal` was aborted with.
 */
export async function runKubectl(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal.throwIfAborted()
  const home = await mkdtemp(join(tmpdir(), 'inquest-kubectl-'))
  try {
    const kubeconfig = join(home, 'kubeconfig')
    await writeFile(kubeconfig, options.kubeconfig, { mode: 0o600 })
    const args = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(home, 'cache')}`, ...argv]
    options.signal.throwIfAborted()
    const env = { HOME: home, PATH: '', ...options.env, KUBECONFIG: kubeconfig, KUBERC: 'off' }
    return await run(args, env, home, options)
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

function run(args: string[], env: Record<string, string>, cwd: string, options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.kubectlPath, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let ended: RunResult['ended'] = 'exit'
    const stop = (why: RunResult['ended']): void => {
      if (ended !== 'exit') return
      ended = why
      killGroup(child.pid)
    }
    const out = collect(child.stdout, options, () => stop('overflow'))
    const err = collect(child.stderr, { keep: 'head', keepBytes: STDERR_BYTES, maxBytes: Infinity }, () => {})
    const timer = setTimeout(() => stop('timeout'), options.timeoutMs)
    const onAbort = (): void => killGroup(child.pid)
    options.signal.addEventListener('abort', onAbort, { once: true })
    const settle = (done: () => void): void => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', onAbort)
      done()
    }
    child.once('error', (error) =>
      settle(() =>
        resolve({ code: null, stdout: '', stderr: `kubectl did not start: ${errorText(error)}`, truncated: false, ended: 'failed' }),
      ),
    )
    child.once('close', (code) =>
      settle(() => {
        if (options.signal.aborted) return reject(options.signal.reason)
        const stdout = out()
        resolve({
          code: ended === 'exit' ? code : null,
          stdout: stdout.text,
          stderr: err().text,
          truncated: stdout.truncated || ended === 'overflow',
          ended,
        })
      }),
    )
  })
}

/** A group that has just ended is no error. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    return
  }
}

/** Keeps one end of a stream in bounded memory; what was cut in the middle of a line loses that line. */
function collect(
  stream: Readable,
  limits: Pick<RunOptions, 'keep' | 'keepBytes' | 'maxBytes'>,
  onOverflow: () => void,
): () => { text: string; truncated: boolean } {
  let chunks: Buffer[] = []
  let kept = 0
  let seen = 0
  stream.on('data', (chunk: Buffer) => {
    seen += chunk.length
    if (limits.keep === 'head') {
      const room = Math.max(0, limits.keepBytes - kept)
      if (room > 0) chunks.push(chunk.subarray(0, room))
      kept += Math.min(room, chunk.length)
    } else {
      chunks.push(chunk)
      kept += chunk.length
      while (kept - chunks[0]!.length >= limits.keepBytes) kept -= chunks.shift()!.length
    }
    if (seen > limits.maxBytes) onOverflow()
  })
  return () => {
    const truncated = seen > kept
    const text = Buffer.concat(chunks).toString('utf8')
    chunks = []
    if (!truncated) return { text, truncated }
    if (limits.keep === 'tail') return { text: text.slice(text.indexOf('\n') + 1), truncated }
    return { text: text.slice(0, text.lastIndexOf('\n') + 1), truncated }
  }
}
