import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findResource } from '#cluster'
import type { Cause, Diagnosis } from '#kinds/result'
import { parseExpected } from '../src/cli/eval/expected.ts'
import { judge } from '../src/cli/eval/judge.ts'
import { once, type Run } from './child.ts'
import { BROKEN, liveCluster, SCENARIOS } from './live-cluster.ts'
import { median, type Row } from './row.ts'

const SIZE = { pods: 5_000, events: 10_000 }
const RUNS = 5
const TARGET = ['deployment/aggregator', '-n', 'analytics']

/**
 * The diagnosis of a large cluster on a real API server, start of the process included: etcd and the API server share the processors with it. What
 * it asked for is read off the API server's audit log. Medians; takes some minutes, most of them to fill the cluster.
 */
export async function live(): Promise<Row[]> {
  const cluster = await liveCluster(SIZE, (line) => console.error(line))
  try {
    const args = ['--kubeconfig', cluster.cp.kubeconfig, '-o', 'json']
    const whole = await look(args, cluster.cp.auditLog)
    const one = await look([...TARGET, ...args], cluster.cp.auditLog)
    const { problems } = JSON.parse(whole.runs[0]!.out) as Diagnosis
    const found = await foundOf(problems)
    const name = `${SIZE.pods.toLocaleString('en-US')} pods, real API server`
    return [
      { what: `${name}, all of it`, figure: whole.ms, unit: 'ms', goal: { text: '≤ 3,000 ms', met: whole.ms <= 3_000 } },
      { what: `${name}, all of it, processor time`, figure: whole.cpuMs, unit: 'ms' },
      { what: `${name}, memory`, figure: whole.mib, unit: 'MiB', goal: { text: '≤ 400 MiB', met: whole.mib <= 400 } },
      {
        what: `${name}, problems`,
        figure: problems.length,
        unit: `of which ${found} are right`,
        goal: { text: 'the 10 that are broken', met: problems.length === BROKEN.length && found === BROKEN.length },
      },
      { what: `${name}, requests`, figure: whole.requests, unit: 'requests' },
      { what: `${name}, one workload`, figure: one.ms, unit: 'ms', goal: { text: '≤ 1,000 ms', met: one.ms <= 1_000 } },
      { what: `${name}, one workload, processor time`, figure: one.cpuMs, unit: 'ms' },
      { what: `${name}, one workload, requests`, figure: one.requests, unit: 'requests' },
      {
        what: `${name}, one workload, lists across namespaces`,
        figure: one.everywhere,
        unit: 'in the audit log',
        against: { what: 'all of it', figure: whole.everywhere },
        goal: { text: 'none', met: one.everywhere === 0 && whole.everywhere > 0 },
      },
    ]
  } finally {
    await cluster.stop()
  }
}

interface Look {
  runs: Run[]
  ms: number
  cpuMs: number
  mib: number
  /** Of one run. */
  requests: number
  /** Of those: lists of a namespaced kind in all namespaces. */
  everywhere: number
}

async function look(args: readonly string[], auditLog: string): Promise<Look> {
  const before = await asked(auditLog)
  const runs: Run[] = []
  for (let i = 0; i < RUNS; i++) runs.push(await once(['investigate', ...args]))
  const events = (await asked(auditLog)).slice(before.length)
  return {
    runs,
    ms: median(runs.map(({ ms }) => ms)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    mib: Math.max(...runs.map(({ mib }) => mib)),
    requests: events.length / RUNS,
    everywhere: events.filter(isEverywhere).length / RUNS,
  }
}

interface AuditEvent {
  stage: string
  userAgent: string
  verb: string
  objectRef?: { resource: string; namespace?: string }
}

const asked = async (auditLog: string): Promise<AuditEvent[]> =>
  (await readFile(auditLog, 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"userAgent":"inquest"'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage }) => stage === 'ResponseComplete')

const isEverywhere = ({ verb, objectRef }: AuditEvent): boolean =>
  verb === 'list' && !objectRef?.namespace && findResource(objectRef?.resource ?? '')?.namespaced === true

/** How many of the ten faults are among the problems, with the object and the field that are to be changed. */
async function foundOf(problems: readonly Cause[]): Promise<number> {
  const expected = await Promise.all(
    BROKEN.map(async (name) => {
      const file = join(SCENARIOS, name, 'expected.yaml')
      return parseExpected(await readFile(file, 'utf8'), file)
    }),
  )
  const isRight = (rootCause: Cause, one: (typeof expected)[number]): boolean =>
    judge({ rootCause, alternatives: [], problems: [] }, one) === 'right'
  return expected.filter((one) => problems.some((problem) => isRight(problem, one))).length
}
