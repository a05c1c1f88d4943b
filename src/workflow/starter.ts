import { parseDuration } from '#kit/duration'
import { InputError, inputErrorText } from '#kit/errors'
import { investigationName, newId } from '#kit/ids'
import { DEFAULT_COOLDOWN } from '#kinds/source'
import { DEFAULT_INVESTIGATION_TIMEOUT } from '#kinds/workflow'
import type { DueIncident, RunInput, RunQueries, TransactionClient } from '#store'
import type { Durable } from './durable.ts'
import { INVESTIGATE, runId, type Parts } from './parts.ts'
import { emptySnapshot, MAX_ALERTS, snapshot, type Start } from './snapshot.ts'

const BATCH = 50
/** Batches a tick: what is left is taken by the next one. */
const MAX_BATCHES = 20
const MISSING_RETRY_MS = 5_000
const INCOMPLETE_RETRY_MS = 500

/**
 * Starts an investigation for every incident whose window has ended. The row, the durable run and the incident's cooldown are one
 * transaction; what a crash left unstarted is still due and is found by the next tick of any process.
 *
 * A Workflow that is not there: a young incident waits a minute for it, since Source and Workflow may be applied in any order. After that
 * the investigation is recorded as Failed, with the remedy, where people look for it; a retry without end would be a silence. It has no
 * cooldown, so the sender's next repeat starts one when the Workflow is there.
 *
 * Answers in how many milliseconds the next one is due; undefined when none waits.
 */
export async function startDue(parts: Parts, durable: Durable): Promise<number | undefined> {
  // What is missing may only be unread: due incidents wait in the database.
  if (!parts.registry.isComplete()) return INCOMPLETE_RETRY_MS
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const count = await parts.runs.transaction(async (queries, client) => {
      const due = await queries.dueIncidents(BATCH)
      for (const incident of due) await startOne({ parts, durable, queries, client }, incident)
      return due.length
    })
    if (count < BATCH) return parts.runs.nextDue()
  }
  return 0
}

export interface Transaction {
  parts: Parts
  durable: Durable
  queries: RunQueries
  client: TransactionClient
}

async function startOne(tx: Transaction, incident: DueIncident): Promise<void> {
  const { parts, queries } = tx
  const [namespace, name] = incident.source.split('/') as [string, string]
  const source = parts.registry.source(namespace, name)
  const { alerts, count } = await queries.incidentAlerts(incident.id, MAX_ALERTS)
  const start: Start = {
    namespace,
    workflow: source?.spec.workflowRef.name ?? '',
    params: source?.spec.params ?? {},
    alerts,
    alertCount: count,
    incident: { id: incident.id, title: incident.title, labels: incident.labels, openedAt: incident.openedAt.toISOString() },
    target: null,
    source: incident.source,
  }
  try {
    if (!source)
      throw new InputError(`the Source ${incident.source} is gone`, { remedy: 'Create it again, or leave it: its alerts start nothing.' })
    const input = snapshot(parts.registry, start)
    await queries.markInvestigated(incident.id, parseDuration(source.spec.grouping?.cooldown ?? DEFAULT_COOLDOWN))
    await create(tx, { namespace, title: incident.title, incidentId: incident.id, input })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    if (incident.ageMs < parts.limits.missingWorkflowGraceMs) return queries.postponeIncident(incident.id, MISSING_RETRY_MS)
    await queries.markInvestigated(incident.id, 0)
    const { id } = await insert(tx, { namespace, title: incident.title, incidentId: incident.id, input: emptySnapshot(start) })
    await queries.endInvestigation(id, { phase: 'Failed', reason: 'WorkflowNotFound', message: inputErrorText(error) })
    parts.log.error({ incident: incident.id, error: inputErrorText(error) }, 'an investigation could not start')
  }
}

export interface NewRun {
  /** Default: a new one. */
  id?: string
  namespace: string
  /** Default: made of the title and the id. */
  name?: string
  title: string
  incidentId: string | null
  input: RunInput
}

/** The row and its durable run. */
export async function create(tx: Transaction, run: NewRun): Promise<{ id: string; name: string }> {
  const made = await insert(tx, run)
  await tx.durable.enqueue(tx.client, { id: runId(made.id, 1), kind: INVESTIGATE })
  return made
}

/** The row alone. */
export async function insert({ parts, queries }: Transaction, run: NewRun): Promise<{ id: string; name: string }> {
  const { id = newId(), namespace, title, incidentId, input } = run
  const name = run.name ?? investigationName(title, id)
  const timeoutMs = parseDuration(input.workflow.spec.timeout ?? DEFAULT_INVESTIGATION_TIMEOUT)
  await queries.insertInvestigation({
    id,
    incidentId,
    namespace,
    name,
    title,
    workflow: input.workflow.name,
    input,
    engineVersion: parts.version,
    deadlineMs: timeoutMs + parts.limits.maxQueueMs,
  })
  return { id, name }
}
