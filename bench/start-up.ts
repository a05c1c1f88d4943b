import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kubectlPath } from '../test/kubectl.ts'
import { startPostgres } from '../test/postgres-server.ts'
import { once, peakMemory } from './child.ts'
import { median, type Row } from './row.ts'

const root = join(import.meta.dirname, '..')
const RUNS = 5
const READY_MS = 30_000

/** From the start of the process to the first 200 of /readyz. */
async function untilReady(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ ms: number; mib: number }> {
  const began = performance.now()
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const child = spawn(
    process.execPath,
    [
      join(root, 'src/main.ts'),
      'serve',
      '--api-listen',
      `127.0.0.1:${port}`,
      '--webhook-listen',
      '127.0.0.1:0',
      '--log-level',
      'error',
      ...args,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } },
  )
  try {
    while (performance.now() - began < READY_MS) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
      if (answer?.status === 200) return { ms: performance.now() - began, mib: peakMemory(child.pid!) }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error('the server was not ready in time')
  } finally {
    child.kill('SIGTERM')
    await new Promise((resolve) => child.on('exit', resolve))
  }
}

async function repeat(run: () => Promise<{ ms: number; mib: number }>): Promise<{ ms: number; mib: number }> {
  await run()
  const all = []
  for (let i = 0; i < RUNS; i++) all.push(await run())
  return { ms: median(all.map(({ ms }) => ms)), mib: median(all.map(({ mib }) => mib)) }
}

/** How long a person waits, and what it weighs: medians of five runs after one that does not count. */
export async function startUp(): Promise<Row[]> {
  const bundle = join(root, 'scenarios/checkout-rollout/bundle.tgz')
  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  mkdirSync(join(folder, 'secrets/default/alertmanager'), { recursive: true })
  writeFileSync(join(folder, 'secrets/default/alertmanager/token'), 'bench')
  const secrets = ['--secrets-dir', join(folder, 'secrets')]
  const manifests = ['--manifests', join(root, 'examples/quickstart'), ...secrets, '--bundle', bundle]
  const postgres = await startPostgres({ durable: true })
  try {
    const nothing = await repeat(() => once(['--version']))
    const look = await repeat(() => once(['investigate', 'deployment/checkout', '-n', 'shop', '--bundle', bundle]))
    const talk = `scripted/${join(root, 'examples/scripted/checkout.conversation.yaml')}`
    const alert = join(root, 'scenarios/checkout-rollout/alert.json')
    const kubectl = await kubectlPath()
    const asked = await repeat(() => once(['investigate', '--bundle', bundle, '--alert', alert, '--model', talk, '--kubectl', kubectl]))
    const onPostgres = await repeat(() => untilReady([...manifests, '--data-dir', folder], { DATABASE_URL: postgres.url }))
    const embedded = await repeat(() => untilReady([...manifests, '--data-dir', folder], {}))
    return [
      { what: 'inquest --version', figure: nothing.ms, unit: 'ms' },
      {
        what: 'investigate --bundle (demo)',
        figure: look.ms,
        unit: 'ms',
        against: { what: '--version', figure: nothing.ms },
        goal: { text: '< 1,000 ms', met: look.ms < 1_000 },
      },
      {
        what: 'investigate --model scripted/… (demo, 4 calls of kubectl)',
        figure: asked.ms,
        unit: 'ms',
        against: { what: 'HolmesGPT', figure: 6_500 },
      },
      { what: 'the same, memory', figure: asked.mib, unit: 'MiB', against: { what: 'HolmesGPT', figure: 363 } },
      { what: 'investigate --bundle, memory', figure: look.mib, unit: 'MiB' },
      { what: 'serve ready on PostgreSQL', figure: onPostgres.ms, unit: 'ms', goal: { text: '< 1,500 ms', met: onPostgres.ms < 1_500 } },
      { what: 'serve on PostgreSQL, memory', figure: onPostgres.mib, unit: 'MiB', goal: { text: '< 250 MiB', met: onPostgres.mib < 250 } },
      { what: 'serve ready, embedded, warm', figure: embedded.ms, unit: 'ms' },
      { what: 'serve embedded, memory', figure: embedded.mib, unit: 'MiB' },
    ]
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
