import type { Database } from './database.ts'
import { createIntake, type Intake, type IntakeBatch } from './intake.ts'
import { createRuns, type Runs } from './runs/runs.ts'

export { openDatabase, transaction, type Database, type DatabaseLocation } from './database.ts'
export type { Intake, IntakeBatch, JudgedAlert, RejectedAlert, TouchedIncident } from './intake.ts'

export { isOutage } from './runs/outage.ts'
export type { RunQueries, Runs, TransactionClient } from './runs/runs.ts'
export * from './runs/types.ts'
export type { DueIncident } from './runs/due-incidents.ts'

/** All that Inquest knows, by who uses it. */
export interface Store {
  /** The one transaction of every source: a notification and all that follows from it. */
  intake(batch: IntakeBatch): Promise<Intake>
  /** Investigations, their timelines and messages, and the processes that run them. */
  runs: Runs
}

export function createStore({ pool }: Database): Store {
  return {
    intake: createIntake(pool),
    runs: createRuns(pool),
  }
}
