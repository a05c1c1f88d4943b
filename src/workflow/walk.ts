import { parseDuration } from '#kit/duration'
import type { Retry, Step } from '#kit/step'
import { STEP_NAMES } from '#kinds/scopes'
import { DEFAULT_STEP_TIMEOUT, type WorkflowStep } from '#kinds/workflow'
import { evaluateCondition } from './expressions.ts'
import { failureOf, StepFailed, type Failure } from './failure.ts'
import type { Run, StepKind, StepKindName, StepRecord } from './run.ts'
import { scopeOf } from './scope.ts'
import { diagnoseStep } from './step-diagnose.ts'
import { notifyStep } from './step-notify.ts'
import { openTimeline, sayOnce } from './timeline.ts'

const KINDS = { diagnose: diagnoseStep, notify: notifyStep } satisfies Record<StepKindName, StepKind>

const kindOf = (spec: WorkflowStep): StepKindName => (Object.keys(KINDS) as StepKindName[]).find((kind) => spec[kind] !== undefined)!

/** The name under which a step of the Workflow is recorded. */
const stepName = (spec: Pick<WorkflowStep, 'name'>): string => `step/${spec.name}`

/** Runs the Workflow's steps in order, until one fails that may not (`onError: Fail`). */
export async function walk(run: Run, step: Step): Promise<StepRecord[]> {
  const records: StepRecord[] = []
  for (const spec of run.investigation.input.workflow.spec.steps) {
    const record = await runStep(run, step, spec, records)
    records.push(record)
    const { parts, owner } = run
    if (record.status === 'Skipped') await sayOnce(parts.runs, owner, spec.name, 'step-skipped', { when: spec.when })
    else if (record.status === 'Succeeded') await sayOnce(parts.runs, owner, spec.name, 'step-succeeded', {})
    else {
      const { failure, continued } = record
      await sayOnce(parts.runs, owner, spec.name, 'step-failed', { error: failure!.message, kind: failure!.kind, continued })
      if (!continued) break
    }
  }
  return records
}

async function runStep(run: Run, step: Step, spec: WorkflowStep, records: readonly StepRecord[]): Promise<StepRecord> {
  const kind = kindOf(spec)
  const ended = (status: StepRecord['status'], outputs: unknown, failure: Failure | null): StepRecord => {
    return { name: spec.name, kind, status, outputs, failure, continued: status === 'Failed' && spec.onError === 'Continue' }
  }
  if (spec.when !== undefined) {
    // Not a record of its own: the same inputs and the same records give the same answer on a replay.
    try {
      if (!evaluateCondition(spec.when, scopeOf(run.investigation.input, records), STEP_NAMES)) return ended('Skipped', null, null)
    } catch (error) {
      return ended('Failed', null, failureOf(error))
    }
  }
  const body = async (signal: AbortSignal): Promise<unknown> => {
    const timeline = await openTimeline(run.parts.runs, run.owner, spec.name, kind)
    try {
      return await KINDS[kind].run(run, { spec, records, signal, timeline })
    } finally {
      await timeline.close()
    }
  }
  try {
    const timeoutMs = parseDuration(spec.timeout ?? DEFAULT_STEP_TIMEOUT)
    return ended('Succeeded', await step(stepName(spec), body, { timeoutMs, retry: retryOf(spec) }), null)
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    await (KINDS[kind] as StepKind).onFailed?.(run, spec, error.failure)
    return ended('Failed', null, error.failure)
  }
}

function retryOf(spec: WorkflowStep): Retry | undefined {
  if (!spec.retry) return undefined
  const { limit, backoff = {} } = spec.retry
  return {
    limit,
    firstMs: parseDuration(backoff.duration ?? '1s'),
    factor: backoff.factor ?? 2,
    maxMs: parseDuration(backoff.maxDuration ?? '1m'),
  }
}
