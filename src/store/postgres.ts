import { Pool } from 'pg'
import { InputError, errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import { connectError } from './connect-error.ts'
import type { Database } from './database.ts'
import { openEnginePool } from './engine-pool.ts'

const MAX_CONNECTIONS = 20
/** For a new connection, and for a free one of the pool. */
const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 60_000
const IDLE_IN_TRANSACTION_MS = 60_000
/** hashtextextended, generated identities and `drop … force` are older; 14 is the oldest that still gets fixes. */
const OLDEST_MAJOR = 14

/** A pool on a PostgreSQL that answers. */
export async function openPostgres(url: string, log: Logger): Promise<Database> {
  const parsed = parse(url)
  // Startup options cost no round trip. What the URL itself asks for comes later and wins.
  const own = [
    '-c search_path=inquest',
    `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
    `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
  ].join(' ')
  const given = parsed.searchParams.get('options')
  const connection = new URL(parsed)
  connection.searchParams.set('options', given ? `${own} ${given}` : own)
  if (!connection.searchParams.has('application_name')) connection.searchParams.set('application_name', 'inquest')

  const pool = new Pool({
    connectionString: connection.href,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  })
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: errorText(error) }, 'a database connection broke'))
  // The same for one that breaks while someone holds it, between two queries: whoever holds it learns it from the next.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    const { rows } = await pool.query<{ major: number; text: string }>(
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as text`,
    )
    if (rows[0]!.major < OLDEST_MAJOR) {
      throw new InputError(`PostgreSQL ${rows[0]!.text} is too old`, { remedy: `Use PostgreSQL ${OLDEST_MAJOR} or newer.` })
    }
  } catch (error) {
    await pool.end()
    throw connectError(error, parsed)
  }
  const enginePool = openEnginePool(url, log)
  return {
    kind: 'postgres',
    pool,
    enginePool,
    async close() {
      await Promise.all([pool.end(), enginePool.end()])
    },
  }
}

function parse(url: string): URL {
  const remedy = 'Write postgres://USER:PASSWORD@HOST:5432/DATABASE; percent-encode special characters of the password.'
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new InputError('the database URL is not a PostgreSQL URL', { field: 'database', remedy })
  }
  return parsed
}
