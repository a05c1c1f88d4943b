import { Client, Pool } from 'pg'
import { hash } from '#kit/ids'
import type { Logger } from '#kit/log'
import { errorText } from '#kit/errors'

const MAX_CONNECTIONS = 20
const CONNECT_TIMEOUT_MS = 10_000
const IDLE_IN_TRANSACTION_MS = 60_000

/**
 * What the engine asks twice for every step that it records. They name their columns, so a version of the engine that adds one does not
 * break them.
 */
const HOT = /^\s*(?:SELECT (?:status|owner_xid) FROM|SELECT output, error,|INSERT INTO "\w+"\.operation_outputs)/

/**
 * Prepares the hot statements: parsing and planning them anew was half of their time. And does not wait for BEGIN to be answered: the
 * statement behind it is on its way with it (`pipeline`), and where the connection is gone, that one says so.
 */
class PreparingClient extends Client {
  override query(...args: any[]): any {
    const [text, values, ...callback] = args
    if (args.length === 1 && typeof text === 'string' && text.startsWith('BEGIN')) {
      super.query(text).catch(() => undefined)
      return Promise.resolve()
    }
    // A pool's own `query` comes with a callback.
    if (typeof text === 'string' && Array.isArray(values) && HOT.test(text))
      return (super.query as (...all: unknown[]) => unknown).call(this, { name: hash(text).slice(0, 32), text, values }, ...callback)
    return (super.query as (...all: unknown[]) => unknown).apply(this, args)
  }
}

/** Connections for the durable engine alone, whose commits do not wait for the disk (docs/decisions/0012). What the URL says wins. */
export function openEnginePool(url: string, log: Logger): Pool {
  const connection = new URL(url)
  const given = connection.searchParams.get('options')
  const own = `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS} -c synchronous_commit=off`
  connection.searchParams.set('options', given ? `${own} ${given}` : own)
  if (!connection.searchParams.has('application_name')) connection.searchParams.set('application_name', 'inquest-engine')
  const pool = new Pool({
    connectionString: connection.href,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    Client: PreparingClient,
    pipeline: true,
  })
  pool.on('error', (error) => log.warn({ error: errorText(error) }, 'a connection of the engine broke'))
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
