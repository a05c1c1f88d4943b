import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Result } from '#kinds/result'
import { errorText } from '#kit/errors'
import { parseDuration } from '#kit/duration'
import { DEFAULT_AGENT_TIMEOUT } from '#kinds/workflow'
import type { Asked, Asking, CaseInput } from './run-case.ts'

/** Exactly one of `result` and `error` is null. */
export interface CaseAnswer {
  result: Result | null
  /** null: no model was asked. */
  asked: Asked | null
  error: string | null
}

/** A case that takes longer is given up: the largest bundles that are known take seconds. An agent has its own time beside it. */
const CASE_MS = 120_000
/** `.ts` in the checkout, `.js` in the published package. */
const WORKER = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url)

/**
 * Looks at the cases, `width` at a time, each in a thread of its own: a diagnosis is work for the processor, and in one thread the time of a
 * case would hold the time of its neighbours. A case that fails, hangs or takes its thread down is answered with an error; the rest go on.
 */
export async function runCases(
  cases: readonly CaseInput[],
  options: {
    width: number
    signal: AbortSignal
    onStart: (index: number) => void
    onEnd: (index: number, answer: CaseAnswer) => void
    caseMs?: number
    /** Default: no model. */
    asking?: Asking | null
  },
): Promise<void> {
  const { asking = null } = options
  const caseMs = options.caseMs ?? CASE_MS + (asking ? parseDuration(DEFAULT_AGENT_TIMEOUT) : 0)
  let next = 0
  const lane = async (): Promise<void> => {
    let worker: Worker | null = null
    try {
      while (next < cases.length) {
        options.signal.throwIfAborted()
        const index = next++
        options.onStart(index)
        worker ??= await started(asking)
        const answer = await ask(worker, cases[index]!, caseMs, options.signal)
        // Whatever state the thread is in, the next case gets a new one.
        if (answer.isBroken) {
          await worker.terminate()
          worker = null
        }
        const { result, asked, error } = answer
        options.onEnd(index, { result, asked, error })
      }
    } finally {
      await worker?.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.width, cases.length) }, lane))
}

/** A thread that is ready. Throws when it cannot be: then no case can be looked at. */
async function started(asking: Asking | null): Promise<Worker> {
  // Without a listener of its own an error while nobody asks would end the process.
  const worker = new Worker(WORKER, { workerData: asking }).on('error', () => {})
  await once(worker, 'message')
  return worker
}

function ask(
  worker: Worker,
  { bundle, alert }: CaseInput,
  limitMs: number,
  signal: AbortSignal,
): Promise<CaseAnswer & { isBroken: boolean }> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const broken = (error: string): void => settle(() => resolve({ result: null, asked: null, error, isBroken: true }))
    const onMessage = (answer: CaseAnswer): void => settle(() => resolve({ ...answer, isBroken: false }))
    const onError = (error: unknown): void => broken(errorText(error))
    const onExit = (code: number): void => broken(`its thread ended with ${code}`)
    const onAbort = (): void => settle(() => reject(signal.reason as Error))
    const timer = setTimeout(() => broken(`it took longer than ${limitMs / 1_000} s`), limitMs)
    signal.addEventListener('abort', onAbort)
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage({ bundle, alert })
  })
}
