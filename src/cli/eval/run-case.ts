import { readFile } from 'node:fs/promises'
import type { AgentOutcome, ModelSpec } from '#agent'
import { targetOf, type Alert } from '#alert'
import type { ClusterReader } from '#cluster'
import { diagnose } from '#diagnosis'
import { systemClock } from '#kit/clock'
import { resultOf, usageWithoutModel, type Diagnosis, type Result } from '#kinds/result'
import { alertIn } from '../alert-file.ts'
import { accessCluster } from '../cluster-access.ts'
import type { AgentConfig } from '../model-config.ts'
import type { ChosenRunbook } from '../runbook.ts'

/** What a case needs to be looked at. */
export interface CaseInput {
  bundle: string
  alert: string | null
}

/** The model that goes on from each diagnosis, and how. */
export interface Asking {
  model: ModelSpec
  config: AgentConfig
  goal: string | undefined
  runbook: ChosenRunbook | null
  env: NodeJS.ProcessEnv
}

/** What a model made of a diagnosis. */
export interface Asked {
  /** The result as it would have been without the model. */
  unaided: Pick<Result, 'rootCause' | 'alternatives' | 'problems'>
  /** null: it concluded; else why not, and the result is the diagnosis' own. */
  failure: string | null
}

export interface CaseLook {
  result: Result
  /** null: no model was asked. */
  asked: Asked | null
}

/** Looks at one case as `inquest investigate --bundle … --alert … --model …` does. Times are in seconds, the reading of the bundle included. */
export async function runCase({ bundle, alert }: CaseInput, asking: Asking | null, signal: AbortSignal): Promise<CaseLook> {
  const began = systemClock.now().getTime()
  const took = (): number => Math.round(systemClock.now().getTime() - began) / 1_000
  const about = alert === null ? null : alertIn(await readFile(alert, 'utf8'), alert)
  const cluster = await accessCluster({ bundle })
  try {
    const diagnosis = await look(await cluster.openReader(), about, signal)
    if (!asking) return { result: resultOf(diagnosis, usageWithoutModel(took())), asked: null }
    // Loaded only when there is a model to ask.
    const { askAgent } = await import('../ask-agent.ts')
    const quiet = { onEvent: () => {}, onMissing: () => {} }
    const outcome = await askAgent({ ...asking, diagnosis, alert: about, cluster, signal, ...quiet })
    const { rootCause, alternatives, problems } = diagnosis
    return {
      result: resultOf(outcome.diagnosis, { ...outcome.usage, durationSeconds: took() }, outcome.added),
      asked: { unaided: { rootCause, alternatives, problems }, failure: failureOf(outcome) },
    }
  } finally {
    await cluster.close()
  }
}

/** The agent's last line says why it ended. */
const failureOf = ({ concluded, incomplete }: AgentOutcome): string | null =>
  concluded ? null : (incomplete.at(-1) ?? 'it did not conclude')

/** One look at what the alert is about; without an alert at everything. */
export const look = (reader: ClusterReader, alert: Alert | null, signal: AbortSignal): Promise<Diagnosis> =>
  diagnose(
    reader,
    { target: alert ? targetOf(alert) : null, namespace: alert?.labels['namespace'] ?? null, alert },
    { signal, onProgress: () => {} },
  )
