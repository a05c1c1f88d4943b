import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createModel, createModelFetch, investigateWithAgent, type Model, type Tool } from '#agent'
import { targetOf, type Alert } from '#alert'
import { openBundle } from '#cluster'
import { diagnose } from '#diagnosis'
import type { Diagnosis } from '#kinds/result'
import type { Step } from '#kit/step'
import { startModelServer } from '../test/model-server.ts'
import { agentDurable } from './agent-durable.ts'
import { median, type Row } from './row.ts'

/** HolmesGPT 0.45.0 with a model that answers at once, on a machine like ours: measured, PEERS.md. */
const HOLMES = { iterationMs: 50, firstRequestBytes: 34_400 }
const ITERATIONS = 20
const RUNS = 5

const scenario = join(import.meta.dirname, '../scenarios/checkout-rollout')

const kubectl: Tool = {
  name: 'kubectl',
  description:
    'Read the cluster with kubectl. One plain read-only command a call, no shell: get, describe, logs, events, top, rollout status|history. '.repeat(
      4,
    ),
  inputSchema: z.object({ command: z.string().describe('The command, e.g. "kubectl get pods -n shop -o wide".') }),
  // A log of the usual size, at once: what is measured is the loop.
  call: async () => ({
    text: 'NAME READY STATUS RESTARTS AGE\npayments-869fff5447-qfkkq 0/1 CrashLoopBackOff 12 24m\n'.repeat(60),
    full: null,
    summary: '60 pods',
  }),
}

const straight: Step = (_, run) => run(new AbortController().signal)

/** The loop's own time: one turn is a request, its answer, a tool call and its record. */
export async function agent(): Promise<Row[]> {
  const alert = JSON.parse(readFileSync(join(scenario, 'alert.json'), 'utf8')).alerts[0]
  const reader = await openBundle(join(scenario, 'bundle.tgz'))
  const request = { target: targetOf(alert), namespace: alert.labels.namespace, alert }
  const diagnosis = await diagnose(reader, request, { signal: AbortSignal.timeout(60_000), onProgress: () => undefined })
  const run = (model: Model) => investigate(diagnosis, alert, model)

  const folder = mkdtempSync(join(tmpdir(), 'inquest-bench-'))
  const way = createModelFetch({ profile: 'configured' })
  const server = await startModelServer((_, i) => ({
    calls: [{ name: 'kubectl', input: { command: `kubectl get pods -n shop --limit ${i}` } }],
  }))
  try {
    const file = join(folder, 'talk.json')
    const turns = Array.from({ length: ITERATIONS }, (_, i) => ({
      toolCalls: [{ name: 'kubectl', input: { command: `kubectl get pods --limit ${i}` } }],
      usage: { inputTokens: 5_000, outputTokens: 60 },
    }))
    writeFileSync(file, JSON.stringify({ turns }))
    const scripted = createModel({ provider: 'scripted', file }, way)
    await run(scripted)
    const inMemory: number[] = []
    for (let i = 0; i < RUNS; i++) inMemory.push((await run(scripted)) / ITERATIONS)

    const anthropic = createModel(
      { provider: 'anthropic', name: 'claude-sonnet-4-5', baseURL: server.baseURL('anthropic'), apiKey: 'bench' },
      way,
    )
    const overHttp: number[] = []
    for (let i = 0; i < RUNS; i++) overHttp.push((await run(anthropic)) / ITERATIONS)
    const first = server.requests[0]!.raw.length
    const own = median(inMemory)
    const durable = await agentDurable(diagnosis, kubectl)
    return [
      {
        what: 'agent, own time a turn, in memory',
        figure: own,
        unit: 'ms',
        against: { what: 'HolmesGPT', figure: HOLMES.iterationMs },
        goal: { text: '≤ 5 ms', met: own <= 5 },
      },
      ...durable,
      { what: 'the same through the Anthropic SDK and a loopback server', figure: median(overHttp), unit: 'ms' },
      {
        what: 'first request (checkout-rollout), whole body',
        figure: first,
        unit: 'bytes',
        against: { what: 'HolmesGPT', figure: HOLMES.firstRequestBytes },
        goal: { text: '≤ 3,000 tokens at 3.2 bytes', met: first / 3.2 <= 3_000 },
      },
    ]
  } finally {
    await server.close()
    await way.close()
    rmSync(folder, { recursive: true })
  }
}

/** Milliseconds of `ITERATIONS` turns. */
async function investigate(diagnosis: Diagnosis, alert: Alert, model: Model): Promise<number> {
  const began = performance.now()
  await investigateWithAgent({
    id: 'bench',
    goal: 'Find the root cause of this alert and what to do about it.',
    diagnosis,
    alert,
    runbook: null,
    tools: { tools: [kubectl], unavailable: [] },
    models: [model],
    budget: { maxIterations: ITERATIONS, maxTokens: 50_000_000, maxCostUSD: null, deadline: new Date(Date.now() + 600_000) },
    step: straight,
    onEvent: () => undefined,
    now: () => new Date(),
  })
  return performance.now() - began
}
