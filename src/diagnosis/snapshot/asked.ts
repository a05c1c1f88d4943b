import type { KubeObject } from '#cluster'

/** What is asked about when an alert asks: its words, and what it turned out to be about. */
export interface Asked {
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** ms; null: not known. */
  startsAt: number | null
  object: KubeObject | null
  workloads: readonly KubeObject[]
}
