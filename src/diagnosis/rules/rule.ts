import type { KubeObject } from '#cluster'
import type { Evidence, ObjectRef, Recommendation, Severity } from '#kinds/result'
import type { Snapshot } from '../snapshot/snapshot.ts'

/**
 * How far a workload got before it failed, in order. An earlier failure explains a later one of the same pods; the rest
 * are failures of other things, which explain along the edges of `explain/reach.ts`.
 */
export const STAGES = ['admission', 'scheduling', 'startup', 'crash', 'unready', 'rollout'] as const
export type Stage = (typeof STAGES)[number]

export type Failure = Stage | 'call' | 'endpoints' | 'entry' | 'volume' | 'node' | 'scaling' | 'job' | 'ending' | 'configuration'

/** Something that is seen, before its id is made. */
export type Draft = Omit<Evidence, 'id'>

export interface Place {
  object: ObjectRef
  field: string | null
}

/** One thing that a rule saw. Pure data; `explain` decides what it means together with the others. */
export interface Observation {
  rule: string
  /** The object in trouble. Trouble of pods is told of their workload, once for all its pods. */
  on: ObjectRef
  failure: Failure
  /** The container it is about; null: the pod or the object as a whole. */
  container: string | null
  severity: Severity
  /** One sentence, without a full stop. */
  summary: string
  evidence: Draft[]
  /** What a person edits to mend it, as far as this alone tells. */
  cause: Place
  /** When it began, ms; null: not known. */
  since: number | null
  /** 0…1: how directly the cause is proven. 0.9: the message names it. 0.3: only the symptom is seen. */
  directness: number
  /** Objects that the failure itself points at: what is wrong with them explains this. */
  blames: ObjectRef[]
  /** Why it fails is not known from this alone: anything that the object depends on may explain it. */
  open: boolean
  /** Words of the message that a changed field may hold. */
  tokens: string[]
  /** Lines that were said about it: where a changed value may turn up. */
  lines: readonly string[]
  /** Names of the pods that show it, sorted. */
  pods: string[]
  /** Not a fault on its own: counts only when it is explained by one, explains one, or the alert points at it. */
  tentative: boolean
  /** Counts only when nothing else is found near what the alert is about. */
  isLast: boolean
  /** Other causes that the same observation allows. */
  alternatives: (Place & { summary: string })[]
  recommendations: Recommendation[]
}

type Needed = 'on' | 'failure' | 'severity' | 'summary' | 'cause' | 'directness'

/** What a rule writes down; the rest has defaults. */
export type Seen = Pick<Observation, Needed> & Partial<Omit<Observation, Needed | 'rule'>>

export interface Rule {
  /** Kebab-case and stable: results and runbooks name it. */
  id: string
  title: string
  means: string
  looksAt: string
  mend: string
  look(snapshot: Snapshot): Seen[]
}

export const observe = (rule: string, seen: Seen): Observation => ({
  container: null,
  evidence: [],
  since: null,
  blames: [],
  open: false,
  tokens: [],
  lines: [],
  pods: [],
  tentative: false,
  isLast: false,
  alternatives: [],
  recommendations: [],
  ...seen,
  rule,
})

const lower = (kind: string): string => kind.charAt(0).toLowerCase() + kind.slice(1)

/** `deployment/shop/payments`. */
const place = (object: KubeObject): string =>
  [lower(object.kind), object.metadata.namespace, object.metadata.name].filter(Boolean).join('/')

export const fromObject = (object: KubeObject, text: string): Draft => ({ source: 'object', ref: place(object), text })

export const fromEvent = (event: { ref: string; reason: string; message: string; count: number }): Draft => ({
  source: 'event',
  ref: event.ref,
  text: `${event.reason}: ${event.message}${event.count > 1 ? ` (${event.count} times)` : ''}`,
})

/** `3 pods of Deployment shop/payments`, `pod shop/x`. */
export function podsText(count: number, workload: KubeObject): string {
  const name = `${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name}`
  if (workload.kind === 'Pod') return name
  return count === 1 ? `a pod of ${name}` : `${count} pods of ${name}`
}
