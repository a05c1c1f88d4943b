/**
 * The one internal alert. Every source turns what it gets into this; nothing behind a source knows where it came from.
 * Times are the sender's own text (nanoseconds survive); empty `endsAt` means still firing.
 */
export interface Alert {
  status: 'firing' | 'resolved'
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** RFC 3339, as sent. */
  startsAt: string
  /** RFC 3339 as sent; null while it fires (Alertmanager sends `0001-01-01T00:00:00Z`). */
  endsAt: string | null
  generatorURL: string
  /** 16 hex digits, from the labels only (Prometheus' FNV-1a), so that HA twins agree. */
  fingerprint: string
}

/** One delivery by a sender: what arrives together is stored together. */
export interface Notification {
  receiver: string
  groupKey: string
  groupLabels: Readonly<Record<string, string>>
  /** How many alerts the sender left out (Alertmanager's `max_alerts`). */
  truncatedAlerts: number
  alerts: readonly Alert[]
}
