import type { IdentityProblem } from '#cluster'
import type { Surroundings } from '#kinds/acceptance'
import type { SecretKeyRef } from '#kinds/meta'
import type { Problem } from '#kinds/problem'
import type { RegisteredKind } from '#kinds/registry'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'

/** What Inquest takes from the API server; Investigations are another matter (projection). */
export type Kind = RegisteredKind
export type Configured = Source | Workflow | Sink

/** An object as people name it, and as the queues do: `Source shop/alerts`. */
export const titleOf = (kind: Kind, namespace: string, name: string): string => `${kind} ${namespace}/${name}`

/** Something that stands between an object and its work. */
export interface Finding {
  /** CamelCase, as conditions have it. */
  reason: string
  problem: Problem
  /** It works all the same, but not as well as it might. */
  isNote?: boolean
}

/** What a reconciler may ask of everything else. */
export interface World {
  /** Of the other objects: `unusable` is there, but not accepted. */
  find(kind: Kind, namespace: string, name: string): 'usable' | 'unusable' | 'missing'
  /** Null: the key is there. Throws when that cannot be found out now. */
  secretProblem(namespace: string, ref: SecretKeyRef, field: string): Promise<Problem | null>
  /** Whether an investigation can read as this ServiceAccount, and run Jobs if it wants to. Throws when that cannot be found out now. */
  identityProblem(namespace: string, serviceAccountName: string, wants: { jobs: boolean }): Promise<IdentityProblem | null>
  /** What keeps a kubernetes Source from watching, for people; null: nothing. */
  watchTrouble(namespace: string, name: string): string | null
  lent: Omit<Surroundings, 'trusted'>
}

/**
 * One thin reconciler a kind. Two questions, both about the object as it is now and never about an event: can its spec be used at all
 * (then it is in force), and does it work.
 */
export interface Reconciler<T extends Configured> {
  /** What is wrong with the spec taken alone; none: it is in force. The answer is kept until the spec changes. */
  accept(object: T): Promise<Problem[]>
  /** Which others it names, with the field. They may come and go. */
  references(object: T): Reference[]
  /** What keeps it from its work, the most important first. */
  ready(object: T, world: World): Promise<Finding[]>
  /** Requests that one call of `ready` may cost, so that looking again can be made rare enough. */
  cost(object: T): number
  /** For people, when all is well. */
  works(object: T): string
}

export interface Reference {
  kind: Kind
  name: string
}
