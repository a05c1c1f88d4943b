import type { KubeObject } from '#cluster'

/** What a target turned out to be. */
export interface Aim {
  object: KubeObject | null
  /** Workloads to look at because of it. */
  workloads: KubeObject[]
  /** What belongs to it without being a workload: the routes of a Gateway, the Ingresses that lead to it. */
  parts: readonly KubeObject[]
  /** Said when the target is not there. */
  note: string | null
}
