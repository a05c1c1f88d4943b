import { InputError } from '#kit/errors'
import type { Session } from './parts.ts'

/**
 * The object was deleted: its investigation ends, and is not shown again. In this order, so that a crash in between only repeats it; an
 * investigation that ended before stays as it ended.
 */
export async function endDeleted(
  { engine, projection, log }: Pick<Session, 'engine' | 'projection' | 'log'>,
  uid: string,
  id: string,
): Promise<void> {
  try {
    if (await engine.cancel(id, 'the deletion of its object')) log.info({ investigation: id }, 'cancelled: its object was deleted')
  } catch (error) {
    // Retention was faster.
    if (!(error instanceof InputError)) throw error
  }
  await projection.forgetObject(uid)
}
