/** What Prometheus is asked for, by name; the queries are in gather/metrics.ts. */
export type MetricName =
  | 'cpu-throttled'
  | 'memory-near-limit'
  | 'memory-growing'
  | 'volume-space'
  | 'volume-filling'
  | 'volume-inodes'
  | 'node-cpu'
  | 'node-cpu-users'
  | 'node-filesystem'
  | 'network-errors'

/** One series at the moment of the look. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** What Prometheus said; null: nobody was asked. */
export type Metrics = ReadonlyMap<MetricName, readonly Sample[]> | null
