import { groupOf, refOf, type KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import { item } from '../../snapshot/field-path.ts'
import { serviceOfHost } from '../../snapshot/hosts.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { matchesLabels, nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const meshRouting: Rule = {
  id: 'mesh-routing',
  title: 'A route of the mesh leads nowhere',
  means:
    'A VirtualService sends to a Service, a port or a subset that does not exist, or the labels of the subset belong to no pod: callers within the mesh get 503.',
  looksAt: 'Destinations of VirtualServices, subsets of DestinationRules, and the Services and pods that they name.',
  mend: 'Correct the destination, or define the subset with labels that the pods have.',
  look: (snapshot) => of(snapshot, 'VirtualService').flatMap((route) => destinations(route).flatMap((d) => judge(snapshot, route, d))),
}

const of = (snapshot: Snapshot, kind: string): KubeObject[] =>
  snapshot.customs.filter((o) => o.kind === kind && groupOf(o.apiVersion).endsWith('istio.io'))

interface Destination {
  at: string
  host: string
  subset: string | undefined
  port: number | undefined
}

const destinations = (route: KubeObject): Destination[] =>
  (['http', 'tcp', 'tls'] as const).flatMap((protocol) =>
    (route.spec?.[protocol] ?? []).flatMap((rule: any, i: number) =>
      (rule.route ?? []).map((r: any, j: number) => ({
        at: `spec.${protocol}[${i}].route[${j}].destination`,
        host: String(r.destination?.host ?? ''),
        subset: r.destination?.subset,
        port: r.destination?.port?.number,
      })),
    ),
  )

function judge(snapshot: Snapshot, route: KubeObject, { at, host, subset, port }: Destination): Seen[] {
  const home = route.metadata.namespace ?? ''
  const wanted = serviceOfHost(host, home)
  const service = wanted && snapshot.find('Service', wanted.namespace, wanted.name)
  if (!wanted || service === undefined) return []
  const told = (says: string, cause: Place, alternatives: Place[], more: KubeObject | undefined, text: string): Seen => ({
    on: service ? refOf(service) : refOf(route),
    failure: 'endpoints',
    severity: 'critical',
    summary: `VirtualService ${home}/${route.metadata.name} ${says}`,
    evidence: [fromObject(route, `${at} = ${jsonText({ host, port, subset })}`), ...(more ? [fromObject(more, text)] : [])],
    cause,
    directness: 0.9,
    alternatives: alternatives.map((place) => ({ ...place, summary: `${place.field} is wrong` })),
    recommendations: [advise(`Correct ${cause.field}`, says)],
  })
  const here = (leaf: string): Place => ({ object: refOf(route), field: `${at}.${leaf}` })
  if (service === null) {
    const near = nearest(
      wanted.name,
      snapshot.all('Service', wanted.namespace).map((s) => s.metadata.name),
    )
    return isInternal(host)
      ? [told(`sends to Service ${wanted.name}, which does not exist${near ? ` (there is ${near})` : ''}`, here('host'), [], undefined, '')]
      : []
  }
  const ports: number[] = (service.spec?.ports ?? []).map((p: any) => p.port)
  if (port !== undefined && ports.length > 0 && !ports.includes(port))
    return [
      told(
        `sends to port ${port} of Service ${wanted.name}, which has ${ports.join(', ')}`,
        here('port.number'),
        [],
        service,
        `ports ${ports.join(', ')}`,
      ),
    ]
  if (!subset) return []
  const rules = of(snapshot, 'DestinationRule').filter((r) => {
    const target = serviceOfHost(String(r.spec?.host ?? ''), r.metadata.namespace ?? '')
    return target?.name === wanted.name && target.namespace === wanted.namespace
  })
  const rule = rules.find((r) => (r.spec?.subsets ?? []).some((s: any) => s.name === subset)) ?? rules[0]
  const found = (rule?.spec?.subsets ?? []).find((s: any) => s.name === subset)
  if (!rule || !found) {
    const subsets = { object: rule ? refOf(rule) : refOf(route), field: rule ? 'spec.subsets' : `${at}.subset` }
    const isNewer = rule && (lastWrite(rule) ?? 0) > (lastWrite(route) ?? 0)
    const names = (rule?.spec?.subsets ?? []).map((s: any) => s.name).join(', ')
    return [
      told(
        `sends to subset ${subset} of ${host}, which ${rule ? `DestinationRule ${rule.metadata.name} does not define` : 'no DestinationRule defines'}`,
        isNewer ? subsets : here('subset'),
        [isNewer ? here('subset') : subsets],
        rule,
        `subsets: ${names}`,
      ),
    ]
  }
  const pods = snapshot.podsSelected(wanted.namespace, service.spec?.selector)
  if (pods.length === 0 || pods.some((p) => matchesLabels(found.labels ?? {}, p.metadata.labels))) return []
  const labels = { object: refOf(rule), field: `${item('spec.subsets', 'name', subset)}.labels` }
  return [
    told(
      `sends to subset ${subset} of ${host}, and no pod has its labels`,
      labels,
      [here('subset')],
      rule,
      `${labels.field} = ${jsonText(found.labels ?? {})}`,
    ),
  ]
}

const isInternal = (host: string): boolean => !host.includes('.') || /\.svc(?:\.|$)/.test(host)
