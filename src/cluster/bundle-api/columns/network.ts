import type { KubeObject } from '../../reader.ts'
import { age, column, joined, labelsText, NONE, selectorText, wide, type Column } from './format.ts'

export const serviceColumns: Column[] = [
  column('Type', (svc) => svc.spec?.type ?? 'ClusterIP'),
  column('Cluster-IP', (svc) => svc.spec?.clusterIPs?.[0] ?? svc.spec?.clusterIP ?? NONE),
  column('External-IP', externalIp),
  column('Port(s)', (svc) =>
    joined((svc.spec?.ports ?? []).map((p: any) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol ?? 'TCP'}`)),
  ),
  age,
  wide('Selector', (svc) => labelsText(svc.spec?.selector)),
]

const balancerAddresses = (object: KubeObject): string[] =>
  (object.status?.loadBalancer?.ingress ?? []).map((ingress: any) => ingress.ip || ingress.hostname).filter(Boolean)

function externalIp(service: KubeObject): string {
  const { type, externalIPs = [], externalName } = service.spec ?? {}
  if (type === 'ExternalName') return externalName
  if (type !== 'LoadBalancer') return joined(externalIPs)
  const all = [...balancerAddresses(service), ...externalIPs]
  return all.length > 0 ? all.join(',') : '<pending>'
}

export const ingressColumns: Column[] = [
  column('Class', (ing) => ing.spec?.ingressClassName ?? ing.metadata.annotations?.['kubernetes.io/ingress.class'] ?? NONE),
  column('Hosts', (ing) => {
    const hosts = (ing.spec?.rules ?? []).map((rule: any) => rule.host || '*')
    return hosts.length === 0 ? '*' : atMostThree(hosts)
  }),
  column('Address', (ing) => balancerAddresses(ing).join(',')),
  column('Ports', (ing) => ((ing.spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
  age,
]

/** Also of IngressClasses: which controller acts on them. */
export const ingressClassColumns: Column[] = [
  column('Controller', (ic) => ic.spec?.controller ?? ''),
  column('Parameters', ({ spec }) => {
    const { apiGroup, kind, name } = spec?.parameters ?? {}
    return name === undefined ? NONE : `${kind}${apiGroup ? `.${apiGroup}` : ''}/${name}`
  }),
  age,
]

export const networkPolicyColumns: Column[] = [column('Pod-Selector', (np) => selectorText(np.spec?.podSelector)), age]

function atMostThree(values: string[], separator = ','): string {
  const more = values.length - 3
  return more > 0 ? `${values.slice(0, 3).join(separator)} + ${more} more...` : values.join(separator)
}

const addressWithPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)

export const endpointsColumns: Column[] = [
  column('Endpoints', (endpoints) => {
    const all = (endpoints['subsets'] ?? []).flatMap(({ addresses = [], ports = [] }: any) =>
      ports.length === 0
        ? addresses.map(({ ip }: any) => ip)
        : ports.flatMap(({ port }: any) => addresses.map(({ ip }: any) => addressWithPort(ip, port))),
    )
    return (endpoints['subsets'] ?? []).length === 0 ? NONE : atMostThree(all)
  }),
  age,
]

export const endpointSliceColumns: Column[] = [
  column('AddressType', (slice) => slice['addressType']),
  column('Ports', (slice) => {
    const ports = (slice['ports'] ?? []).map(({ name, port }: any) => port ?? name)
    return ports.length === 0 ? '<unset>' : atMostThree(ports)
  }),
  column('Endpoints', (slice) => {
    const all = (slice['endpoints'] ?? []).flatMap(({ addresses }: any) => addresses ?? [])
    return all.length === 0 ? '<unset>' : atMostThree(all)
  }),
  age,
]
