import type { Pool, PoolClient } from 'pg'
import { transaction } from '../transaction.ts'
import { claimRequest, isNameTaken } from '../projection/adopt-object.ts'
import { appendEvents, nextSeq } from './append-events.ts'
import { beginTry, claimDelivery } from './claim-delivery.ts'
import { claimInvestigation } from './claim-investigation.ts'
import { dueIncidents, incidentAlerts, markInvestigated, nextDue, postponeIncident } from './due-incidents.ts'
import { endInvestigation } from './end-investigation.ts'
import { finishInvestigation } from './finish-investigation.ts'
import { getDelivery, listDeliveries, threadReceipt, threadSinks } from './get-delivery.ts'
import { getInvestigation } from './get-investigation.ts'
import { heartbeat } from './heartbeat.ts'
import { insertInvestigation } from './insert-investigation.ts'
import { intendDelivery, planDelivery } from './intend-delivery.ts'
import { keepResult } from './keep-result.ts'
import { liveExecutors } from './live-executors.ts'
import { alone } from './lock.ts'
import { overdueInvestigations } from './overdue-investigations.ts'
import { raiseDeliveryEpochs, raiseEpochs } from './raise-epochs.ts'
import { recordDelivered, recordFailedTry } from './record-delivery.ts'
import { registerExecutor } from './register-executor.ts'
import { removeDeadExecutors, removeExecutors } from './remove-executors.ts'
import { incidentState, markResolutionTold, resolvedIncidents } from './resolved-incidents.ts'
import { restartDelivery, restartInvestigation } from './restart.ts'
import { intendRun, keepRun, leftJobs, markCleared } from './run-jobs.ts'
import { holdSchedule, markSlot } from './schedules.ts'
import { takeLease } from './take-lease.ts'
import type { Queryable } from './types.ts'

/**
 * What the durable engine keeps of its runs, one query a file. Fencing: an investigation and a delivery each have an `epoch`, which every
 * execution raises when it starts and every take-over raises when it takes. A write that names an older epoch does nothing.
 */
const QUERIES = {
  appendEvents,
  beginTry,
  claimDelivery,
  claimInvestigation,
  claimRequest,
  dueIncidents,
  endInvestigation,
  finishInvestigation,
  getDelivery,
  getInvestigation,
  heartbeat,
  holdSchedule,
  incidentAlerts,
  incidentState,
  insertInvestigation,
  intendDelivery,
  intendRun,
  isNameTaken,
  keepResult,
  keepRun,
  leftJobs,
  listDeliveries,
  liveExecutors,
  markCleared,
  markInvestigated,
  markResolutionTold,
  markSlot,
  nextDue,
  nextSeq,
  overdueInvestigations,
  planDelivery,
  postponeIncident,
  raiseDeliveryEpochs,
  raiseEpochs,
  recordDelivered,
  recordFailedTry,
  registerExecutor,
  removeDeadExecutors,
  removeExecutors,
  resolvedIncidents,
  restartDelivery,
  restartInvestigation,
  takeLease,
  threadReceipt,
  threadSinks,
}

type Queries = typeof QUERIES
/** The queries, bound to a pool or to a transaction. */
export type RunQueries = {
  [Name in keyof Queries]: Queries[Name] extends (db: Queryable, ...args: infer Args) => infer Outcome ? (...args: Args) => Outcome : never
}

/** The client of a transaction; the durable engine enqueues with it. */
export type TransactionClient = PoolClient

export interface Runs extends RunQueries {
  /** One transaction: only `queries` and `client` may be used inside (the embedded database has a single connection). */
  transaction<T>(work: (queries: RunQueries, client: TransactionClient) => Promise<T>): Promise<T>
  /** Runs `work` in one process at a time; waits at most `waitMs` for its turn. PostgreSQL only: it holds a connection. */
  alone<T>(name: string, waitMs: number, work: () => Promise<T>): Promise<T>
}

const bind = (db: Queryable): RunQueries =>
  Object.fromEntries(
    Object.entries(QUERIES).map(([name, query]) => [name, (query as (...args: unknown[]) => unknown).bind(null, db)]),
  ) as RunQueries

export const createRuns = (pool: Pool): Runs => ({
  ...bind(pool as Queryable),
  transaction: (work) => transaction(pool, (client) => work(bind(client), client)),
  alone: (name, waitMs, work) => alone(pool, name, waitMs, work),
})
