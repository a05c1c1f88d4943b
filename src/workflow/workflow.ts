import { setTimeout as sleep } from 'node:timers/promises'
import { errorText, InputError } from '#kit/errors'
import type { Logger } from '#kit/log'
import { isForOthers } from './blind.ts'
import { abandonDelivery, deliver } from './deliver.ts'
import { startDurable, type RunKind } from './durable.ts'
import { endAsFailed } from './end.ts'
import { failureOf } from './failure.ts'
import { startHeartbeat } from './heartbeat.ts'
import { investigate } from './investigate.ts'
import { createLifecycle } from './lifecycle.ts'
import { everyMs, type Loop } from '#kit/loop'
import { DELIVER, INVESTIGATE, LIMITS, parseRunId, runId, type EngineOptions, type Parts } from './parts.ts'
import { patient } from './patient.ts'
import { clearLeftJobs } from './program/left-jobs.ts'
import { refuse, request, type InvestigationRequest } from './request.ts'
import { tellResolved } from './resolutions.ts'
import { createScheduler } from './scheduler.ts'
import { startDue } from './starter.ts'
import { forgetOld, handOver, sweep } from './sweeper.ts'
import { ENGINE_VERSION } from './version.ts'

export { DEFAULT_SERVICE_ACCOUNT } from './step-diagnose.ts'
export { ENGINE_VERSION } from './version.ts'
export type { Agents, EngineOptions, KubectlRequest, Limits, OpenedKubectl, OpenedTools, ToolRequest } from './parts.ts'
export type { InvestigationRequest } from './request.ts'

/**
 * The durable engine: it starts investigations, runs them so that a killed process costs nothing but the step in flight, and tells the
 * sinks. One a process (DBOS is a singleton), many on one PostgreSQL.
 */
export interface Engine {
  /** Incidents may be due, or resolved: look now instead of at the next tick. Returns at once. */
  poke(): void
  /** Starts an investigation that a person asked for. Throws an InputError when there is no such Workflow. */
  investigate(wanted: InvestigationRequest): Promise<{ id: string; name: string }>
  /** Writes down, as Failed, an investigation that a person asked for and that cannot start. */
  refuse(wanted: InvestigationRequest, why: { reason: string; message: string }): Promise<{ id: string; name: string }>
  /** Ends an investigation without telling the sinks; false when it had ended before. Throws an InputError for an unknown id. */
  cancel(id: string, by: string): Promise<boolean>
  /** Takes nothing new, waits at most `ms` for the steps in flight, hands the rest to whoever lives or starts next, and stops. */
  drain(ms: number): Promise<void>
}

const HAND_OVER_MS = 5_000

/** A process on its way out must get out. */
async function atMost(ms: number, what: string, log: Logger, work: () => Promise<void>): Promise<void> {
  const late = new AbortController()
  const tooLate = sleep(ms, undefined, { signal: late.signal }).then(
    () => log.warn(`${what} took longer than ${ms} ms and was left`),
    () => undefined,
  )
  const done = work().catch((error: unknown) => log.warn({ error: errorText(error) }, `${what} failed`))
  await Promise.race([done, tooLate])
  late.abort()
}

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const life = createLifecycle()
  const limits = { ...LIMITS, ...options.limits }
  const parts: Parts = {
    ...options,
    limits,
    version: options.version ?? ENGINE_VERSION,
    runs: patient(options.runs, options.log),
    life,
    silentMs: options.silentMs ?? (() => 0),
  }
  const { runs } = options
  const embedded = options.database.kind === 'embedded'

  await runs.registerExecutor({ id: parts.executorId, hostname: parts.hostname, version: parts.version })
  // Its folder is locked: whoever else has a row is dead.
  if (embedded) await runs.removeExecutors({ allBut: parts.executorId })
  const onFatal = (error: Error): void => {
    // Until the process has ended, too: it has lost its runs, and must start nothing else.
    life.drain()
    life.stop()
    options.onFatal(error)
  }
  const heartbeat = startHeartbeat({ ...parts, onFatal }, runs)
  const durable = await startDurable({ ...options, version: parts.version, pollMs: limits.queuePollMs, kinds: kinds(parts) }).catch(
    async (error: unknown) => {
      await heartbeat.stop()
      await runs.removeExecutors({ id: parts.executorId })
      throw error
    },
  )
  // The loops are not patient: an error is logged, and the next tick tries again.
  const direct: Parts = { ...parts, runs }
  const startScheduled = createScheduler(direct, durable)
  const mayJudge = (): boolean => embedded || heartbeat.mayJudge()
  const loops: Loop[] = [
    everyMs(limits.sweepMs, 'starting investigations', parts.log, async () => {
      const waits = (await isForOthers(direct)) ? [] : [await startDue(direct, durable), await startScheduled()]
      await tellResolved(direct, durable)
      return Math.min(...waits.filter((ms) => ms !== undefined), limits.sweepMs)
    }),
    everyMs(limits.sweepMs, 'sweeping', parts.log, () => sweep(direct, durable, mayJudge())),
    everyMs(limits.sweepMs, 'clearing Jobs away', parts.log, () => clearLeftJobs(direct)),
    everyMs(limits.forgetEveryMs, 'forgetting old runs', parts.log, () => forgetOld(direct, durable)),
  ]
  const [starter, sweeper] = loops as [Loop, Loop]
  starter.poke()
  sweeper.poke()

  let drained: Promise<void> | undefined
  const drainAll = async (ms: number): Promise<void> => {
    life.drain()
    await Promise.race([life.idle(), sleep(ms, undefined, { ref: false })])
    life.stop()
    // With the database away nothing can be handed over; the runs are taken over when it is back.
    await atMost(HAND_OVER_MS, 'handing the runs over', parts.log, async () => {
      await Promise.all(loops.map((loop) => loop.stop()))
      await durable.stop()
      const mine = (await durable.running()).filter((run) => run.executor === parts.executorId)
      await handOver(direct, durable, mine, false)
      await heartbeat.stop()
      await runs.removeExecutors({ id: parts.executorId })
    })
    await atMost(HAND_OVER_MS, 'closing the engine', parts.log, () => durable.close())
  }

  return {
    poke: starter.poke,
    investigate: (wanted) => request(parts, durable, wanted),
    refuse: (wanted, why) => refuse(parts, durable, wanted, why),
    async cancel(id, by) {
      const investigation = await runs.getInvestigation(id)
      if (!investigation)
        throw new InputError(`there is no investigation ${id}`, { field: 'id', remedy: 'List the investigations for its id.' })
      const owner = await runs.endInvestigation(id, { phase: 'Cancelled', reason: 'Cancelled', message: `Cancelled by ${by}.` })
      await durable.cancel([runId(id, investigation.attempt)])
      return owner !== null
    },
    drain(ms) {
      drained ??= drainAll(ms)
      return drained
    },
  }
}

/** The kinds of durable runs. An error that nobody foresaw ends what it hits, visibly, instead of leaving it `Running`. */
const kinds = (parts: Parts): Readonly<Record<string, RunKind>> => ({
  [INVESTIGATE]: {
    concurrency: parts.limits.concurrency,
    run: (execution) => investigate(parts, execution),
    async onCrash(execution, error) {
      await endAsFailed(
        parts,
        execution.enqueue,
        parseRunId(execution.id).of,
        'InternalError',
        `The engine failed: ${failureOf(error).message}`,
      )
    },
  },
  [DELIVER]: {
    concurrency: parts.limits.deliveries,
    run: (execution) => deliver(parts, execution),
    onCrash: (execution, error) => abandonDelivery(parts, parseRunId(execution.id).of, `The engine failed: ${failureOf(error).message}`),
  },
})
