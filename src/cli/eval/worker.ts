import { parentPort } from 'node:worker_threads'
import { errorText } from '#kit/errors'
import { runCase, type CaseInput } from './run-case.ts'
import type { CaseAnswer } from './pool.ts'

/** A thread that looks at one case after the other: asked with a case, it answers with a result or with why there is none. */
parentPort!.on('message', (input: CaseInput) => {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const answered = (answer: CaseAnswer): void => parentPort!.postMessage(answer)
  runCase(input, new AbortController().signal).then(
    (result) => answered({ result, error: null }),
    (error: unknown) => answered({ result: null, error: errorText(error) }),
  )
})
