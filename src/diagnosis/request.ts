import type { ClusterReader, Prometheus } from '#cluster'
import type { Diagnosis, ObjectRef } from '#kinds/result'

/** What to look at. A target without a kind that exists is an InputError; none at all means the namespace, or everything. */
export interface DiagnosisRequest {
  target: ObjectRef | null
  /** Where to look when there is no target; null: the whole cluster. */
  namespace: string | null
  /** Says where to look first and when it began, not what is guilty. */
  alert: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>>; startsAt: string } | null
}

/** What is being done, as it happens: for the terminal, the console and the timeline. */
export type DiagnosisProgress =
  | { phase: 'gather'; text: string }
  | { phase: 'finding'; text: string; severity: 'critical' | 'warning' | 'info' }

export type Diagnose = (reader: ClusterReader, request: DiagnosisRequest, options: DiagnosisOptions) => Promise<Diagnosis>

export interface DiagnosisOptions {
  signal: AbortSignal
  onProgress: (progress: DiagnosisProgress) => void
  /** For what no object of the API shows; without it the diagnosis says so where it matters. */
  prometheus?: Prometheus | null
}
