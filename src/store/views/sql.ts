import type { ClientBase } from 'pg'

/** A pool, or the client of a transaction. */
export type Queryable = Pick<ClientBase, 'query'>

/** A time as the API writes it: RFC 3339 in UTC with milliseconds. */
export const time = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** One page of a list, the newest first. Ids are UUIDv7 and grow with time, so the last one of a page is the cursor of the next. */
export interface Page {
  /** Of the Source or the Workflow; null: all. */
  namespace?: string | null
  /** Id of the last one of the page before. */
  before?: string | null
  /** 1 … 500 */
  limit: number
}
