import type { ClientBase } from 'pg'
import type { Alert } from '#alert'
import type { ObjectRef, Result } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import type { Workflow } from '#kinds/workflow'

/** A pool, or the client of a transaction. */
export type Queryable = Pick<ClientBase, 'query'>

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled'

export type Values = Readonly<Record<string, unknown>>

/**
 * What an investigation was started with: the resolved objects as they were then, so that later edits do not touch it.
 * Holds references to Secrets, never their values.
 */
export interface RunInput {
  workflow: { name: string; generation: number | null; spec: Workflow['spec'] }
  /** Every Sink that the Workflow names. */
  sinks: readonly { name: string; generation: number | null; spec: Sink['spec'] }[]
  /** Sinks that the Workflow names and that did not exist. */
  missingSinks: readonly string[]
  params: Readonly<Record<string, string>>
  /** The incident's alerts when it started, the first to fire first; at most 100 of `alertCount`. */
  alerts: readonly Alert[]
  alertCount: number
  /** null when a person asked. */
  incident: { id: string; title: string; labels: Readonly<Record<string, string>>; openedAt: string } | null
  target: ObjectRef | null
  /** namespace/name of the Source; null when a person asked. */
  source: string | null
  /** Ids of problems that the sinks know of: they are only told when there is another. null or absent: of whatever is found. */
  known?: readonly string[] | null
}

export interface Investigation {
  id: string
  incidentId: string | null
  namespace: string
  name: string
  title: string
  workflow: string
  input: RunInput
  phase: Phase
  reason: string | null
  message: string | null
  attempt: number
  takeovers: number
  epoch: number
  engineVersion: string
  deadline: Date
  createdAt: Date
  startedAt: Date | null
  completedAt: Date | null
  /** Final when `completedAt` is set; before that what is known so far. */
  result: Result | null
  outputs: Values | null
}

/** Who writes: one execution of a run. A write under an epoch that is not the row's any more is refused. */
export interface Owner {
  id: string
  attempt: number
  epoch: number
}

export interface NewEvent {
  /** '' for the investigation itself. */
  step: string
  seq: number
  type: string
  data: Values
}

export interface StoredEvent extends NewEvent {
  /** Grows with time over all investigations: a cursor. */
  id: number
  investigationId: string
  attempt: number
  at: Date
}

export type DeliveryStatus = 'intended' | 'delivered' | 'failed' | 'skipped'

/** What a target answered, as in #sinks. */
export interface StoredReceipt {
  url: string | null
  data: Readonly<Record<string, string>>
}

export interface StoredDelivery {
  key: string
  sink: string
  thread: string
  incidentId: string | null
  investigationId: string
  state: string
  status: DeliveryStatus
  attempt: number
  epoch: number
  tries: number
  possiblyDuplicate: boolean
  receipt: StoredReceipt | null
  error: string | null
  createdAt: Date
  finishedAt: Date | null
}

/** Seq of an event that a step has once an attempt, however often its body ran: the unique key keeps replays from doubling it. */
export const LAST_SEQ = 1_000_000
