import type { Queryable } from './types.ts'

/** Takes or renews a named lease; false while another holder has it. */
export async function takeLease(db: Queryable, lease: { name: string; holder: string; ms: number }): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into leases (name, holder, expires_at) values ($1, $2, now() + $3 * interval '1 ms')
     on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
       where leases.holder = excluded.holder or leases.expires_at < now()`,
    [lease.name, lease.holder, lease.ms],
  )
  return rowCount === 1
}
