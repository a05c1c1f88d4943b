import { createArtifacts, type Artifacts } from './artifacts.ts'
import type { Database } from './database.ts'
import { createIntake, type Intake, type IntakeBatch } from './intake.ts'
import { createLeases, type Leases } from './leases.ts'
import { openAlerts, type OpenAlert } from './open-alerts.ts'
import { createProjection, type Projection } from './projection/projection.ts'
import { deleteOlderThan, type Deleted } from './retention.ts'
import { createRuns, type Runs } from './runs/runs.ts'
import { createViews, type Views } from './views/views.ts'

export type { Database } from './database.ts'
export { openDatabase, type DatabaseLocation } from './open-database.ts'
export { transaction } from './transaction.ts'
export type { Artifact, Artifacts, NewArtifact } from './artifacts.ts'
export type { OpenAlert } from './open-alerts.ts'
export type { Leases } from './leases.ts'
export type * from './projection/projection.ts'
export type * from './views/views.ts'
export type { Intake, IntakeBatch, JudgedAlert, RejectedAlert, TouchedIncident } from './intake.ts'

export { isOutage } from './runs/outage.ts'
export type { RunQueries, Runs, TransactionClient } from './runs/runs.ts'
export * from './runs/types.ts'
export type { DueIncident } from './runs/due-incidents.ts'
export type { LeftJob, RunIntent, RunState, RunTry } from './runs/run-jobs.ts'

/** All that Inquest knows, by who uses it. */
export interface Store {
  /** The one transaction of every source: a notification and all that follows from it. */
  intake(batch: IntakeBatch): Promise<Intake>
  /** What of a Source (namespace/name) has not ended, for one that looks by itself. */
  openAlerts(source: string): Promise<OpenAlert[]>
  /** Investigations, their timelines and messages, and the processes that run them. */
  runs: Runs
  /** What people and programs read. */
  views: Views
  artifacts: Artifacts
  leases: Leases
  /** What the cluster shows of investigations. */
  projection: Projection
  /** Deletes what is finished and older than `ageMs`. */
  deleteOlderThan(ageMs: number): Promise<Deleted>
}

export function createStore({ pool }: Database): Store {
  return {
    intake: createIntake(pool),
    openAlerts: (source) => openAlerts(pool, source),
    runs: createRuns(pool),
    views: createViews(pool),
    artifacts: createArtifacts(pool),
    leases: createLeases(pool),
    projection: createProjection(pool),
    deleteOlderThan: (ageMs) => deleteOlderThan(pool, ageMs),
  }
}
