import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Counts that live in the database, so that they are true over restarts and the same on every replica. */
export interface StoredCounts {
  investigations: Readonly<Record<string, number>>
  incidents: Readonly<Record<string, number>>
  deliveries: Readonly<Record<string, number>>
}

export interface Metrics {
  /** Starts the clock of a webhook; call the answer with its status. */
  webhook(labels: { namespace: string; source: string }): (status: number) => void
  text(): Promise<string>
  contentType: string
}

/** Prometheus metrics: names by its conventions, base units, no label that a sender controls. */
export function createMetrics(counts: () => Promise<StoredCounts>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'inquest_webhook_duration_seconds',
    help: 'Time from the first byte of a webhook to its answer.',
    labelNames: ['status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const up = new Gauge({ name: 'inquest_database_up', help: 'Whether the last scrape could read the database.', registers: [registry] })
  const failures = new Counter({
    name: 'inquest_webhook_failures_total',
    help: 'Webhooks answered with 5xx: the sender keeps the alerts and tries again.',
    registers: [registry],
  })
  const stored = (['investigations', 'incidents', 'deliveries'] as const).map((what) => ({
    what,
    gauge: new Gauge({
      name: `inquest_${what}`,
      help: `Rows of ${what} in the database, by ${what === 'incidents' ? 'status' : what === 'deliveries' ? 'status' : 'phase'}.`,
      labelNames: [what === 'investigations' ? 'phase' : 'status'],
      registers: [registry],
    }),
  }))
  return {
    contentType: registry.contentType,
    webhook: () => {
      const end = requests.startTimer()
      return (status) => {
        end({ status: String(status) })
        if (status >= 500) failures.inc()
      }
    },
    async text() {
      try {
        const now = await counts()
        for (const { what, gauge } of stored) {
          gauge.reset()
          for (const [label, n] of Object.entries(now[what])) gauge.set({ [what === 'investigations' ? 'phase' : 'status']: label }, n)
        }
        up.set(1)
      } catch {
        up.set(0)
      }
      return registry.metrics()
    },
  }
}
