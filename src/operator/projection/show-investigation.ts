import { ReadError, type KubeObject } from '#cluster'
import { errorText, InputError } from '#kit/errors'
import type { ObjectName, ShownInvestigation } from '#store'
import { endDeleted } from './end-deleted.ts'
import { objectOf } from './investigation-object.ts'
import { statusOf } from './investigation-status.ts'
import { eventsOf } from './kube-events.ts'
import { ID_LABEL, EVENTS, INVESTIGATIONS } from './names.ts'
import type { Session } from './parts.ts'
import { writeStatus } from './write-status.ts'

/**
 * Brings one investigation's object in line with its row: made when there is none, its status written when it says something else.
 * Level-based: it looks at what is, and may be called at any time, any number of times.
 */
export async function showInvestigation(session: Session, id: string, signal: AbortSignal): Promise<void> {
  const { projection } = session
  const row = await projection.shownInvestigation(id)
  if (!row) return
  const marked = { id, revision: row.revision }
  // What a person or its time to live deleted is never made again.
  const made = row.object === null ? await make(session, row, signal) : null
  const object = row.object?.gone ? null : (row.object ?? (made && nameOf(made)))
  if (object === null) return row.changed ? projection.markShown({ ...marked, told: null }) : undefined

  const status = statusOf(row, session.link({ namespace: row.namespace, name: row.name, id }))
  if (!(await writeStatus(session, object, status, made, signal))) return endDeleted(session, object.uid, id)
  await tell(session, row, object, signal)
  if (row.changed || row.object?.told !== row.phase) await projection.markShown({ ...marked, told: row.phase })
}

const nameOf = ({ metadata }: KubeObject): ObjectName => ({ uid: metadata.uid!, namespace: metadata.namespace!, name: metadata.name })

/** null: there can be none, and there is no use in trying again before something changes. */
async function make({ client, projection, log }: Session, row: ShownInvestigation, signal: AbortSignal): Promise<KubeObject | null> {
  const wanted = objectOf(row)
  const fields = { namespace: row.namespace, name: row.name, investigation: row.id }
  try {
    let made = await client.create(INVESTIGATIONS, wanted, signal)
    // Perhaps by a process that died before it wrote down that it had made it.
    if (made === 'exists') made = (await client.get(INVESTIGATIONS, row.namespace, row.name, signal)) ?? 'exists'
    if (made === 'gone') return null
    if (made === 'exists' || made.metadata.labels?.[ID_LABEL] !== row.id) {
      log.warn(fields, 'an Investigation object of this name belongs to somebody else: this one is not shown in the cluster')
      return null
    }
    return (await projection.bindObject(nameOf(made), row.id)) ? made : null
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    log.error({ ...fields, error: errorText(error) }, 'the API server refuses an Investigation object: it is not shown in the cluster')
    return null
  }
}

/** Kubernetes Events are for people who look: one that cannot be made holds nothing up. */
async function tell(
  { client, registry, clock, instance, log, refusals }: Session,
  row: ShownInvestigation,
  object: ObjectName,
  signal: AbortSignal,
): Promise<void> {
  for (const event of eventsOf(row, object, registry.workflow(row.namespace, row.workflow), clock.now(), instance)) {
    try {
      await client.create(EVENTS, event, signal)
      refusals.clear(EVENTS.plural)
    } catch (error) {
      const { reason } = error instanceof ReadError ? error : { reason: null }
      if (refusals.note(EVENTS.plural, error) || reason !== 'Forbidden')
        log.warn({ event: event.metadata.name, error: errorText(error) }, 'a Kubernetes Event could not be made')
    }
  }
}
