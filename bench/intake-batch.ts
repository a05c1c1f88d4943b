import { fingerprint, incidentGroup, notificationKey, type Alert } from '#alert'
import type { IntakeBatch } from '#store'

const SOURCE = 'bench/alertmanager'

let made = 0

/** A notification of `size` new alerts that nobody has seen. */
export function newNotification(size: number): IntakeBatch {
  const id = ++made
  const alerts = Array.from({ length: size }, (_, i): Alert => {
    const labels = {
      alertname: 'KubePodCrashLooping',
      namespace: `team-${id % 50}`,
      pod: `payments-${id}-${i}`,
      container: 'payments',
      job: 'kube-state-metrics',
      severity: 'warning',
      prometheus: 'monitoring/k8s',
    }
    return {
      status: 'firing',
      labels,
      annotations: { summary: 'Pod is crash looping.', description: `Pod ${labels.namespace}/${labels.pod} restarts all the time.` },
      startsAt: '2026-01-31T12:00:00.123456789Z',
      endsAt: null,
      generatorURL: 'http://prometheus.example/graph?g0.expr=up',
      fingerprint: fingerprint(labels),
    }
  })
  const notification = {
    receiver: 'inquest',
    groupKey: `{}:{n="${id}"}`,
    groupLabels: { namespace: `team-${id % 50}` },
    truncatedAlerts: 0,
    alerts,
  }
  return {
    source: SOURCE,
    key: notificationKey(SOURCE, notification),
    notification,
    alerts: alerts.map((alert) => ({
      alert,
      as: 'incident' as const,
      group: incidentGroup(SOURCE, alert, undefined, notification.groupLabels),
      title: 'KubePodCrashLooping',
    })),
    rejected: [],
    windowMs: 5_000,
  }
}
