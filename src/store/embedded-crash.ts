import type { PGlite } from '@electric-sql/pglite'
import { errorText } from '#kit/errors'

/** The engine's function that PGlite 0.5 calls for each message of a client. An exit status of 100 is an ordinary SQL error, which its caller handles. */
export const ENTRY = '_PostgresMainLoopOnce'
/** Not part of PGlite's types: a later version may have none of it, and then is left alone. */
export interface Internals {
  mod?: { [ENTRY]?: () => void }
}
const SQL_ERROR = 100

/**
 * Makes a crash of the engine an error instead of a standstill.
 *
 * PGlite's loop over a client's messages swallows whatever its engine throws and tries the same message again: right for an SQL error, but
 * after a crash (memory, a full disk, a PANIC) it goes on for ever, at full speed, and the process answers nothing, not even SIGTERM
 * (electric-sql/pglite#1058). The loop looks at `status` of what it caught, and nothing else there can throw: so it is told by a `status`
 * that throws. After a crash the engine's memory cannot be trusted, and no message reaches it any more.
 */
export function failOnCrash(engine: PGlite, onCrash: (error: Error) => void): void {
  const { mod } = engine as unknown as Internals
  const once = mod?.[ENTRY]
  if (!mod || typeof once !== 'function') return
  let crash: Error | undefined
  const stop = (error: Error): never => {
    throw Object.defineProperty({}, 'status', {
      get() {
        throw error
      },
    })
  }
  mod[ENTRY] = () => {
    if (crash) stop(crash)
    try {
      once()
    } catch (error) {
      if ((error as { status?: unknown } | null)?.status === SQL_ERROR) throw error
      crash = new Error(`the embedded database crashed, start this process again: ${errorText(error)}`, { cause: error })
      onCrash(crash)
      stop(crash)
    }
  }
}
