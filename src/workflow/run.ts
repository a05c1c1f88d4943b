import type { Step } from '#kit/step'
import type { Diagnosis, Usage } from '#kinds/result'
import type { WorkflowStep } from '#kinds/workflow'
import type { Investigation, Owner, Values } from '#store'
import type { Gate } from './durable-step.ts'
import type { Failure } from './failure.ts'
import type { Parts } from './parts.ts'
import type { StepTimeline } from './timeline.ts'

/** One execution of an investigation. `investigation` is its row as it was claimed; what counts of it does not change. */
export interface Run {
  parts: Parts
  investigation: Investigation
  owner: Owner
  gate: Gate
  /** Puts the run back into the queue, for whoever can do its next step; ends this execution (LostRun). */
  handOn(): Promise<never>
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
  /** What it used of models; null: it is not of that sort. */
  usage: Usage | null
}

export type StepKindName = 'diagnose' | 'agent' | 'kubectl' | 'run' | 'notify'

/** What a step of one record is given while its body runs. */
export interface StepContext {
  spec: WorkflowStep
  /** The steps before it. */
  records: readonly StepRecord[]
  signal: AbortSignal
  timeline: StepTimeline
  /** From 1; the same one when the body runs again after a crash. */
  tryNumber: number
  /** The step's own, for one try. */
  timeoutMs: number
}

/** A kind of step that is one record. `run` returns its outputs as JSON, redacted, at most 256 kB; it runs again after a crash. */
export interface SingleKind {
  /** How much longer than its `timeout` a try may take, for a kind that ends in time by itself. */
  graceMs?: number
  run(run: Run, context: StepContext): Promise<unknown>
  /** After the last try. */
  onFailed?(run: Run, spec: WorkflowStep, failure: Failure): Promise<void>
}

/**
 * A kind of step that is many records, made with `step`. `conduct` itself is none: after a crash it runs again over what was
 * recorded, so what it does and in which order may come from the records and from `run` alone.
 */
export interface CompositeKind {
  conduct(run: Run, context: CompositeContext): Promise<Conducted>
}

export type StepKind = SingleKind | CompositeKind

export interface CompositeContext {
  spec: WorkflowStep
  records: readonly StepRecord[]
  /** Records under `step/<the step's name>/`. */
  step: Step
  /** For one execution of the step, milliseconds. */
  timeoutMs: number
  /** The step's timeline; it is opened by the first body that runs, so that a mere replay leaves no trace. */
  say(type: string, data: Values): void
}

/** How a composite step ended. */
export interface Conducted {
  /** JSON, redacted. */
  outputs: unknown
  usage: Usage
  /** null: it succeeded. */
  failure: Failure | null
  /** For the timeline. */
  said: Values
}

/** What an agent step leaves to the steps after it. */
export type AgentOutputs = Diagnosis & {
  /** What the model says it found beyond the diagnosis. */
  added: string | null
  /** false: no model concluded; the rest is the diagnosis as it was before. */
  concluded: boolean
  /** How many outputs of tools there are: the next agent numbers its own on. */
  outputs: number
}

/** What a step leaves to the steps after it that ran a command and read what it printed. */
export interface PrintedOutputs {
  /** As a person types it, redacted. */
  command: string
  /** What it printed, redacted, fit to read. */
  text: string
}

/** What a run step leaves to the steps after it. */
export interface RunOutputs extends PrintedOutputs {
  exitCode: number
  /** `exit code 0, 12 lines`. */
  summary: string
  /** What it printed, or its last line, when that is JSON; redacted. */
  json: unknown
  /** Where all that was kept is; null: it printed nothing. */
  artifact: string | null
  /** How much it printed. */
  bytes: number
}

/** What the steps before have printed, for an agent to read. */
export const printedBy = (records: readonly StepRecord[]): ({ name: string } & PrintedOutputs)[] =>
  records.flatMap(({ name, outputs }) => {
    const { command, text } = (outputs ?? {}) as Partial<PrintedOutputs>
    return typeof command === 'string' && typeof text === 'string' ? [{ name, command, text }] : []
  })

/** The newest diagnosis that the steps made; an agent's is the one it started from with its conclusion. */
export function diagnosisOf(records: readonly StepRecord[]): Diagnosis | null {
  const made = records.findLast(({ kind, status }) => (kind === 'diagnose' || kind === 'agent') && status === 'Succeeded')
  if (made?.kind !== 'agent') return (made?.outputs as Diagnosis | undefined) ?? null
  const { added: _, concluded: __, outputs: ___, ...diagnosis } = made.outputs as AgentOutputs
  return diagnosis
}

/** What the agents before have left. */
export const agentsOf = (records: readonly StepRecord[]): AgentOutputs[] =>
  records.flatMap(({ kind, outputs }) => (kind === 'agent' && outputs ? [outputs as AgentOutputs] : []))
