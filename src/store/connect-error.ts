import { InputError, errorText } from '#kit/errors'

/** What a person should do about a PostgreSQL that could not be opened. Tells where, never the password. */
export function connectError(error: unknown, url: URL): Error {
  if (error instanceof InputError) return error
  const where = `${url.hostname || 'localhost'}:${url.port || '5432'}`
  const user = decodeURIComponent(url.username) || 'the user of this process'
  const name = decodeURIComponent(url.pathname.slice(1)) || user
  const [message, remedy] = explain(codeOf(error), errorText(error), { where, user, name })
  return new InputError(message, { field: 'database', remedy })
}

/** Node's own errors are wrapped in an AggregateError when a name has several addresses. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

function explain(code: string, text: string, { where, user, name }: { where: string; user: string; name: string }): [string, string] {
  switch (code) {
    case 'ECONNREFUSED':
      return [`nothing listens at ${where}`, 'Start PostgreSQL, or mend host and port of the database URL.']
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`the host of ${where} has no address (${code})`, 'Mend the host of the database URL, or the DNS of this machine.']
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return [`${where} does not answer (${code})`, 'Look for a firewall, a NetworkPolicy or a wrong host.']
    case '28P01':
      return [`PostgreSQL at ${where} refused the password of ${user}`, 'Mend user and password of the database URL.']
    case '28000':
      return [
        `PostgreSQL at ${where} refused ${user}: ${text}`,
        'Create the role, or allow it in pg_hba.conf; it may want TLS: add ?sslmode=require.',
      ]
    case '3D000':
      return [`PostgreSQL at ${where} has no database "${name}"`, `Create it: CREATE DATABASE "${name}" OWNER "${user}";`]
    case '42501':
      return [`${user} may not connect to "${name}" at ${where}`, `Allow it: GRANT CONNECT, CREATE ON DATABASE "${name}" TO "${user}";`]
    case '53300':
      return [`PostgreSQL at ${where} has no connection left`, 'Raise max_connections, or let fewer clients connect.']
    case '57P03':
      return [`PostgreSQL at ${where} is starting or stopping: ${text}`, 'Try again in a moment.']
  }
  if (/unsupported startup parameter/.test(text)) {
    return [
      `${where} is a connection pooler: ${text}`,
      'Give the address of PostgreSQL itself: sessions and LISTEN do not survive a pooler.',
    ]
  }
  if (/does not support SSL/i.test(text)) return [`PostgreSQL at ${where} does not speak TLS`, 'Drop sslmode from the database URL.']
  if (/certificate|CERT|TLS|SSL/.test(`${code} ${text}`)) {
    return [`TLS with ${where} failed: ${text}`, 'Name the authority with ?sslrootcert=FILE, or mend the server’s certificate.']
  }
  if (/timeout/i.test(text)) return [`${where} does not answer: ${text}`, 'Look for a firewall, a NetworkPolicy or a wrong host.']
  return [`PostgreSQL at ${where} could not be opened: ${text}`, 'See the log of the server.']
}
