import type { ClusterClient, Watch } from '#cluster'
import type { Clock } from '#kit/clock'
import type { Logger } from '#kit/log'
import type { Registry } from '#kinds/registry'
import type { Projection } from '#store'
import type { Engine } from '#workflow'
import type { WorkQueue } from '../work-queue.ts'

/** What the projection is given. */
export interface ProjectionParts {
  client: Pick<ClusterClient, 'create' | 'get' | 'applyStatus' | 'delete'>
  projection: Projection
  registry: Pick<Registry, 'workflow' | 'workflows' | 'isComplete'>
  engine: Pick<Engine, 'investigate' | 'refuse' | 'cancel'>
  /** Only these; empty: all. */
  namespaces: readonly string[]
  /** Where people see an investigation; null when there is no public address. */
  link(investigation: { namespace: string; name: string; id: string }): string | null
  /** This process, for Kubernetes Events: a pod's name. */
  instance: string
  clock: Clock
  log: Logger
}

/** What one item of work is given, while this process is the leader. */
export interface Session extends ProjectionParts {
  /** Every Investigation object, as the API server last told. */
  watch: Pick<Watch, 'get'>
  queue: Pick<WorkQueue, 'add'>
  refusals: Refusals
}

/** What the API server does not let this process do, for people. Rights are given by verb and resource: one example says enough. */
export interface Refusals {
  /** A piece of work failed with this; true: it is a refusal that was not known. */
  note(key: string, error: unknown): boolean
  /** It went well. */
  clear(key: string): void
  first(): string | null
}

/** Keys of the queue. */
export const rowKey = (id: string): string => `row ${id}`
export const objectKey = (name: string): string => `object ${name}`
export const ABSENT = 'absent'
