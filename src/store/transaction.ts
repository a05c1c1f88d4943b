import type { Pool, PoolClient } from 'pg'

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. Only the given client may be used inside.
 * A client that cannot even roll back is thrown away.
 */
export async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const outcome = await work(client)
    await client.query('commit')
    return outcome
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.release(broken)
  }
}
