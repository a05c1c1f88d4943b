import { groupOf, refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { entry } from '../../snapshot/field-path.ts'
import { isWorkloadKind } from '../../snapshot/kinds.ts'
import { matchesLabels, matchesSelector } from '../../snapshot/selectors.ts'
import type { Asked } from '../../snapshot/asked.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const monitorUnfit: Rule = {
  id: 'monitor-unfit',
  title: 'Prometheus does not scrape what runs well',
  means:
    'An alert says that a target is down or its metrics are absent, and the program is well: the ServiceMonitor selects no Service, names a port that the Service calls otherwise, or lacks the label by which Prometheus takes monitors.',
  looksAt: 'ServiceMonitors and PodMonitors, the Services and ports that they select, and the selectors of Prometheus.',
  mend: 'Correct the label, the selector or the name of the port.',
  look: (snapshot) => {
    const { asked } = snapshot
    return asked && isAboutMetrics(asked) ? monitorsOf(snapshot, asked).flatMap((monitor) => judge(snapshot, asked, monitor) ?? []) : []
  },
}

const GROUP = 'monitoring.coreos.com'
const isAboutMetrics = ({ labels, annotations }: Asked): boolean =>
  /target|scrap|absent|missing|metrics?\b|exporter|no ?data|disappeared/i.test(
    [labels['alertname'] ?? '', ...Object.values(annotations)].join(' '),
  )

const services = (snapshot: Snapshot, asked: Asked): KubeObject[] =>
  asked.object?.kind === 'Service'
    ? [asked.object]
    : asked.workloads.flatMap((w) => {
        const labels = (isWorkloadKind(w.kind) && w.spec?.template?.metadata?.labels) || {}
        return snapshot
          .all('Service', w.metadata.namespace ?? '')
          .filter((s) => Object.keys(s.spec?.selector ?? {}).length > 0 && matchesLabels(s.spec.selector, labels))
      })

/** Monitors of what is asked about: they select its Services, or are called like them. */
function monitorsOf(snapshot: Snapshot, asked: Asked): KubeObject[] {
  const own = services(snapshot, asked)
  const names = new Set([...own, ...asked.workloads, ...(asked.object ? [asked.object] : [])].map((o) => o.metadata.name))
  return snapshot.customs.filter(
    (o) =>
      o.kind === 'ServiceMonitor' &&
      groupOf(o.apiVersion) === GROUP &&
      (names.has(o.metadata.name) || own.some((s) => matchesSelector(o.spec?.selector, s.metadata.labels))),
  )
}

function judge(snapshot: Snapshot, asked: Asked, monitor: KubeObject): Seen | null {
  const own = services(snapshot, asked)
  const found = unselected(snapshot, monitor) ?? labelOf(own, monitor) ?? portOf(own, monitor)
  if (!found) return null
  const on = asked.object && asked.object.kind !== 'Namespace' ? asked.object : (asked.workloads[0] ?? monitor)
  const { says, cause } = found
  return {
    on: refOf(on),
    failure: 'configuration',
    severity: 'warning',
    summary: `${objectText(refOf(monitor))} ${says}`,
    evidence: [fromObject(monitor, says)],
    cause,
    directness: 0.84,
    tentative: true,
    recommendations: [advise(`Correct ${cause.field} of ${objectText(cause.object)}`, says)],
  }
}

type Found = { says: string; cause: Place } | null

/** No Prometheus takes it. */
function unselected(snapshot: Snapshot, monitor: KubeObject): Found {
  const servers = snapshot.customs.filter((o) => o.kind === 'Prometheus' && groupOf(o.apiVersion) === GROUP)
  const labels = monitor.metadata.labels ?? {}
  if (servers.length === 0 || servers.some((p) => matchesSelector(p.spec?.serviceMonitorSelector, labels))) return null
  const wanted = Object.entries<string>(servers[0]!.spec?.serviceMonitorSelector?.matchLabels ?? {}).find(([k, v]) => labels[k] !== v)
  return wanted
    ? {
        says: `has not the label ${wanted.join('=')}, by which Prometheus ${servers[0]!.metadata.name} takes monitors`,
        cause: { object: refOf(monitor), field: entry('metadata.labels', wanted[0]) },
      }
    : null
}

function labelOf(own: readonly KubeObject[], monitor: KubeObject): Found {
  const selector = monitor.spec?.selector
  const [service] = own
  if (!service || own.some((s) => matchesSelector(selector, s.metadata.labels))) return null
  const [key, value] = Object.entries<string>(selector?.matchLabels ?? {}).find(([k, v]) => service.metadata.labels?.[k] !== v) ?? []
  return {
    says: `does not select Service ${service.metadata.name}${key ? `, which has not the label ${key}=${value}` : ''}`,
    cause: { object: refOf(monitor), field: key ? entry('spec.selector.matchLabels', key) : 'spec.selector' },
  }
}

function portOf(own: readonly KubeObject[], monitor: KubeObject): Found {
  const selected = own.filter((s) => matchesSelector(monitor.spec?.selector, s.metadata.labels))
  const names = selected.flatMap((s) => (s.spec?.ports ?? []).map((p: any) => p.name))
  const endpoints: any[] = monitor.spec?.endpoints ?? []
  const at = endpoints.findIndex((e) => typeof e?.port === 'string' && !names.includes(e.port))
  return at < 0 || selected.length === 0
    ? null
    : {
        says: `scrapes port ${endpoints[at].port}, and the Service has ${names.filter(Boolean).join(', ') || 'none with a name'}`,
        cause: { object: refOf(monitor), field: `spec.endpoints[${at}].port` },
      }
}
