import type { KubeObject } from '#cluster'
import { InputError, inputErrorText } from '#kit/errors'
import { waitingStatus } from './investigation-status.ts'
import { rowKey, type Session } from './parts.ts'
import { readRequest } from './read-request.ts'
import { writeStatus } from './write-status.ts'

/** As an incident's: what is applied in one go may come in any order. */
const GRACE_MS = 60_000
const LOOK_AGAIN_MS = 1_000

/**
 * Somebody created an Investigation. It becomes a row and a run, once: the engine remembers the object's uid in the same transaction.
 * Without its Workflow it waits a minute, and says so; then it is Failed for good, so that nothing starts years later because somebody
 * created a Workflow. Answers in how many milliseconds to look again.
 */
export async function takeRequest(session: Session, object: KubeObject, signal: AbortSignal): Promise<number | void> {
  const { engine, registry, clock, queue, log } = session
  // The Workflow may be there, and only not read yet.
  if (!registry.isComplete()) return LOOK_AGAIN_MS
  const { request, problem } = readRequest(object)
  const refuse = async (reason: string, message: string): Promise<void> => {
    const { id } = await engine.refuse(request, { reason, message })
    log.warn({ object: `${request.namespace}/${object.metadata.name}`, reason, message }, 'a request for an investigation was refused')
    queue.add(rowKey(id))
  }
  if (problem !== null) return refuse('InvalidSpec', problem)
  try {
    const { id } = await engine.investigate(request)
    queue.add(rowKey(id))
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const message = inputErrorText(error)
    if (clock.now().getTime() - madeAt(object).getTime() >= GRACE_MS) return refuse('WorkflowNotFound', message)
    await sayWaiting(session, object, 'WorkflowNotFound', message, signal)
    return LOOK_AGAIN_MS
  }
}

/** Says on an object that is no investigation yet why not. */
export async function sayWaiting(
  session: Session,
  object: KubeObject,
  reason: string,
  message: string,
  signal: AbortSignal,
): Promise<void> {
  const { uid, namespace, name } = object.metadata
  const status = waitingStatus(madeAt(object), reason, message)
  await writeStatus(session, { uid: uid!, namespace: namespace!, name }, status, null, signal)
}

const madeAt = ({ metadata }: KubeObject): Date => new Date(metadata.creationTimestamp ?? 0)
