import type { Json, KubeObject } from '../api.ts'
import type { TimedBehaviour } from './behaviours.ts'

/** Something that the kubelet would report as an event. How often it is really sent is the recorder's business (events.ts). */
export interface Occurrence {
  at: number
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  container?: { name: string; init: boolean }
}

export interface Interval {
  from: number
  to: number
}

/** One start of a container, and its end if it has one. */
export interface Run {
  start: number
  /** Infinity while it goes on. */
  end: number
  code: number
  reason: 'Completed' | 'Error' | 'OOMKilled' | 'StartError' | 'Unknown'
  message?: string
  /** When its startup probe had passed (or at once without one). */
  startedAt: number
  ready: Interval[]
}

export type State =
  | { kind: 'waiting'; reason: string; message?: string; last: Run | null }
  | { kind: 'running'; run: Run; last: Run | null }
  | { kind: 'terminated'; run: Run; last: Run | null }

/** A container's whole life up to a horizon: what it is at any moment can be read off it. */
export interface ContainerLife {
  segments: { from: number; restarts: number; state: State }[]
  runs: Run[]
  occurrences: Occurrence[]
  /** When it ended for good, well or not. */
  endedAt: number | null
}

/** All that decides a container's life; nothing else may. */
export interface ContainerInput {
  pod: KubeObject
  spec: Json
  init: boolean
  restart: 'Always' | 'OnFailure' | 'Never'
  behaviours: readonly TimedBehaviour[]
  podIP: string
  /** When the kubelet first tries to start it. */
  startAt: number
  /** The pod is deleted or evicted. */
  stopAt: number
  horizon: number
  /** How long the first pull takes; null: the node has the image. */
  pullMs: number | null
  /** A ConfigMap, Secret or key of its environment that is not there, until it is. */
  configError: { message: string; until: number } | null
}

export function stateAt(life: ContainerLife, now: number): { restarts: number; state: State } {
  const segment = life.segments.findLast(({ from }) => from <= now)
  return segment ?? { restarts: 0, state: { kind: 'waiting', reason: 'ContainerCreating', last: null } }
}

export function isReady(life: ContainerLife, now: number): boolean {
  return life.runs.some((run) => run.ready.some(({ from, to }) => from <= now && now < to))
}

/** Every moment at which the container's status changes. */
export function changesOf(life: ContainerLife): number[] {
  return [
    ...life.segments.map(({ from }) => from),
    ...life.runs.flatMap((run) => [run.startedAt, ...run.ready.flatMap(({ from, to }) => [from, to])]),
  ]
}

/** The first behaviour that says anything about this aspect at this moment. */
export function aspect<K extends keyof TimedBehaviour>(
  behaviours: readonly TimedBehaviour[],
  key: K,
  at: number,
): TimedBehaviour[K] | undefined {
  return behaviours.find((b) => b[key] !== undefined && b.since <= at && at < b.until)?.[key]
}
