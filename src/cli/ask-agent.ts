import { findRunbook, investigateWithAgent, runbookByName, type AgentEvent, type AgentOutcome, type ModelSpec } from '#agent'
import type { Alert } from '#alert'
import { systemClock } from '#kit/clock'
import { parseDuration } from '#kit/duration'
import { InputError } from '#kit/errors'
import { newId } from '#kit/ids'
import type { Step } from '#kit/step'
import { DEFAULT_BUDGET } from '#kinds/model'
import type { Diagnosis } from '#kinds/result'
import { DEFAULT_AGENT_ITERATIONS, DEFAULT_AGENT_TIMEOUT, DEFAULT_GOAL } from '#kinds/workflow'
import { createAgents } from './agents.ts'
import type { ClusterAccess } from './cluster-access.ts'
import type { AgentConfig } from './model-config.ts'
import type { ChosenRunbook } from './runbook.ts'

export interface AskAgent {
  model: ModelSpec
  config: AgentConfig
  goal: string | undefined
  /** null: the one that is about the alert. */
  runbook: ChosenRunbook | null
  diagnosis: Diagnosis
  alert: Alert | null
  cluster: ClusterAccess
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  onEvent: (event: AgentEvent) => void
  /** A tool that the agent goes without. */
  onMissing: (text: string) => void
}

/** The agent run straight, without a database: what a server would record is only told. */
export async function askAgent({
  model,
  config,
  goal,
  runbook,
  diagnosis,
  alert,
  cluster,
  env,
  signal,
  ...told
}: AskAgent): Promise<AgentOutcome> {
  const agents = createAgents({
    way: { profile: 'configured' },
    config,
    env,
    cluster,
    model,
    secret: () => Promise.reject(new InputError('there are no Secrets here')),
  })
  try {
    const request = { namespace: '', serviceAccountName: '', wanted: null, alertStartsAt: alert?.startsAt ?? null }
    const tools = await agents.tools(request, signal)
    try {
      for (const { name, why } of tools.unavailable) told.onMissing(`goes without ${name}: ${why}`)
      const models = await agents.models('', undefined)
      const labels = alert?.labels ?? {}
      return await investigateWithAgent({
        id: newId(),
        goal: goal ?? DEFAULT_GOAL,
        diagnosis,
        alert: alert && { labels, annotations: alert.annotations, startsAt: alert.startsAt },
        runbook: runbookText(runbook, labels),
        tools,
        models,
        budget: {
          maxIterations: DEFAULT_AGENT_ITERATIONS,
          maxTokens: DEFAULT_BUDGET.maxTokens,
          maxCostUSD: models.every(({ price }) => price !== null) ? DEFAULT_BUDGET.maxCostUSD : null,
          deadline: new Date(systemClock.now().getTime() + parseDuration(DEFAULT_AGENT_TIMEOUT)),
        },
        step: straight(signal),
        onEvent: told.onEvent,
        now: () => systemClock.now(),
      })
    } finally {
      await tools.close()
    }
  } finally {
    await agents.close()
  }
}

function runbookText(chosen: ChosenRunbook | null, labels: Alert['labels']): string | null {
  if (chosen && 'text' in chosen) return chosen.text
  return (chosen ? runbookByName(chosen.name, labels) : findRunbook(labels['alertname'], labels))?.text ?? null
}

/** Each body once, with nothing kept. */
const straight =
  (signal: AbortSignal): Step =>
  (_name, run, { timeoutMs } = {}) =>
    run(timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
