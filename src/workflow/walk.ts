import { parseDuration } from '#kit/duration'
import type { Retry, Step } from '#kit/step'
import { STEP_NAMES } from '#kinds/scopes'
import { DEFAULT_RUN_TIMEOUT } from '#kinds/run-step'
import { DEFAULT_AGENT_TIMEOUT, DEFAULT_STEP_TIMEOUT, type WorkflowStep } from '#kinds/workflow'
import type { Values } from '#store'
import { evaluateCondition } from './expressions.ts'
import { failureOf, StepFailed, type Failure } from './failure.ts'
import type { CompositeKind, Run, SingleKind, StepKind, StepKindName, StepRecord } from './run.ts'
import { scopeOf } from './scope.ts'
import { agentStep } from './step-agent.ts'
import { diagnoseStep } from './step-diagnose.ts'
import { kubectlStep } from './step-kubectl.ts'
import { notifyStep } from './step-notify.ts'
import { programStep } from './step-run.ts'
import { openTimeline, sayOnce, type StepTimeline } from './timeline.ts'

const KINDS = { diagnose: diagnoseStep, agent: agentStep, kubectl: kubectlStep, run: programStep, notify: notifyStep } satisfies Record<
  StepKindName,
  StepKind
>

const kindOf = (spec: WorkflowStep): StepKindName => (Object.keys(KINDS) as StepKindName[]).find((kind) => spec[kind] !== undefined)!

/** The name under which a step of the Workflow is recorded. */
const stepName = (spec: Pick<WorkflowStep, 'name'>): string => `step/${spec.name}`

/** Runs the Workflow's steps in order, until one fails that may not (`onError: Fail`). */
export async function walk(run: Run, step: Step): Promise<StepRecord[]> {
  const records: StepRecord[] = []
  for (const spec of run.investigation.input.workflow.spec.steps) {
    const { said, ...record } = await runStep(run, step, spec, records)
    records.push(record)
    const { parts, owner } = run
    if (record.status === 'Skipped') await sayOnce(parts.runs, owner, spec.name, 'step-skipped', { when: spec.when })
    else if (record.status === 'Succeeded') await sayOnce(parts.runs, owner, spec.name, 'step-succeeded', said)
    else {
      const { failure, continued } = record
      await sayOnce(parts.runs, owner, spec.name, 'step-failed', { error: failure!.message, kind: failure!.kind, continued })
      if (!continued) break
    }
  }
  return records
}

type Ended = StepRecord & { said: Values }

async function runStep(run: Run, step: Step, spec: WorkflowStep, records: readonly StepRecord[]): Promise<Ended> {
  const name = kindOf(spec)
  const ended: EndedWith = (status, outputs, failure, more = {}) => {
    const continued = status === 'Failed' && spec.onError === 'Continue'
    return { name: spec.name, kind: name, status, outputs, failure, continued, usage: null, said: {}, ...more }
  }
  if (spec.when !== undefined) {
    // Not a record of its own: the same inputs and the same records give the same answer on a replay.
    try {
      if (!evaluateCondition(spec.when, scopeOf(run.investigation.input, records), STEP_NAMES)) return ended('Skipped', null, null)
    } catch (error) {
      return ended('Failed', null, failureOf(error))
    }
  }
  const kind: StepKind = KINDS[name]
  return 'conduct' in kind ? conduct(kind, run, { step, spec, records, ended }) : runSingle(kind, run, { step, spec, records, ended })
}

type EndedWith = (
  status: StepRecord['status'],
  outputs: unknown,
  failure: Failure | null,
  more?: Partial<Pick<Ended, 'usage' | 'said'>>,
) => Ended

interface Running {
  step: Step
  spec: WorkflowStep
  records: readonly StepRecord[]
  ended: EndedWith
}

async function runSingle(kind: SingleKind, run: Run, { step, spec, records, ended }: Running): Promise<Ended> {
  const timeoutMs = parseDuration(spec.timeout ?? (spec.run ? DEFAULT_RUN_TIMEOUT : DEFAULT_STEP_TIMEOUT))
  const body = async (signal: AbortSignal, tryNumber = 1): Promise<unknown> => {
    const timeline = await openTimeline(run.parts.runs, run.owner, spec.name, kindOf(spec))
    try {
      return await kind.run(run, { spec, records, signal, timeline, tryNumber, timeoutMs })
    } finally {
      await timeline.close()
    }
  }
  try {
    const options = { timeoutMs: timeoutMs + (kind.graceMs ?? 0), retry: retryOf(spec) }
    return ended('Succeeded', await step(stepName(spec), body, options), null)
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    await kind.onFailed?.(run, spec, error.failure)
    return ended('Failed', null, error.failure)
  }
}

async function conduct(kind: CompositeKind, run: Run, { step, spec, records, ended }: Running): Promise<Ended> {
  let opening: Promise<StepTimeline> | undefined
  let timeline: StepTimeline | undefined
  const inTimeline: Step = (name, body, options) =>
    step(
      `${stepName(spec)}/${name}`,
      async (signal, tryNumber) => {
        timeline = await (opening ??= openTimeline(run.parts.runs, run.owner, spec.name, kindOf(spec)))
        return body(signal, tryNumber)
      },
      options,
    )
  try {
    const { outputs, usage, failure, said } = await kind.conduct(run, {
      spec,
      records,
      step: inTimeline,
      timeoutMs: parseDuration(spec.timeout ?? DEFAULT_AGENT_TIMEOUT),
      say: (type, data) => timeline?.progress(type, data),
    })
    return ended(failure ? 'Failed' : 'Succeeded', outputs, failure, { usage, said })
  } finally {
    await timeline?.close()
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
