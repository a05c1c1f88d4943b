import { writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { firedAlert } from './fired.ts'
import { findBinaries, NoGo } from './build.ts'
import { playScenario } from './play.ts'
import { recordBundle, writeFolder, writeTarball } from './record.ts'
import { loadScenario } from './scenario.ts'
import { startControlPlane } from './start.ts'

const USAGE = `usage: npm run control-plane -- <command>

  build                        find the programs of the control plane, or build them; ends with 3 when that cannot be done without Go
  start                        serve a control plane until Ctrl-C
  serve <scenarios/name>       play a scenario and serve the cluster as it is then, until Ctrl-C
  record <scenarios/name> ...  play each scenario and record bundle.tgz and alert.json into its folder;
                               --unpack <dir> leaves a copy to look at in <dir>/<name>`

const say = (line: string) => void process.stderr.write(`${line}\n`)

async function main([command, ...args]: string[]): Promise<void> {
  if (command === 'build') return programs()
  if (command === 'start') return start()
  if (command === 'serve' && args.length === 1) return serve(resolve(args[0] ?? ''))
  if (command === 'record') {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { unpack: { type: 'string' } } })
    for (const dir of positionals) await record(resolve(dir), values.unpack)
    if (positionals.length > 0) return
  }
  say(USAGE)
  process.exitCode = 2
}

const NO_GO = 3

async function programs(): Promise<void> {
  try {
    say(`the control plane's programs are in ${dirname((await findBinaries(say)).etcd)}`)
  } catch (error) {
    if (!(error instanceof NoGo)) throw error
    say(error.message)
    process.exitCode = NO_GO
  }
}

async function start(): Promise<void> {
  const cp = await startControlPlane({ say })
  await hold(cp.kubeconfig, () => cp.stop())
}

async function serve(dir: string): Promise<void> {
  // Played up to two minutes ago, so that ages look as they do on the day; a recording keeps its own date.
  const now = new Date(Date.now() - 120_000).toISOString()
  const cluster = await playScenario(dir, { ...(await loadScenario(dir)), now }, say)
  await hold(cluster.cp.kubeconfig, () => cluster.stop())
}

async function hold(kubeconfig: string, stop: () => Promise<void>): Promise<void> {
  say(`the control plane is ready (Ctrl-C ends it):\n\n  export KUBECONFIG=${kubeconfig}\n  kubectl get pods -A\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await stop()
}

async function record(dir: string, unpack?: string): Promise<void> {
  const started = performance.now()
  const scenario = await loadScenario(dir)
  say(`${basename(dir)}: ${scenario.title}`)
  const cluster = await playScenario(dir, scenario, say)
  try {
    const files = await recordBundle(cluster.api)
    if (unpack) await writeFolder(files, join(unpack, basename(dir)))
    await writeTarball(files, join(dir, 'bundle.tgz'), new Date(cluster.now))
    await writeFile(join(dir, 'alert.json'), await firedAlert(scenario, cluster))
    say(`  recorded ${files.size} files in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  } finally {
    await cluster.stop()
  }
}

await main(process.argv.slice(2))
