import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBundle, serveBundle, type ClusterReader } from '#cluster'
import { diagnose, type DiagnosisRequest } from '#diagnosis'
import type { Diagnosis } from '#kinds/result'
import { once } from './child.ts'
import { writeCluster } from './cluster.ts'
import { median, type Row } from './row.ts'

const RUNS = 3
const SIZES = [500, 5_000, 20_000]
const LARGE = 5_000
const EVENTS_A_POD = 2

/**
 * What the deterministic diagnosis costs, as its users run it: a process of its own, start included. Medians. On a busy machine only the
 * processor time says something: about what the rest would be on an idle one. The clusters are made up
 * (bench/cluster.ts): well but for ten workloads. "Live" is the recorded cluster served over HTTP by this process, which takes a share of the
 * processor; a real API server is measured apart.
 */
export async function diagnosis(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  const bundle = (name: string | number): string => join(folder, `${name}.tgz`)
  try {
    await writeCluster(bundle('small'), { pods: 200, events: 3_000 })
    const small = await look(['--bundle', bundle('small')])
    const rows: Row[] = [
      { what: '200 pods, 3,000 events, from a bundle', figure: small.ms, unit: 'ms', goal: { text: '≤ 1,000 ms', met: small.ms <= 1_000 } },
    ]
    const inside = new Map<number, number>()
    for (const pods of SIZES) {
      await writeCluster(bundle(pods), { pods, events: pods * EVENTS_A_POD })
      const { ms, cpuMs, mib, problems } = await look(['--bundle', bundle(pods)])
      inside.set(pods, await without(bundle(pods)))
      const name = `${pods.toLocaleString('en-US')} pods`
      rows.push(
        { what: `${name}, from a bundle`, figure: ms, unit: 'ms' },
        { what: `${name}, processor time`, figure: cpuMs, unit: 'ms' },
        { what: `${name}, memory`, figure: mib, unit: 'MiB' },
        { what: `${name}, the diagnosis alone, processor time`, figure: inside.get(pods)!, unit: 'ms' },
        { what: `${name}, problems`, figure: problems, unit: 'of 10', goal: { text: 'the 10 that are broken', met: problems === 10 } },
      )
    }
    const growth = inside.get(20_000)! / inside.get(5_000)!
    rows.push({ what: 'four times the pods', figure: growth, unit: 'times', goal: { text: 'linear: ≤ 5 times', met: growth <= 5 } })
    return [...rows, ...(await live(bundle(LARGE), join(folder, 'kubeconfig')))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function look(args: readonly string[]): Promise<{ ms: number; cpuMs: number; mib: number; problems: number }> {
  const runs = []
  for (let i = 0; i < RUNS; i++) runs.push(await once(['investigate', ...args, '-o', 'json']))
  const { problems } = JSON.parse(runs[0]!.out) as Diagnosis
  const [ms, cpuMs] = [median(runs.map((run) => run.ms)), median(runs.map((run) => run.cpuMs))]
  return { ms, cpuMs, mib: Math.max(...runs.map(({ mib }) => mib)), problems: problems.length }
}

const WHOLE: DiagnosisRequest = { target: null, namespace: null, alert: null }

/** Processor time, without the start of a process and the reading of files. */
async function without(path: string): Promise<number> {
  const reader = await openBundle(path)
  const times: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const began = process.cpuUsage()
    await diagnose(reader, WHOLE, { signal: new AbortController().signal, onProgress: () => {} })
    const { user, system } = process.cpuUsage(began)
    times.push((user + system) / 1_000)
  }
  return median(times)
}

async function live(path: string, kubeconfig: string): Promise<Row[]> {
  const reader = await openBundle(path)
  const { reader: counted, count } = counting(reader)
  const served = await serveBundle({ ...reader, ...counted })
  try {
    writeFileSync(kubeconfig, served.kubeconfig)
    const whole = await look(['--kubeconfig', kubeconfig])
    const all = count() / RUNS
    const one = await look(['deployment/catalog', '-n', 'shop', '--kubeconfig', kubeconfig])
    const some = (count() - all * RUNS) / RUNS
    const name = `${LARGE.toLocaleString('en-US')} pods, live`
    return [
      { what: `${name}, all of it`, figure: whole.ms, unit: 'ms', goal: { text: '≤ 3,000 ms', met: whole.ms <= 3_000 } },
      { what: `${name}, all of it, processor time`, figure: whole.cpuMs, unit: 'ms' },
      { what: `${name}, memory`, figure: whole.mib, unit: 'MiB', goal: { text: '≤ 400 MiB', met: whole.mib <= 400 } },
      { what: `${name}, one workload`, figure: one.ms, unit: 'ms', goal: { text: '≤ 1,000 ms', met: one.ms <= 1_000 } },
      { what: `${name}, one workload, processor time`, figure: one.cpuMs, unit: 'ms' },
      {
        what: `${name}, one workload, objects read`,
        figure: some,
        unit: 'objects',
        against: { what: 'all of it', figure: all },
        goal: { text: 'not the whole cluster: < 10 %', met: some < all / 10 },
      },
    ]
  } finally {
    await served.close()
    await reader.close()
  }
}

/** Counts the objects that are asked for. Pages of one list count once each, as they are served. */
function counting(reader: ClusterReader): { reader: Pick<ClusterReader, 'list' | 'get'>; count: () => number } {
  let seen = 0
  return {
    count: () => seen,
    reader: {
      async list(type, options) {
        const objects = await reader.list(type, options)
        seen += Math.min(objects.length, 500)
        return objects
      },
      async get(...args) {
        seen++
        return reader.get(...args)
      },
    },
  }
}
