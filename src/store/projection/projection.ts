import type { Pool } from 'pg'
import type { Queryable } from '../runs/types.ts'
import { bindObject } from './adopt-object.ts'
import { changedInvestigations, shownInvestigation } from './changed-investigations.ts'
import { expiredObjects, skipExpired } from './expired-objects.ts'
import { forgetObject } from './forget-object.ts'
import { knownObjects, presentObjects } from './known-objects.ts'
import { markShown } from './mark-shown.ts'
import { orphanedObjects } from './orphaned-objects.ts'

export type { ExpiryQuery, HistoryPolicy } from './expired-objects.ts'
export type { KnownObject, ObjectName, ShownInvestigation } from './types.ts'

const QUERIES = {
  bindObject,
  changedInvestigations,
  expiredObjects,
  forgetObject,
  knownObjects,
  markShown,
  orphanedObjects,
  presentObjects,
  shownInvestigation,
  skipExpired,
}

type Queries = typeof QUERIES

/**
 * What the cluster shows of investigations, one query a file. The rows are the truth: an object is made, kept up to date and deleted
 * after them. Two processes that do it at once do no harm, since each step may be repeated.
 */
export type Projection = {
  [Name in keyof Queries]: Queries[Name] extends (db: Queryable, ...args: infer Args) => infer Outcome ? (...args: Args) => Outcome : never
}

export const createProjection = (pool: Pool): Projection =>
  Object.fromEntries(
    Object.entries(QUERIES).map(([name, query]) => [name, (query as (...args: unknown[]) => unknown).bind(null, pool)]),
  ) as Projection
