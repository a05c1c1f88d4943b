import type { Durable, RunState } from './durable.ts'
import { endAsFailed } from './end.ts'
import { INVESTIGATE, parseRunId, runId, type Parts } from './parts.ts'

const BATCH = 50
const MAX_FORGET_BATCHES = 20

/**
 * What no run can do for itself, done by one process at a time (a lease; two would be safe, but would count take-overs twice):
 *
 * - Runs of a process that gave no sign of life for a lease: first the epochs, so that it can do nothing more should it only have been
 *   stopped; then back into the queue; its own row last, so that a crash in the middle is swept again.
 * - Runs of another version of the engine, once no process of that version lives: the next attempt, then the old run is cancelled.
 * - Investigations that are past their deadline and still have not ended.
 */
export async function sweep(parts: Parts, durable: Durable, mayJudge: boolean): Promise<void> {
  const { runs, limits, executorId, database } = parts
  // The embedded database has one process: it need not wait for the lease of the one before it.
  if (database.kind === 'postgres' && !(await runs.takeLease({ name: 'sweeper', holder: executorId, ms: limits.leaseMs }))) return
  if (mayJudge) {
    const live = await runs.liveExecutors(limits.leaseMs)
    await takeOver(parts, durable, live)
    await restartForeign(parts, durable, live)
    const dead = await runs.removeDeadExecutors(limits.leaseMs, executorId)
    if (dead.length > 0) parts.log.warn({ executors: dead }, 'processes died; their runs go on here or elsewhere')
  }
  await endOverdue(parts, durable)
}

type Live = readonly { id: string; version: string }[]

async function takeOver(parts: Parts, durable: Durable, live: Live): Promise<void> {
  const orphans = (await durable.running()).filter(
    (run) => run.executor !== parts.executorId && !live.some(({ id }) => id === run.executor),
  )
  const runnable = orphans.filter((run) => run.version === parts.version || live.some(({ version }) => version === run.version))
  await handOver(parts, durable, runnable, true)
  for (const run of orphans) if (!runnable.includes(run)) await restart(parts, durable, run)
}

/** Fences the runs off, then lets someone else have them. */
export async function handOver({ runs, log }: Parts, durable: Durable, states: readonly RunState[], count: boolean): Promise<void> {
  for (const from of new Set(states.map((run) => run.executor))) {
    const theirs = states.filter((run) => run.executor === from)
    const ids = (kind: boolean): string[] => theirs.filter((run) => (run.kind === INVESTIGATE) === kind).map((run) => parseRunId(run.id).of)
    await runs.raiseEpochs(ids(true), { from, count })
    await runs.raiseDeliveryEpochs(ids(false))
    await durable.requeue(theirs)
    log.info({ from, runs: theirs.length, dead: count }, 'runs were handed on')
  }
}

async function restartForeign(parts: Parts, durable: Durable, live: Live): Promise<void> {
  const spoken = new Set([parts.version, ...live.map(({ version }) => version)])
  const foreign = (await durable.versions()).filter((version) => !spoken.has(version))
  for (const run of await durable.waitingFor(foreign)) await restart(parts, durable, run)
}

/** The epoch and the next attempt in one transaction, then the old run is cancelled; a crash between the two is swept again. */
async function restart({ runs, version, log }: Parts, durable: Durable, run: RunState): Promise<void> {
  const { of, attempt } = parseRunId(run.id)
  await runs.transaction(async (queries, client) => {
    const next =
      run.kind === INVESTIGATE
        ? await queries.restartInvestigation({ id: of, attempt, version })
        : await queries.restartDelivery({ key: of, attempt })
    if (next !== null) await durable.enqueue(client, { id: runId(of, next), kind: run.kind })
  })
  await durable.cancel([run.id])
  log.info({ run: run.id, from: run.version, to: version }, 'a run of another version starts anew')
}

async function endOverdue(parts: Parts, durable: Durable): Promise<void> {
  for (const { id, attempt, started } of await parts.runs.overdueInvestigations(parts.limits.overdueGraceMs, BATCH)) {
    const why = started ? 'The investigation reached its deadline.' : 'No process came to start the investigation in time.'
    await endAsFailed(parts, durable.enqueue, id, 'DeadlineExceeded', why)
    await durable.cancel([runId(id, attempt)])
  }
}

/** Deletes the engine's records of runs that ended long ago; ours are the truth. */
export async function forgetOld({ clock, limits }: Parts, durable: Durable): Promise<void> {
  const before = new Date(clock.now().getTime() - limits.keepRunsMs)
  for (let batch = 0; batch < MAX_FORGET_BATCHES; batch++) if ((await durable.forget(before)) === 0) return
}
