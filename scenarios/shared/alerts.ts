import type { Alert } from '../../control-plane/alert.ts'
import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json } from '../../control-plane/api.ts'

type PodsOf = (namespace: string, namePrefix?: string) => Json[]

/** Alerts that name a pod: the first one, by its name's beginning, that is not ready. */
const troubled = (podsOf: PodsOf, namespace: string, prefix: string): string => {
  const pods = podsOf(namespace, prefix)
  const isReady = ({ status }: Json) => status.conditions?.some((c: Json) => c.type === 'Ready' && c.status === 'True')
  return (pods.find((pod) => !isReady(pod)) ?? pods[0])?.metadata.name
}

export const crashLooping = (namespace: string, prefix: string, container: string, startsAt: string) => (podsOf: PodsOf) =>
  kubePrometheus.podCrashLooping({ namespace, pod: troubled(podsOf, namespace, prefix), container, startsAt })

export const notReady = (namespace: string, prefix: string, startsAt: string) => (podsOf: PodsOf) =>
  kubePrometheus.podNotReady({ namespace, pod: troubled(podsOf, namespace, prefix), startsAt })

export const waiting = (namespace: string, prefix: string, container: string, reason: string, startsAt: string) => (podsOf: PodsOf) =>
  kubePrometheus.containerWaiting({ namespace, pod: troubled(podsOf, namespace, prefix), container, reason, startsAt })

export const throttled = (namespace: string, prefix: string, container: string, percent: number, startsAt: string) => (podsOf: PodsOf) =>
  kubePrometheus.cpuThrottlingHigh({ namespace, pod: troubled(podsOf, namespace, prefix), container, percent, startsAt })

/** A rule of a team's own: the share of requests that a Service answers with 5xx. */
export const errorRate = ({ namespace, service, percent, startsAt }: Record<'namespace' | 'service' | 'startsAt', string> & { percent: number }): Alert => ({
  labels: { alertname: 'HttpErrorRateHigh', namespace, service, prometheus: 'monitoring/k8s', severity: 'critical' },
  annotations: {
    summary: 'Many requests are answered with an error.',
    description: `${percent}% of the requests to ${namespace}/${service} are answered with a 5xx status.`,
  },
  startsAt,
  expr: `sum(rate(http_requests_total{namespace="${namespace}",service="${service}",code=~"5.."}[5m])) / sum(rate(http_requests_total{namespace="${namespace}",service="${service}"}[5m])) > 0.05`,
})
