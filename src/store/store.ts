import type { Pool } from 'pg'

/** A migrated database: PostgreSQL by URL, or the embedded PGlite, which has a single connection. */
export interface Database {
  readonly kind: 'postgres' | 'embedded'
  /** All tables are in schema `inquest`, which is first on the search path of every connection. */
  readonly pool: Pool
  /** For DBOS: the URL of a PostgreSQL, null when embedded (then it shares `pool`). */
  readonly url: string | null
  close(): Promise<void>
}
