import { targetRef } from '#cluster'
import { InputError, inputErrorText } from '#kit/errors'
import type { Source } from '#kinds/source'
import type { RunQueries } from '#store'
import type { Durable } from './durable.ts'
import { runId, type Parts } from './parts.ts'
import { slotsOf, type Slots } from './slots.ts'
import { emptySnapshot, snapshot, type Start } from './snapshot.ts'
import { create, insert, type Transaction } from './starter.ts'

const LIVE = new Set(['Pending', 'Running'])
/** Another process holds the row: it deals with the slot, or dies. */
const HELD_RETRY_MS = 1_000

/**
 * Starts the looks of `schedule` Sources. The row of the schedule says which slot was dealt with last and is held while the next one is:
 * however many replicas look at the clock, a slot starts one investigation, and what a crash left undone is done by the next who looks.
 */
export function createScheduler(parts: Parts, durable: Durable): () => Promise<number | undefined> {
  /** When a schedule next has something to do, by the object that says so: an edited Source is another one. */
  const seen = new WeakMap<Source, { slots: Slots; at: number }>()

  async function lookAt(source: Source): Promise<number | undefined> {
    const name = `${source.metadata.namespace}/${source.metadata.name}`
    const now = parts.clock.now()
    const known = seen.get(source) ?? { slots: slotsOf(name, source.spec.schedule!), at: 0 }
    seen.set(source, known)
    if (known.at > now.getTime()) return known.at - now.getTime()
    const nextMs = await parts.runs.transaction((queries, client) =>
      deal({ parts, durable, queries, client }, source, name, known.slots, now),
    )
    known.at = now.getTime() + (nextMs ?? Number.MAX_SAFE_INTEGER)
    return nextMs
  }

  return async () => {
    const waits: number[] = []
    for (const source of parts.registry.sources()) {
      if (!source.spec.schedule || source.spec.suspend) continue
      const nextMs = await lookAt(source)
      if (nextMs !== undefined) waits.push(nextMs)
    }
    return waits.length > 0 ? Math.min(...waits) : undefined
  }
}

async function deal(tx: Transaction, source: Source, name: string, slots: Slots, now: Date): Promise<number | undefined> {
  const { parts, queries } = tx
  const state = await queries.holdSchedule(name, now)
  if (!state) return HELD_RETRY_MS
  const due = slots.due(state.slot, now)
  if (!due) return slots.nextMs(state.slot, now)
  const log = parts.log.child({ source: name, slot: due.slot.toISOString() })
  const { known } = state
  const skip = async (why: string): Promise<void> => {
    log.warn(`a look was left out: ${why}`)
    await queries.markSlot(name, { slot: due.slot, investigation: null, known })
  }
  const { concurrency = 'Forbid' } = source.spec.schedule!
  const before = state.started && LIVE.has(state.started.phase) ? state.started : null
  if (due.late) await skip('no server was there when it was to begin')
  else if (before && concurrency === 'Forbid') await skip('the one before still runs')
  else {
    if (before && concurrency === 'Replace') await replace(tx.durable, queries, before, due.slot)
    await queries.markSlot(name, { slot: due.slot, investigation: await start(tx, source, known), known })
  }
  return slots.nextMs(due.slot, now)
}

async function replace(durable: Durable, queries: RunQueries, before: { id: string; attempt: number }, slot: Date): Promise<void> {
  const message = `Replaced by the look of ${slot.toISOString()}.`
  await queries.endInvestigation(before.id, { phase: 'Cancelled', reason: 'Replaced', message })
  await durable.cancel([runId(before.id, before.attempt)])
}

/** Its id. One that cannot start is recorded all the same, where people look for it. */
async function start(tx: Transaction, source: Source, known: readonly string[]): Promise<string> {
  const { parts, queries } = tx
  const { name, namespace } = source.metadata
  const { schedule, workflowRef, params } = source.spec
  const wanted: Start = {
    namespace: namespace!,
    workflow: workflowRef.name,
    params: params ?? {},
    alerts: [],
    alertCount: 0,
    incident: null,
    target: schedule!.target ? targetRef(schedule!.target, namespace!) : null,
    source: `${namespace}/${name}`,
  }
  const run = { namespace: namespace!, title: name, incidentId: null }
  try {
    const input = snapshot(parts.registry, wanted)
    return (await create(tx, { ...run, input: { ...input, known: schedule!.report === 'Always' ? null : known } })).id
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { id } = await insert(tx, { ...run, input: emptySnapshot(wanted) })
    await queries.endInvestigation(id, { phase: 'Failed', reason: 'WorkflowNotFound', message: inputErrorText(error) })
    parts.log.error({ source: wanted.source, error: inputErrorText(error) }, 'an investigation could not start')
    return id
  }
}
