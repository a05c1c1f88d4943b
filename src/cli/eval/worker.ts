import { parentPort, workerData } from 'node:worker_threads'
import { errorText } from '#kit/errors'
import { runCase, type Asking, type CaseInput } from './run-case.ts'
import type { CaseAnswer } from './pool.ts'

/**
 * A thread that looks at one case after the other: it says that it is ready; asked with a case, it answers with a result or with why there is
 * none.
 */
const asking = workerData as Asking | null

parentPort!.on('message', (input: CaseInput) => {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const answered = (answer: CaseAnswer): void => parentPort!.postMessage(answer)
  runCase(input, asking, new AbortController().signal).then(
    (found) => answered({ ...found, error: null }),
    (error: unknown) => answered({ result: null, asked: null, error: errorText(error) }),
  )
})

// eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort!.postMessage('ready')
