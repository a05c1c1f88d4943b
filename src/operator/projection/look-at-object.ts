import type { KnownObject } from '#store'
import { endDeleted } from './end-deleted.ts'
import { idOf, judgeObject } from './judge-object.ts'
import { ID_LABEL, INVESTIGATIONS } from './names.ts'
import { rowKey, type Session } from './parts.ts'
import { sayWaiting, takeRequest } from './take-request.ts'

/**
 * Something happened to the Investigation object of this name, or may have while nobody looked: it came, was edited, went, or went and
 * came again as another one. Answers in how many milliseconds to look again.
 */
export async function lookAtObject(session: Session, key: string, signal: AbortSignal): Promise<number | void> {
  const { watch, projection, queue } = session
  const [namespace = '', name = ''] = key.split('/')
  const object = watch.get(key)
  const uid = object?.metadata.uid
  const known = await projection.knownObjects({ uids: uid === undefined ? [] : [uid], names: [{ namespace, name }] })
  for (const other of known) if (other.uid !== uid) await seeWhetherLost(session, other, signal)
  if (!object) return

  const labelled = idOf(object)
  const row = labelled === null ? null : await projection.shownInvestigation(labelled)
  const verdict = judgeObject(
    object,
    known.find((one) => one.uid === uid),
    row?.namespace === namespace ? row : null,
  )
  switch (verdict.is) {
    case 'nothing':
      return
    case 'shown':
      return queue.add(rowKey(verdict.id))
    case 'deleted':
      return endDeleted(session, uid!, verdict.id)
    case 'found':
      await projection.bindObject({ uid: uid!, namespace, name }, verdict.id)
      return queue.add(rowKey(verdict.id))
    case 'copy': {
      const message = `Its label ${ID_LABEL} says that it is ${verdict.of}. To ask for another investigation create it without the label.`
      return sayWaiting(session, object, 'Copy', message, signal)
    }
    case 'request':
      return takeRequest(session, object, signal)
  }
}

/** It is not in memory. But memory may be a moment behind an object that was made just now, so the API server has the last word. */
async function seeWhetherLost(
  session: Session,
  { uid, namespace, name, investigationId }: KnownObject,
  signal: AbortSignal,
): Promise<void> {
  const there = await session.client.get(INVESTIGATIONS, namespace, name, signal)
  if (there?.metadata.uid === uid && there.metadata.deletionTimestamp === undefined) return
  if (investigationId === null) await session.projection.forgetObject(uid)
  else await endDeleted(session, uid, investigationId)
}
