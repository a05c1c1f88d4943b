import { setTimeout as sleep } from 'node:timers/promises'
import { ReadError } from '#cluster'
import type { Diagnosis } from '#kinds/result'
import { redactDeep } from '#kit/redact'
import { isBetterElsewhere } from './blind.ts'
import { capDiagnosis } from './cap-diagnosis.ts'
import { preliminaryResult } from './result.ts'
import type { Run, SingleKind } from './run.ts'
import type { StepTimeline } from './timeline.ts'

/** Below the limit of a step's record: the result, kept with the investigation, holds a little more. */
export const MAX_DIAGNOSIS = 220 * 1024
export const DEFAULT_SERVICE_ACCOUNT = 'inquest-agent'

/** An API server that restarts just when the alert comes must not cost the investigation; longer than this nobody waits for a result. */
const PATIENCE_MS = 60_000
const AGAIN_MS = 2_000

/** Looks at the cluster with the eyes of the Workflow's ServiceAccount; the output is the Diagnosis, without secrets. One record. */
export const diagnoseStep: SingleKind = {
  async run(run, { records, signal, timeline }) {
    const { parts, investigation, owner } = run
    const diagnosis = capDiagnosis(redactDeep(await lookPatiently(run, signal, timeline)), MAX_DIAGNOSIS)
    await parts.runs.keepResult(owner, preliminaryResult(diagnosis, investigation, records, parts.clock.now()))
    return diagnosis
  },
}

/** Again and again while nothing at all answers, here or where something does. What is refused is refused at once. */
async function lookPatiently(run: Run, signal: AbortSignal, timeline: StepTimeline): Promise<Diagnosis> {
  for (let waited = 0; ; waited += AGAIN_MS) {
    try {
      return await look(run, signal, timeline)
    } catch (error) {
      if (!(error instanceof ReadError) || error.reason !== 'Unreachable') throw error
      if (await isBetterElsewhere(run.parts)) return run.handOn()
      if (waited >= PATIENCE_MS) throw error
      timeline.progress('progress', { text: `${error.message}; trying again for up to ${PATIENCE_MS / 1_000} s` })
      await sleep(AGAIN_MS, undefined, { signal })
    }
  }
}

async function look({ parts, investigation }: Run, signal: AbortSignal, timeline: StepTimeline): Promise<Diagnosis> {
  const { input, namespace } = investigation
  const alert = input.alerts[0] ?? null
  const reader = await parts.openReader(namespace, input.workflow.spec.serviceAccountName ?? DEFAULT_SERVICE_ACCOUNT)
  try {
    return await parts.diagnose(
      reader,
      { target: input.target, namespace: input.target?.namespace ?? alert?.labels['namespace'] ?? null, alert },
      {
        signal,
        onProgress: ({ phase, ...said }) => timeline.progress(phase === 'finding' ? 'finding' : 'progress', said),
      },
    )
  } finally {
    await reader.close()
  }
}
