import { DBOS, DBOSClient, DBOSWorkflowConflictError, Error as DbosErrors } from '@dbos-inc/dbos-sdk'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Database, Runs, TransactionClient } from '#store'
import { LostRun } from './failure.ts'

/**
 * The only file that knows DBOS, which is a singleton of its process: one engine at a time, closed by `stop`.
 *
 * What DBOS does for us: it keeps the outcome of every recorded step in PostgreSQL and, when a run starts again, gives the recorded
 * outcomes back instead of running the steps. A run has an id, an owner (the executor that took it from its queue) and a status:
 * ENQUEUED → PENDING (an executor runs it) → SUCCESS, ERROR or CANCELLED. `resume` puts a PENDING one back into its queue; whoever ran
 * it until then can record nothing any more and gets DBOSWorkflowConflictError, which ends ("parks") that execution without a trace. Our
 * own fences do the same with LostRun. Nothing may swallow these two: code that catches and goes on would run the next step's body in a
 * process that has lost the run.
 */
export interface Durable {
  /** Starts a run when `client`'s transaction commits. An id that exists already is left alone. */
  enqueue(client: TransactionClient, run: { id: string; kind: string }): Promise<void>
  /** Runs that an executor has in hand (or had, before it died), at most 1,000. */
  running(): Promise<RunState[]>
  /** Runs that wait in a queue for an executor of one of these versions, at most 1,000. */
  waitingFor(versions: readonly string[]): Promise<RunState[]>
  /** Every version that ever ran on this database. */
  versions(): Promise<string[]>
  /** Puts runs back into the queue of their kind. */
  requeue(runs: readonly RunState[]): Promise<void>
  cancel(ids: readonly string[]): Promise<void>
  /** Deletes the records of up to 500 runs that ended before; answers how many. */
  forget(before: Date): Promise<number>
  /** Takes no more runs. Steps in flight are abandoned: they record nothing. The rest of the engine still works, to hand the runs over. */
  stop(): Promise<void>
  /** Lets go of the database. */
  close(): Promise<void>
}

export interface RunState {
  id: string
  kind: string
  executor: string
  version: string
}

/** One execution of a run, as its function sees it. */
export interface Execution {
  readonly id: string
  /** Runs `body` and records what it returns under `name`; on a replay returns the record. What it throws is recorded, too. */
  record<T>(name: string, body: (cancelled: AbortSignal) => Promise<T>): Promise<T>
  /** Waits, over restarts: the time to wake up is recorded. */
  sleep(ms: number): Promise<void>
  /** Starts another run when `client`'s transaction commits. */
  enqueue: Durable['enqueue']
  /** Whether DBOS still holds this process for the one that runs it. */
  isOurs(): Promise<boolean>
  /** Puts the run back into its queue. This execution must then end with LostRun. */
  giveBack(): Promise<void>
  running: Durable['running']
}

export interface RunKind {
  /** How many at a time in this process. */
  concurrency: number
  run(execution: Execution): Promise<void>
  /** An error that nobody foresaw ended the run: it will not run again. */
  onCrash(execution: Execution, error: unknown): Promise<void>
}

export interface DurableOptions {
  database: Database
  runs: Runs
  log: Logger
  executorId: string
  version: string
  kinds: Readonly<Record<string, RunKind>>
  /** How often a queue is looked at, milliseconds. */
  pollMs: number
}

const APPLICATION = 'inquest'
/** DBOSClient wants a well-formed URL even when it is given a pool. */
const UNUSED_URL = 'postgresql://embedded@localhost/embedded'
const MIGRATION_WAIT_MS = 120_000

export async function startDurable(options: DurableOptions): Promise<Durable> {
  const { database, runs, version, kinds } = options
  const logger = toDbosLogger(options.log)
  const embedded = database.kind === 'embedded'
  DBOS.setConfig({
    name: APPLICATION,
    // Given a pool, DBOS must not get a URL as well; LISTEN needs a session of its own, which the embedded database has not.
    systemDatabasePool: database.enginePool,
    ...(embedded ? { useListenNotify: false } : {}),
    applicationVersion: version,
    executorID: options.executorId,
    logger,
  })
  const client = await DBOSClient.create({
    systemDatabaseUrl: UNUSED_URL,
    systemDatabasePool: database.enginePool,
    logger,
    applicationName: APPLICATION,
  })
  try {
    for (const [name, kind] of Object.entries(kinds)) {
      DBOS.registerWorkflow(() => parking(runKind(kind, execution(client, options, name))), { name })
    }
    // Replicas that start together would migrate together, and all but one would die: one at a time.
    await (embedded ? DBOS.launch() : runs.alone('dbos-migration', MIGRATION_WAIT_MS, () => DBOS.launch()))
    for (const [name, kind] of Object.entries(kinds)) {
      await DBOS.registerQueue(name, {
        workerConcurrency: kind.concurrency,
        minPollingIntervalMs: options.pollMs,
        onConflict: 'always_update',
      })
    }
  } catch (error) {
    await DBOS.shutdown({ deregister: true }).catch(() => undefined)
    await client.destroy()
    throw new Error(`the durable engine could not start: ${errorText(error)}`, { cause: error })
  }
  return durable(client, version)
}

/** Without a version the run would wait for the latest that is registered, and a roll-back would stall. */
const enqueueWith =
  (client: DBOSClient, version: string): Durable['enqueue'] =>
  async (tx, run) => {
    await client.enqueueInTransaction(tx, { queueName: run.kind, workflowName: run.kind, workflowID: run.id, appVersion: version })
  }

async function list(client: DBOSClient, filter: Parameters<DBOSClient['listWorkflows']>[0]): Promise<RunState[]> {
  const rows = await client.listWorkflows({ ...filter, applicationName: APPLICATION, limit: 1_000, loadInput: false, loadOutput: false })
  return rows.map((row) => ({
    id: row.workflowID,
    kind: row.workflowName,
    executor: row.executorId ?? '',
    version: row.applicationVersion ?? '',
  }))
}
const listRunning = (client: DBOSClient): Promise<RunState[]> => list(client, { status: 'PENDING' })

function durable(client: DBOSClient, version: string): Durable {
  return {
    enqueue: enqueueWith(client, version),
    running: () => listRunning(client),
    // An empty list of versions would mean "every version" to DBOS.
    waitingFor: (versions) =>
      versions.length === 0 ? Promise.resolve([]) : list(client, { status: 'ENQUEUED', applicationVersion: [...versions] }),
    versions: async () => (await client.listApplicationVersions()).map((row) => row.versionName),
    async requeue(states) {
      for (const kind of new Set(states.map((state) => state.kind))) {
        const ids = states.filter((state) => state.kind === kind).map((state) => state.id)
        await client.resumeWorkflows(ids, { queueName: kind })
      }
    },
    async cancel(ids) {
      if (ids.length > 0) await client.cancelWorkflows([...ids])
    },
    async forget(before) {
      const rows = await client.listWorkflows({
        completedBefore: before.toISOString(),
        applicationName: APPLICATION,
        limit: 500,
        loadInput: false,
        loadOutput: false,
      })
      if (rows.length > 0) await client.deleteWorkflows(rows.map((row) => row.workflowID))
      return rows.length
    },
    stop: () => DBOS.shutdown({ deregister: true }),
    close: () => client.destroy(),
  }
}

function execution(client: DBOSClient, { version, executorId }: DurableOptions, kind: string): Execution {
  const id = DBOS.workflowID
  if (id === undefined) throw new Error('a run was started outside of DBOS')
  return {
    id,
    // The cancel signal is lazy: DBOS watches for a cancellation only once it has been read, in the step itself.
    record: (name, body) => DBOS.runStep(() => parking(body(DBOS.stepStatus!.cancelSignal!)), { name }),
    sleep: (ms) => DBOS.sleep(ms),
    enqueue: enqueueWith(client, version),
    async isOurs() {
      const state = await client.getWorkflow(id)
      return state?.status === 'PENDING' && state.executorId === executorId
    },
    async giveBack() {
      await client.resumeWorkflows([id], { queueName: kind })
    },
    running: () => listRunning(client),
  }
}

async function runKind(kind: RunKind, run: Execution): Promise<void> {
  try {
    await kind.run(run)
  } catch (error) {
    // Parked, cancelled, or DBOS itself is going down: another execution goes on.
    if (!(error instanceof LostRun || error instanceof DbosErrors.DBOSError)) await kind.onCrash(run, error)
    throw error
  }
}

/** A lost run in the words of DBOS, which neither records it nor fails the run. */
async function parking<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof LostRun ? new DBOSWorkflowConflictError(DBOS.workflowID!) : error
  }
}

/** What DBOS calls `info` is our `debug`: a line for every workflow that starts is nothing to an operator. */
function toDbosLogger(log: Logger): NonNullable<Parameters<typeof DBOS.setConfig>[0]['logger']> {
  const line =
    (level: 'debug' | 'warn' | 'error') =>
    (entry: unknown, metadata?: object): void =>
      log[level](
        { engine: 'dbos', ...(level === 'error' && metadata && 'stack' in metadata ? { stack: metadata.stack } : {}) },
        String(entry),
      )
  return { debug: line('debug'), info: line('debug'), warn: line('warn'), error: line('error') }
}
