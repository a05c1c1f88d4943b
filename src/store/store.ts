import type { Database } from './database.ts'
import { intake, type Intake, type IntakeBatch } from './intake.ts'

export { openDatabase, transaction, type Database, type DatabaseLocation } from './database.ts'
export type { Intake, IntakeBatch, JudgedAlert, RejectedAlert, TouchedIncident } from './intake.ts'

/** All that Inquest knows, by who uses it. */
export interface Store {
  /** The one transaction of every source: a notification and all that follows from it. */
  intake(batch: IntakeBatch): Promise<Intake>
}

export function createStore({ pool }: Database): Store {
  return {
    intake: (batch) => intake(pool, batch),
  }
}
export { isOutage } from './runs/outage.ts'
export { createRuns, type RunQueries, type Runs, type TransactionClient } from './runs/runs.ts'
export * from './runs/types.ts'
export type { ResolvedIncident } from './runs/resolved-incidents.ts'
export type { DueIncident } from './runs/due-incidents.ts'
