import { groupOf, type KubeObject } from '#cluster'
import { controllersOf } from './controllers.ts'
import { isKind, KINDS, ROUTES } from './kinds.ts'
import { podSpecOf } from './field-path.ts'
import { leavesOf, type Leaf } from './leaves.ts'
import { matchesLabels, nearest } from './selectors.ts'
import { wordsOf } from './named-settings.ts'
import type { Snapshot } from './snapshot.ts'

/** How requests come into a namespace: Ingresses and routes, the Services that they send to, and the programs that let them in. */

/** Ingresses and routes that send to a workload's pods or to a Service. */
export function entriesTo(snapshot: Snapshot, object: KubeObject, workloads: readonly KubeObject[]): KubeObject[] {
  const namespace = object.metadata.namespace ?? ''
  const services = servicesBefore(snapshot, object, workloads)
  if (services.length === 0) return []
  const entries = [...snapshot.all('Ingress', namespace), ...ROUTES.flatMap((kind) => snapshot.all(kind))]
  return entries.filter((entry) => servicesOf(entry).some((s) => s.namespace === namespace && services.includes(s.name)))
}

/** Services of a namespace through which a Service's or a workload's pods are called. */
function servicesBefore(snapshot: Snapshot, object: KubeObject, workloads: readonly KubeObject[]): string[] {
  const labels = workloads.map((w) => (w.kind === 'Pod' ? w.metadata.labels : w.spec?.template?.metadata?.labels) ?? {})
  return snapshot
    .all('Service', object.metadata.namespace ?? '')
    .filter(
      (s) => s === object || (Object.keys(s.spec?.selector ?? {}).length > 0 && labels.some((l) => matchesLabels(s.spec.selector, l))),
    )
    .map((s) => s.metadata.name)
}

/** Custom resources of the namespace that send to them: routes of proxies and meshes. */
export function customsOnto(snapshot: Snapshot, object: KubeObject, workloads: readonly KubeObject[]): KubeObject[] {
  const { namespace } = object.metadata
  const services = new Set(servicesBefore(snapshot, object, workloads))
  return services.size === 0
    ? []
    : snapshot.customs.filter(
        (o) =>
          o.metadata.namespace === namespace &&
          leavesOf(o.spec ?? {}, '').some(
            (l) =>
              /^(?:name|service|serviceName|host|backend)$/.test(l.key) &&
              (services.has(l.value.split('.')[0]!) || isMeant(snapshot, namespace ?? '', l, [...services])),
          ),
      )
}

/** A Service that does not exist is written for one that is called nearly so. */
const isMeant = (snapshot: Snapshot, namespace: string, { field, value }: Leaf, services: readonly string[]): boolean =>
  /services?\b/i.test(field) && !snapshot.get('Service', namespace, value) && nearest(value, services) !== undefined

/** Services that an Ingress or a route sends to. */
export function servicesOf(entry: KubeObject): { namespace: string; name: string }[] {
  const namespace = entry.metadata.namespace ?? ''
  const rules: any[] = entry.spec?.rules ?? []
  if (entry.kind !== 'Ingress')
    return rules
      .flatMap((rule) => rule.backendRefs ?? [])
      .filter((ref: any) => (ref.kind ?? 'Service') === 'Service')
      .map((ref: any) => ({ namespace: ref.namespace ?? namespace, name: String(ref.name) }))
  const backends = [entry.spec?.defaultBackend, ...rules.flatMap((rule) => rule.http?.paths ?? []).map((path: any) => path.backend)]
  const names = backends.map((b) => b?.service?.name).filter((n): n is string => typeof n === 'string')
  return [...new Set(names)].map((name) => ({ namespace, name }))
}

export const hostsOf = (entry: KubeObject): string[] =>
  (entry.kind === 'Ingress' ? (entry.spec?.rules ?? []).map((r: any) => r.host) : (entry.spec?.hostnames ?? [])).filter(
    (h: unknown) => typeof h === 'string' && h !== '',
  )

/** Words by which the programs behind an entry can be told: its class, the class' controller, the name of the Gateway. */
export function classWords(snapshot: Snapshot, entry: KubeObject): string[] {
  if (entry.kind === 'Gateway') return [entry.metadata.name]
  if (entry.kind !== 'Ingress') return (entry.spec?.parentRefs ?? []).map((ref: any) => String(ref.name))
  const name = entry.spec?.ingressClassName ?? entry.metadata.annotations?.['kubernetes.io/ingress.class']
  const known = name ? snapshot.all('IngressClass').filter((c) => c.metadata.name === name) : snapshot.all('IngressClass')
  return [...(name ? [name] : []), ...known.flatMap((c) => String(c.spec?.controller ?? '').split('/'))]
    .map(wordsOf)
    .filter((word) => word !== '' && !/^(?:k8s io|public|default|ingress|ingress controller|[\w ]+ (?:com|org|io))$/.test(word))
}

const LETS_IN = /\b(?:ingress|gateway|proxy|envoy|traefik|haproxy|nginx|kong|contour)\b/

/** Whether a workload lets requests in for one of these classes: it says so in its images, arguments, name or labels. */
export function letsIn(workload: KubeObject, words: readonly string[]): boolean {
  const template = workload.spec?.template
  const labels = Object.entries<string>(template?.metadata?.labels ?? {})
  if (labels.some(([key, value]) => /gateway/.test(key) && words.includes(value))) return true
  const own = (podSpecOf(workload)?.containers ?? []).flatMap((c: any) => [c.image ?? '', ...(c.command ?? []), ...(c.args ?? [])])
  const text = wordsOf([workload.metadata.name, ...labels.map(([, value]) => value), ...own].join(' '))
  return (
    LETS_IN.test(text) &&
    words.some((word) => ` ${text} `.includes(` ${wordsOf(word)} `)) &&
    /\b(?:ingress|gateway|traefik|kong|contour)\b/.test(text)
  )
}

/** Those programs, as far as their namespaces were read: told by their words, or by what RBAC lets them write. */
export const proxiesOf = (snapshot: Snapshot, entry: KubeObject): KubeObject[] => {
  const words = classWords(snapshot, entry)
  const type = isKind(entry.kind) ? KINDS[entry.kind] : undefined
  const byRights = type ? controllersOf(snapshot, { group: groupOf(type.apiVersion), resource: type.plural }) : []
  const byWords = snapshot.workloads.filter((w) => (w.kind === 'Deployment' || w.kind === 'DaemonSet') && letsIn(w, words))
  return [...new Set([...byWords, ...byRights])]
}
