import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import {
  createModel,
  createModelFetch,
  investigateWithAgent,
  type AgentEvent,
  type AgentOptions,
  type Model,
  type ModelSpec,
  type Tool,
  type ToolOutput,
} from '#agent'
import type { Step } from '#kit/step'
import type { Cause, Diagnosis, Finding, ObjectRef } from '#kinds/result'

/** Parts for tests of the agent: a diagnosis to start from, a tool that counts, a step that records. */

export const deployment = (name: string, namespace = 'shop'): ObjectRef => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name })

export const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  rule: 'pod-crash-loop',
  severity: 'critical',
  object: deployment('payments'),
  summary: `container app of 3 pods of Deployment shop/payments exits with code 1 (${id})`,
  evidence: [
    { id: `${id}-e1`, source: 'log', ref: 'log/shop/payments-5c/app#previous', text: 'FATAL: environment variable DB_HOST is not set' },
  ],
  ...more,
})

export const cause = (more: Partial<Cause> = {}): Cause => ({
  id: 'cause-1',
  by: 'diagnosis',
  rule: 'pod-crash-loop',
  summary: 'DB_HOST is not set in Deployment shop/payments',
  object: deployment('payments'),
  field: 'spec.template.spec.containers[name=app].env',
  confidence: 0.7,
  explains: ['aaaa'],
  cites: ['aaaa'],
  ...more,
})

export const diagnosis = (more: Partial<Diagnosis> = {}): Diagnosis => ({
  target: deployment('payments'),
  healthy: false,
  rootCause: cause(),
  alternatives: [],
  problems: [cause()],
  findings: [
    finding('aaaa'),
    finding('bbbb', {
      rule: 'service-no-endpoints',
      severity: 'warning',
      object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'payments' },
    }),
  ],
  recommendations: [{ action: 'Set DB_HOST', why: 'the container needs it', command: null, risk: 'low', needsApproval: true }],
  incomplete: [],
  ...more,
})

/** A conclusion that agrees with `diagnosis()`. */
export const agreeing = (cites: string[] = ['f1']) => ({
  rootCause: {
    summary: 'DB_HOST is missing',
    object: { kind: 'Deployment', namespace: 'shop', name: 'payments' },
    field: 'spec.template.spec.containers[name=app].env',
    confidence: 0.9,
    cites,
  },
  alternatives: [],
  recommendations: [],
  added: 'the variable was removed in revision 4',
})

export interface CountingTool extends Tool {
  calls: unknown[]
}

/** `kubectl {args}`, answered by `answer`. */
export function countingTool(answer: (args: string[], signal: AbortSignal) => Promise<ToolOutput> | ToolOutput = ok): CountingTool {
  const calls: unknown[] = []
  return {
    name: 'kubectl',
    description: 'Reads the cluster.',
    inputSchema: z.object({ args: z.array(z.string()) }),
    calls,
    call: async (input, { signal }) => {
      calls.push(input)
      return answer((input as { args: string[] }).args, signal)
    },
  }
}

export const ok = (args: string[]): ToolOutput => ({ text: `output of ${args.join(' ')}`, full: null, summary: `read ${args.join(' ')}` })

/** A Step that keeps outcomes as JSON, as the durable engine does; `replay` answers from what was kept. */
export function recordingStep(records = new Map<string, string>()): {
  step: Step
  records: Map<string, string>
  ran: string[]
  started: string[]
} {
  const ran: string[] = []
  const started: string[] = []
  const step: Step = async (name, run) => {
    started.push(name)
    const kept = records.get(name)
    if (kept !== undefined) return JSON.parse(kept)
    ran.push(name)
    const outcome = JSON.stringify(await run(new AbortController().signal))
    records.set(name, outcome)
    return JSON.parse(outcome)
  }
  return { step, records, ran, started }
}

const modelFetch = createModelFetch({ profile: 'configured' })

export const model = (spec: ModelSpec): Model => createModel(spec, { fetch: modelFetch.fetch })

/** Waits for nobody; keeps what it was asked to wait. */
function noPace(): { random(): number; wait(ms: number): Promise<void>; waits: number[] } {
  const waits: number[] = []
  return { waits, random: () => 0.5, wait: (ms) => (waits.push(ms), Promise.resolve()) }
}

export const NOW = new Date('2026-11-23T10:00:00Z')

/** An investigation with the parts above; `more` replaces them. */
export function investigate(models: Model[], more: Partial<AgentOptions> = {}) {
  const events: AgentEvent[] = []
  const recording = recordingStep()
  const tool = countingTool()
  const pace = noPace()
  const outcome = investigateWithAgent({
    id: '019300aa-0000-7000-8000-000000000001',
    goal: 'Find out why the alert fires.',
    diagnosis: diagnosis(),
    alert: {
      labels: { alertname: 'KubePodCrashLooping', namespace: 'shop' },
      annotations: { summary: 'payments restarts' },
      startsAt: '2026-11-23T09:55:00Z',
    },
    runbook: null,
    tools: { tools: [tool], unavailable: [] },
    models,
    budget: { maxIterations: 6, maxTokens: 200_000, maxCostUSD: null, deadline: new Date(NOW.getTime() + 300_000) },
    step: recording.step,
    onEvent: (event) => events.push(event),
    now: () => NOW,
    pace,
    ...more,
  })
  return { outcome, events, tool, pace, ...recording }
}

/** A scripted model that plays these turns, from a file of its own. */
export async function scripted(turns: unknown[], name = 'talk.yaml'): Promise<Model> {
  const dir = await mkdtemp(join(tmpdir(), 'inquest-script-'))
  const file = join(dir, name)
  await writeFile(file, stringify({ turns }))
  return model({ provider: 'scripted', file })
}

export const kubectl = (...args: string[]) => ({ name: 'kubectl', input: { args } })
export const concluding = (input: unknown = agreeing()) => ({ toolCalls: [{ name: 'conclude', input }] })
