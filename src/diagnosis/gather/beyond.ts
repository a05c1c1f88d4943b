import type { KubeObject } from '#cluster'
import { condition } from '../snapshot/containers.ts'
import { DNS_SERVICE } from '../snapshot/well-known.ts'
import { isAddressless } from '../rules/services/address-pools.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { ROUTES } from '../snapshot/kinds.ts'
import type { Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'
import type { Aim } from './aim.ts'

const WIDTH = 8
const MAX_READS = 40

/** What stands behind the API itself and before the Services, as far as something in the namespaces points at it. */
export async function readBeyond(eyes: Eyes, snapshot: Snapshot, isApi = false): Promise<void> {
  const isEnding = snapshot.all('Namespace').some((n) => n.metadata.deletionTimestamp)
  const isBlind = snapshot.all('HorizontalPodAutoscaler').some((h) => condition(h, 'ScalingActive')?.status === 'False')
  if (isEnding || isBlind || isApi) await eyes.list('APIService', null)
  if (isEnding || snapshot.containers.some((view) => saysConversion(snapshot, view))) await eyes.list('CustomResourceDefinition', null)
  if (snapshot.containers.some((view) => snapshot.log(view, false)?.some((line) => line.includes('failed calling webhook'))))
    await Promise.all([eyes.list('ValidatingWebhookConfiguration', null), eyes.list('MutatingWebhookConfiguration', null)])
  // A Gateway that takes routes of other namespaces does not say which.
  if (snapshot.all('Gateway').some(takesOthers)) await Promise.all(ROUTES.map((kind) => eyes.list(kind, null)))
  const routes = ROUTES.flatMap((kind) => snapshot.all(kind))
  const gateways = routes.flatMap((route) =>
    (route.spec?.parentRefs ?? []).map((ref: any) => ({ namespace: ref.namespace ?? route.metadata.namespace, name: ref.name })),
  )
  await mapLimited(gateways.slice(0, MAX_READS), WIDTH, ({ namespace, name }) => eyes.get('Gateway', namespace, name))
  const away = new Set(routes.flatMap((route) => backendNamespaces(route)))
  await mapLimited([...away].sort().slice(0, MAX_READS), WIDTH, (namespace) => eyes.list('ReferenceGrant', namespace))
  if (snapshot.all('Gateway').length > 0) await eyes.list('GatewayClass', null)
  if (snapshot.all('Gateway').some((gateway) => (gateway.spec?.listeners ?? []).some((l: any) => l.allowedRoutes?.namespaces?.selector)))
    await mapLimited([...new Set(routes.map((r) => r.metadata.namespace ?? ''))].slice(0, MAX_READS), WIDTH, (name) =>
      eyes.get('Namespace', null, name),
    )
  const certificates = snapshot
    .all('Gateway')
    .flatMap((gateway) =>
      (gateway.spec?.listeners ?? []).flatMap((l: any) =>
        (l.tls?.certificateRefs ?? []).map((ref: any) => ({ namespace: ref.namespace ?? gateway.metadata.namespace, name: ref.name })),
      ),
    )
  await mapLimited(certificates.slice(0, MAX_READS), WIDTH, ({ namespace, name }) => eyes.get('Secret', namespace, name))
  const { object: about } = snapshot.asked ?? {}
  const isBalancer = about?.kind === 'Service' && about.spec?.type === 'LoadBalancer'
  if (isBalancer) await eyes.list('Node', null)
  const isWanted = (plural: string): boolean =>
    (isBalancer && /advertisements$|announcementpolicies$/.test(plural)) ||
    (OF_ADDRESSES.test(plural) && snapshot.all('Service').some(isAddressless)) ||
    (/^prometheuse?s+$/.test(plural) && snapshot.customs.some((o) => o.kind === 'ServiceMonitor'))
  const types = (await eyes.customTypes()).filter((type) => isWanted(type.plural))
  await mapLimited(types, WIDTH, (type) => eyes.listCustom(type, null))
}

/** Custom kinds that give addresses to load balancers: pools of MetalLB, Cilium, PureLB and their kin. */
const OF_ADDRESSES = /(?:address|ip)pools?$|^servicegroups$/

const takesOthers = (gateway: KubeObject): boolean =>
  (gateway.spec?.listeners ?? []).some((l: any) => ['All', 'Selector'].includes(l.allowedRoutes?.namespaces?.from))

const saysConversion = (snapshot: Snapshot, view: Parameters<Snapshot['log']>[0]): boolean =>
  [true, false].some((previous) =>
    snapshot.log(view, previous)?.some((line) => line.includes('conversion webhook for') || line.includes('no matches for kind')),
  )

const backendNamespaces = (route: KubeObject): string[] =>
  (route.spec?.rules ?? [])
    .flatMap((rule: any) => rule.backendRefs ?? [])
    .map((ref: any) => ref.namespace)
    .filter((name: unknown) => typeof name === 'string' && name !== route.metadata.namespace)

/** Whether it belongs to a namespace that is looked at as a whole, and not only to a Gateway there. */
const isRead = (snapshot: Snapshot, route: KubeObject): boolean => snapshot.has('Pod', route.metadata.namespace ?? null)

/** Namespaces of the Services that serve an API that does not answer, or that a route sends to. */
export function beyondNamespaces(snapshot: Snapshot, aim: Aim): string[] {
  const isUnmeasured = snapshot
    .all('HorizontalPodAutoscaler')
    .some((h) => /^FailedGet(?:External|Object|Pods)Metric$/.test(condition(h, 'ScalingActive')?.reason ?? ''))
  const services = [
    ...snapshot
      .all('APIService')
      .filter(
        (api) => condition(api, 'Available')?.status !== 'True' || (isUnmeasured && String(api.spec?.group).endsWith('metrics.k8s.io')),
      )
      .map((api) => api.spec?.service?.namespace),
    ...snapshot.all('CustomResourceDefinition').map((crd) => crd.spec?.conversion?.webhook?.clientConfig?.service?.namespace),
    ...ROUTES.flatMap((kind) => snapshot.all(kind))
      .filter((route) => isRead(snapshot, route) || aim.parts.includes(route))
      .flatMap((route) => [route.metadata.namespace, ...backendNamespaces(route)]),
  ]
  const isBehind = [...snapshot.all('Deployment'), ...snapshot.all('StatefulSet'), ...snapshot.all('DaemonSet')].some(
    (w) => Number(w.metadata['generation'] ?? 0) > Number(w.status?.observedGeneration ?? 0),
  )
  const isCloudless = snapshot.all('Service').some(isAddressless)
  if (isBehind || isCloudless) services.push(DNS_SERVICE.namespace)
  if (isCloudless)
    services.push(...snapshot.customs.filter((o) => OF_ADDRESSES.test(`${o.kind.toLowerCase()}s`)).map((o) => o.metadata.namespace))
  return [...new Set(services.filter((name): name is string => typeof name === 'string'))].sort().slice(0, MAX_READS)
}
