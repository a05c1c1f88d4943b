import type { Json } from './api.ts'
import { momentOf } from './timeline.ts'

/** One alert as Prometheus would fire it. */
export interface Alert {
  labels: { alertname: string; [name: string]: string }
  annotations: Record<string, string>
  /** '-12m'. */
  startsAt: string
  /** The route's group_by. Default: alertname and namespace. */
  groupBy?: readonly string[]
  /** The rule's expression, for the link. */
  expr: string
}

/** The webhook payload, version 4, that Alertmanager posts for it. */
export function webhookPayload(alert: Alert, now: number): Json {
  const { labels, annotations, expr } = alert
  const groupLabels = pick(labels, alert.groupBy ?? ['alertname', 'namespace'])
  const startsAt = new Date(momentOf(alert.startsAt, now)).toISOString().replace('Z', '000000Z')
  const groupText = Object.entries(groupLabels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')
  return {
    receiver: 'inquest',
    status: 'firing',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations,
        startsAt,
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: `http://prometheus-k8s-0:9090/graph?g0.expr=${encodeURIComponent(expr).replaceAll('%20', '+')}&g0.tab=1`,
        fingerprint: fingerprint(labels),
      },
    ],
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager-main-0:9093',
    version: '4',
    groupKey: `{}/{severity=~"critical|warning"}:{${groupText}}`,
    truncatedAlerts: 0,
  }
}

function pick(labels: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])))
}

/** Prometheus' LabelSet fingerprint: 64-bit FNV-1a over the sorted names and values, each followed by 0xff. */
export function fingerprint(labels: Record<string, string>): string {
  let hash = 0xcbf29ce484222325n
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  }
  for (const name of Object.keys(labels).sort()) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of Buffer.from(text)) add(byte)
      add(0xff)
    }
  }
  return hash.toString(16).padStart(16, '0')
}
