import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createModel, createModelFetch, type Model, type Tool } from '#agent'
import { systemClock } from '#kit/clock'
import { newId } from '#kit/ids'
import { silentLogger } from '#kit/log'
import { createRegistry } from '#kinds/registry'
import type { Diagnosis } from '#kinds/result'
import { createStore, openDatabase } from '#store'
import { startEngine } from '#workflow'
import { startPostgres } from '../test/postgres-server.ts'
import { median, type Row } from './row.ts'

const ITERATIONS = 20
const RUNS = 15
/** A server runs for weeks; of a process's first turns more than a third is the compiler's time. Both are told. */
const WARM_UPS = 20

/**
 * The same loop in the engine, on PostgreSQL with fsync: each turn is two durable records and its timeline. From the first
 * record of the agent to its last, so that starting and ending an investigation are not in it.
 */
export async function agentDurable(diagnosis: Diagnosis, tool: Tool): Promise<Row[]> {
  const postgres = await startPostgres({ durable: true })
  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  const database = await openDatabase({ url: postgres.url })
  const { runs, artifacts } = createStore(database)
  const way = createModelFetch({ profile: 'configured' })
  const registry = createRegistry(async () => undefined)
  registry.replace({
    sources: [],
    sinks: [],
    workflows: [
      {
        apiVersion: 'inquest.dev/v1alpha1',
        kind: 'Workflow',
        metadata: { name: 'w', namespace: 'bench' },
        spec: {
          budget: { maxTokens: 50_000_000 },
          steps: [
            { name: 'look', diagnose: {} },
            { name: 'ask', agent: { maxIterations: ITERATIONS } },
          ],
        },
      },
    ],
  })
  const engine = await startEngine({
    database,
    runs,
    artifacts,
    registry,
    diagnose: async () => diagnosis,
    openReader: () => Promise.resolve({ close: async () => undefined } as never),
    openKubectl: async () => ({ why: 'there is no kubectl here' }),
    runners: {
      async jobs() {
        throw new Error('there is no cluster here')
      },
      allowedCommands: [],
      secret: async () => '',
    },
    agents: {
      models: async (): Promise<Model[]> => [createModel({ provider: 'scripted', file: join(folder, 'talk.json') }, way)],
      tools: async () => ({ tools: [tool], unavailable: [], about: null, close: async () => undefined }),
    },
    makeSink: () => {
      throw new Error('there are no sinks')
    },
    link: () => null,
    clock: systemClock,
    log: silentLogger,
    executorId: newId(),
    hostname: 'bench',
    limits: { queuePollMs: 250 },
    onFatal: (error) => {
      throw error
    },
  })
  try {
    const turns = Array.from({ length: ITERATIONS }, (_, i) => ({
      toolCalls: [{ name: 'kubectl', input: { command: `kubectl get pods --limit ${i}` } }],
      usage: { inputTokens: 5_000, outputTokens: 60 },
    }))
    writeFileSync(join(folder, 'talk.json'), JSON.stringify({ turns }))
    const cold: number[] = []
    const took: number[] = []
    for (let run = 0; run < WARM_UPS + RUNS; run++) {
      const { id } = await engine.investigate({ namespace: 'bench', workflow: 'w' })
      while (!(await runs.getInvestigation(id))?.completedAt) await new Promise((resolve) => setTimeout(resolve, 20))
      const { rows } = await database.pool.query(
        `select max(completed_at_epoch_ms) - min(started_at_epoch_ms) as ms, count(*)::int as records
         from dbos.operation_outputs where workflow_uuid = $1 and function_name like 'step/ask/%' and function_name <> 'step/ask/start'`,
        [`${id}/1`],
      )
      // A turn is a call of the model and one of the tool.
      const ms = Number(rows[0].ms) / (rows[0].records / 2)
      if (run >= 1 && run <= RUNS) cold.push(ms)
      if (run >= WARM_UPS) took.push(ms)
    }
    const own = median(took)
    const trips: number[] = []
    for (let i = 0; i < 200; i++) {
      const start = performance.now()
      await database.enginePool.query('select 1')
      trips.push(performance.now() - start)
    }
    return [
      { what: 'agent, own time a turn, durable on PostgreSQL', figure: own, unit: 'ms', goal: { text: '≤ 5 ms', met: own <= 5 } },
      { what: 'of which the engine asks PostgreSQL 14 times; once takes now', figure: median(trips), unit: 'ms' },
      { what: 'the same, the first turns of a process', figure: median(cold), unit: 'ms' },
    ]
  } finally {
    await engine.drain(0)
    await database.close()
    await way.close()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  }
}
