import { isDeepStrictEqual } from 'node:util'
import { keyOf, type KubeObject } from '#cluster'
import { RetryableError } from '#kit/errors'
import type { ObjectName } from '#store'
import type { InvestigationStatus } from './investigation-status.ts'
import { INVESTIGATIONS } from './names.ts'
import type { Session } from './parts.ts'

const TRIES = 5

/**
 * Brings the status of exactly this object in line; false when it is gone. An apply of a status does not heed the uid, and a phase that
 * reached a fresh request of the same name would make it look answered: so each write names the version that it was decided on.
 * `made`: the object as it was made just now, which the watch may not have told of yet.
 */
export async function writeStatus(
  { client, watch }: Pick<Session, 'client' | 'watch'>,
  object: ObjectName,
  status: InvestigationStatus,
  made: KubeObject | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace, name, uid } = object
  const ask = (): Promise<KubeObject | null> => client.get(INVESTIGATIONS, namespace, name, signal)
  const isIt = (seen: KubeObject | null | undefined): seen is KubeObject => seen?.metadata.uid === uid
  let seen: KubeObject | null = made ?? watch.get(keyOf({ metadata: object })) ?? null
  for (let tries = 0; tries < TRIES; tries++) {
    if (!isIt(seen)) seen = await ask()
    if (!isIt(seen)) return false
    if (isDeepStrictEqual(seen.status, status)) return true
    const { resourceVersion } = seen.metadata
    const written = await client.applyStatus(INVESTIGATIONS, { ...object, ...(resourceVersion && { resourceVersion }) }, status, signal)
    if (written === null) return false
    if (written !== 'changed') return true
    seen = await ask()
  }
  throw new RetryableError(`${namespace}/${name} changes all the time`)
}
