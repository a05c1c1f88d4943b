import type { Pool } from 'pg'

/** A migrated database: PostgreSQL by URL, or the embedded PGlite, which has a single connection. */
export interface Database {
  readonly kind: 'postgres' | 'embedded'
  /**
   * All tables are in schema `inquest`, which is first on the search path of every connection.
   * Embedded, it has one client: whoever holds it and asks the pool for another waits for himself. Inside `transaction` use only its client.
   */
  readonly pool: Pool
  /** For DBOS alone; embedded it is `pool`. */
  readonly enginePool: Pool
  close(): Promise<void>
}
