import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { DiagnosisRequest } from '../request.ts'
import { hostsOf } from '../snapshot/entry.ts'
import { hostsIn, serviceOfHost } from '../snapshot/hosts.ts'
import { ROUTES } from '../snapshot/kinds.ts'
import { holdsWord } from '../snapshot/settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'

/** Labels in which a prober writes the address that it asks. */
const ADDRESS =
  /^(?:exported_)?(?:instance|target|host|url|probe|address|uri|domain|hostname|server_name|destination_service|destination_service_host|destination|envoy_cluster_name|cluster_name|upstream|upstream_host|backend|service_fqdn|authority)$/
/** An API by its name: `v1beta1.metrics.k8s.io`. */
const API = /^v\d\w*\.[a-z0-9.-]+$/

/**
 * A prober's alert is labelled with the prober's own namespace, and says what it is about in an address: the Ingress or route with that host,
 * or the Service with that name, is the target then.
 */
export async function probedTarget(eyes: Eyes, { target, alert }: DiagnosisRequest): Promise<ObjectRef | null> {
  const kinds = ['Namespace', 'Service', 'Pod', 'Deployment']
  if (!alert || (target !== null && !kinds.includes(target.kind))) return null
  const api = Object.values(alert.labels).find((value) => API.test(value))
  if (api && target?.kind !== 'Pod') return { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', namespace: null, name: api }
  const hosts = Object.entries(alert.labels)
    .filter(([label, value]) => ADDRESS.test(label) && /[a-z]/i.test(value) && value.includes('.'))
    .flatMap(([, value]) => hostsIn(value).map((h) => h.host))
    .filter((host) => host.includes('.') && !/^[\d.]+$/.test(host))
  if (hosts.length === 0) return null
  for (const host of hosts) {
    const inside = /\.svc(?:\.|$)/.test(host) ? serviceOfHost(host, '') : null
    if (inside) return { apiVersion: 'v1', kind: 'Service', namespace: inside.namespace, name: inside.name }
  }
  const entries = (await Promise.all((['Ingress', ...ROUTES] as const).map((kind) => eyes.peek(kind)))).flat()
  const found = entries.find((entry) => hostsOf(entry).some((known) => hosts.some((host) => isHost(known, host))))
  return found ? refOf(found) : null
}

const isHost = (known: string, host: string): boolean =>
  known === host || (known.startsWith('*.') && host.endsWith(known.slice(1)) && !host.slice(0, -known.length + 1).includes('.'))

/** Labels that say where a metric was scraped, or how bad it is. */
const OF_SCRAPE = /^(?:alertname|namespace|severity|prometheus|job|instance|endpoint|cluster|team|container|reason|status|le|quantile)$/

/** What an alert about a namespace is about within it: a workload or a Service that a label names, or else one that its text tells of. */
export function namedIn(
  snapshot: Snapshot,
  namespace: string,
  alert: NonNullable<DiagnosisRequest['alert']>,
): { labelled?: KubeObject; told?: KubeObject } {
  const known = [...snapshot.workloads.filter((w) => w.metadata.namespace === namespace), ...snapshot.all('Service', namespace)]
  const values = Object.entries(alert.labels).flatMap(([label, value]) => (OF_SCRAPE.test(label) ? [] : [value]))
  const byLabel = known.find((o) => values.includes(o.metadata.name))
  if (byLabel) return { labelled: byLabel }
  const text = Object.entries(alert.annotations)
    .filter(([key]) => !/url|runbook|dashboard/i.test(key))
    .map(([, value]) => value)
    .join('\n')
  const named = known.filter((o) => o.metadata.name.length >= 4 && holdsWord(text, o.metadata.name))
  const [told] = named.sort((a, b) => b.metadata.name.length - a.metadata.name.length)
  return told ? { told } : {}
}
