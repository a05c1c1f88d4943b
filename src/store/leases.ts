import type { Pool } from 'pg'
import { takeLease } from './runs/take-lease.ts'

/** Named rights that one process at a time has, until they expire. The clock is the database's. */
export interface Leases {
  /** Acquires or renews for `ms` milliseconds; false while another holder has it. */
  take(lease: { name: string; holder: string; ms: number }): Promise<boolean>
  /** Gives it back early. Does nothing when another has it by now. */
  release(lease: { name: string; holder: string }): Promise<void>
}

export const createLeases = (pool: Pool): Leases => ({
  take: (lease) => takeLease(pool, lease),
  async release({ name, holder }) {
    await pool.query('delete from leases where name = $1 and holder = $2', [name, holder])
  },
})
