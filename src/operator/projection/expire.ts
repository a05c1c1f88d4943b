import { parseDuration } from '#kit/duration'
import { errorText } from '#kit/errors'
import type { Registry } from '#kinds/registry'
import { DEFAULT_HISTORY_LIMIT, DEFAULT_TTL_AFTER_FINISHED } from '#kinds/workflow'
import type { ExpiryQuery, HistoryPolicy, ObjectName } from '#store'
import { INVESTIGATIONS } from './names.ts'
import type { ProjectionParts } from './parts.ts'

const BATCH = 50
/** A call: what is left is taken by the next one. */
const MAX_BATCHES = 40

const STANDARD: HistoryPolicy = {
  ttlMs: parseDuration(DEFAULT_TTL_AFTER_FINISHED),
  successful: DEFAULT_HISTORY_LIMIT,
  failed: DEFAULT_HISTORY_LIMIT,
}

/** What is too old to be shown need not be made: before a leader shows anything. False: that cannot be said yet. */
export async function skipOld(parts: ProjectionParts): Promise<boolean> {
  const query = queryOf(parts)
  if (!query) return false
  const skipped = await parts.projection.skipExpired(query)
  if (skipped > 0) parts.log.info({ investigations: skipped }, 'old investigations are not shown in the cluster')
  return true
}

/**
 * Deletes the objects whose time is over: by their Workflow's time to live and history limits as they are now, and those whose row
 * retention has deleted. Rows stay, or are gone already: only objects are deleted here.
 */
export async function expireObjects(parts: ProjectionParts, signal: AbortSignal): Promise<void> {
  const { projection } = parts
  const query = queryOf(parts)
  if (!query) return
  for (let batch = 0; batch < MAX_BATCHES && !signal.aborted; batch++) {
    const expired = await projection.expiredObjects(query, BATCH)
    const removed = await Promise.all(expired.map((object) => remove(parts, object, signal)))
    if (expired.length < BATCH || !removed.includes(true)) break
  }
  const orphans = await projection.orphanedObjects(query.namespaces, BATCH * MAX_BATCHES)
  for (const object of orphans) if (!signal.aborted) await remove(parts, object, signal)
}

/** null: the registry is not read yet, and what its Workflows say of their history is not known. */
function queryOf({ registry, namespaces }: ProjectionParts): ExpiryQuery | null {
  if (!registry.isComplete()) return null
  return { namespaces: namespaces.length > 0 ? namespaces : null, standard: STANDARD, workflows: policiesOf(registry) }
}

/** False: it could not be deleted now. One that cannot does not keep the others. */
async function remove({ client, projection, log }: ProjectionParts, object: ObjectName, signal: AbortSignal): Promise<boolean> {
  try {
    await client.delete(INVESTIGATIONS, object, signal)
    // Afterwards: an object that stays behind unremembered would stay for ever.
    await projection.forgetObject(object.uid)
    return true
  } catch (error) {
    if (!signal.aborted)
      log.warn(
        { object: `${object.namespace}/${object.name}`, error: errorText(error) },
        'an old Investigation object could not be deleted',
      )
    return false
  }
}

/** Of the Workflows that say something of their own. */
const policiesOf = (registry: Pick<Registry, 'workflows'>): ExpiryQuery['workflows'] =>
  registry.workflows().flatMap(({ metadata, spec: { ttlAfterFinished, successfulHistoryLimit, failedHistoryLimit } }) =>
    ttlAfterFinished === undefined && successfulHistoryLimit === undefined && failedHistoryLimit === undefined
      ? []
      : [
          {
            namespace: metadata.namespace!,
            workflow: metadata.name,
            ttlMs: ttlAfterFinished === undefined ? STANDARD.ttlMs : parseDuration(ttlAfterFinished),
            successful: successfulHistoryLimit ?? STANDARD.successful,
            failed: failedHistoryLimit ?? STANDARD.failed,
          },
        ],
  )
