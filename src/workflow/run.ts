import type { Diagnosis } from '#kinds/result'
import type { WorkflowStep } from '#kinds/workflow'
import type { Investigation, Owner } from '#store'
import type { Failure } from './failure.ts'
import type { Parts } from './parts.ts'
import type { StepTimeline } from './timeline.ts'

/** One execution of an investigation. `investigation` is its row as it was claimed; what counts of it does not change. */
export interface Run {
  parts: Parts
  investigation: Investigation
  owner: Owner
}

export type StepStatus = 'Succeeded' | 'Failed' | 'Skipped'

/** How a step of the Workflow ended. */
export interface StepRecord {
  name: string
  kind: StepKindName
  status: StepStatus
  outputs: unknown
  failure: Failure | null
  /** It failed, and the Workflow went on (`onError: Continue`). */
  continued: boolean
}

export type StepKindName = 'diagnose' | 'notify'

/** What a step of a Workflow is given while its body runs. */
export interface StepContext {
  spec: WorkflowStep
  /** The steps before it. */
  records: readonly StepRecord[]
  signal: AbortSignal
  timeline: StepTimeline
}

/** One kind of step. `run` returns its outputs as JSON, redacted, at most 256 kB; it runs again after a crash. */
export interface StepKind {
  run(run: Run, context: StepContext): Promise<unknown>
  /** After the last try. */
  onFailed?(run: Run, spec: WorkflowStep, failure: Failure): Promise<void>
}

/** The newest diagnosis that the steps made. */
export function diagnosisOf(records: readonly StepRecord[]): Diagnosis | null {
  const made = records.findLast((record) => record.kind === 'diagnose' && record.status === 'Succeeded')
  return (made?.outputs as Diagnosis | undefined) ?? null
}
