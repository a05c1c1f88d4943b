import type { Alert } from '#alert'
import { alertTitle, fingerprint } from '#alert'
import { InputError } from '#kit/errors'
import { investigationName, newId } from '#kit/ids'
import { objectText, type ObjectRef } from '#kinds/result'
import type { ObjectName, RunInput } from '#store'
import type { Durable } from './durable.ts'
import type { Parts } from './parts.ts'
import { emptySnapshot, snapshot, type Start } from './snapshot.ts'
import { create, insert, type NewRun, type Transaction } from './starter.ts'

/** A person asks for an investigation. */
export interface InvestigationRequest {
  namespace: string
  workflow: string
  /** What to look at; default: what the alert is about, else everything that the ServiceAccount may see. */
  target?: ObjectRef
  alert?: Pick<Alert, 'labels'> & Partial<Alert>
  params?: Readonly<Record<string, string>>
  /** namespace/name of the Source that it came by. */
  source?: string
  /** The object in the cluster that asks: it is answered once, however often this is called. Its name becomes the investigation's. */
  object?: ObjectName
}

/** Starts it at once. Throws an InputError when there is no such Workflow. */
export async function request(parts: Parts, durable: Durable, wanted: InvestigationRequest): Promise<{ id: string; name: string }> {
  const start = startOf(parts, wanted)
  const input = snapshot(parts.registry, start)
  return parts.runs.transaction((queries, client) => {
    const tx = { parts, durable, queries, client }
    return once(tx, wanted, (more) => create(tx, { ...runOf(start, input), ...more }))
  })
}

/** Writes down a request that cannot start, where people look for it. */
export async function refuse(
  parts: Parts,
  durable: Durable,
  wanted: InvestigationRequest,
  why: { reason: string; message: string },
): Promise<{ id: string; name: string }> {
  const start = startOf(parts, wanted)
  return parts.runs.transaction((queries, client) => {
    const tx = { parts, durable, queries, client }
    return once(tx, wanted, async (more) => {
      const made = await insert(tx, { ...runOf(start, emptySnapshot(start)), ...more })
      await queries.endInvestigation(made.id, { phase: 'Failed', ...why })
      return made
    })
  })
}

function startOf({ clock }: Parts, wanted: InvestigationRequest): Start {
  const alerts = wanted.alert ? [complete(wanted.alert, clock.now())] : []
  return {
    namespace: wanted.namespace,
    workflow: wanted.workflow,
    params: wanted.params ?? {},
    alerts,
    alertCount: alerts.length,
    incident: null,
    target: wanted.target ?? null,
    source: wanted.source ?? null,
  }
}

function runOf({ alerts, namespace, workflow }: Start, input: RunInput): NewRun {
  const title = alerts[0] ? alertTitle(alerts[0]) : input.target ? objectText(input.target) : workflow
  return { namespace, title, incidentId: null, input }
}

/** The object is claimed before its row is made: a second process that has the same request waits here, and answers with the first one's. */
async function once(
  { queries }: Transaction,
  { namespace, object }: InvestigationRequest,
  make: (more: Pick<NewRun, 'id' | 'name'>) => Promise<{ id: string; name: string }>,
): Promise<{ id: string; name: string }> {
  if (!object) return make({})
  const id = newId()
  const claimed = await queries.claimRequest(object, id)
  if (claimed?.takenBy) return claimed.takenBy
  if (claimed)
    throw new InputError(`the investigation that ${namespace}/${object.name} asked for was deleted`, { remedy: 'Ask for another.' })
  return make({ id, name: (await queries.isNameTaken(namespace, object.name)) ? investigationName(object.name, id) : object.name })
}

const complete = (alert: NonNullable<InvestigationRequest['alert']>, now: Date): Alert => ({
  status: alert.status ?? 'firing',
  labels: alert.labels,
  annotations: alert.annotations ?? {},
  startsAt: alert.startsAt ?? now.toISOString(),
  endsAt: alert.endsAt ?? null,
  generatorURL: alert.generatorURL ?? '',
  fingerprint: alert.fingerprint ?? fingerprint(alert.labels),
})
