import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const NAMES = ['alertmanager', 'prometheus-alertmanager']

/** A real Alertmanager: `$ALERTMANAGER`, else the one on `PATH` (Debian calls it prometheus-alertmanager); null when there is none. */
export function alertmanagerPath(): string | null {
  const given = process.env['ALERTMANAGER']
  if (given) {
    if (isExecutable(given)) return given
    throw new Error(`ALERTMANAGER names ${given}, which is not an executable file`)
  }
  const candidates = (process.env['PATH'] ?? '').split(delimiter).flatMap((dir) => (dir ? NAMES.map((name) => join(dir, name)) : []))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Starts it alone (no cluster), with a receiver that tells nobody. */
export async function runAlertmanager(path: string): Promise<{ url: string; stop(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-alertmanager-'))
  const config = join(dir, 'alertmanager.yml')
  await writeFile(config, 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n')
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(path, [
    `--config.file=${config}`,
    `--storage.path=${dir}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ])
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  child.stdout.on('data', (chunk) => (said += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://${address}`
  for (let left = 600; ; left--) {
    if (child.exitCode !== null || left === 0) throw new Error(`Alertmanager did not start: ${said.slice(-2_000)}`)
    if (
      await fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    async stop() {
      child.kill('SIGKILL')
      await ended
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
