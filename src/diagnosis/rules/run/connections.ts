import type { KubeObject } from '#cluster'
import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isCertainlyInCluster, serviceOfHost } from '../../snapshot/hosts.ts'
import { servicesAt } from '../../snapshot/public-hosts.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { LogHit } from '../logs/log-lines.ts'
import type { ContainerGroup } from './pods.ts'

/** The other end of a connection that a log line speaks of. */
export interface Peer {
  host: string
  port: number | null
  /** The Service that it is, when it is one and exists. */
  service: ObjectRef | null
  /** The Service that it would be; its namespace and name. null: an outside address. */
  wanted: { namespace: string; name: string } | null
  /** The Services of this cluster that an outside address leads back to, through an Ingress or a route. */
  behind: ObjectRef[]
}

const URL = /\b([a-z][a-z0-9+.-]{1,20}):\/\/(?:[^\s/@"']{1,100}@)?([\w.-]+)(?::(\d{2,5}))?/gi
/** What a URL of the outside means without a port. */
const portOutside = (host: string, scheme: string): number | null =>
  host.includes('.') && !/\.svc(?:\.|$)/.test(host) ? ({ http: 80, https: 443 }[scheme.toLowerCase()] ?? null) : null
const HOST_PORT =
  /(?<![\w./:-]|\(node:)\(?["'`]?((?:[a-z0-9](?:[-\w]*\w)?)(?:\.[a-z0-9](?:[-\w]*\w)?)*)["'`]?(?:\/[\d.:a-f]+)?(?::|["'`)]?,? (?:\([\d.]+\),? ?)?(?:on )?port:? ?)(\d{2,5})\b/gi
const NAMED =
  /\b(?:host|server|upstream|service|backend|to|from|lookup|resolve|calling|contacting|reach(?:ing)?|connect(?:ing)?(?: to)?|at|on)[ =:]+["'`]?([a-z][\w.-]*[a-z0-9])["'`]?/gi

/** Words that stand where a host could, unless a Service is really called so. */
const WORDS = new Set(
  'the a an any this it is be at on to line name server host database db port connection connect localhost tcp udp service backend upstream http https error failed address'.split(
    ' ',
  ),
)

/** Who a failing line talks to: named by the rule's own match, else by a URL, `host:port` or an address in the line or around it. */
export function hostsNear(snapshot: Snapshot, group: ContainerGroup<LogHit>, hit: LogHit): Peer[] {
  const namespace = group.workload.metadata.namespace ?? ''
  const found: { host: string; port: number | null }[] = []
  const named = hit.groups['host']
  if (named) found.push({ host: named, port: portOf(hit.line, named) })
  for (const line of [hit.line, ...hit.around]) {
    for (const [, scheme = '', host = '', port] of line.matchAll(URL))
      found.push({ host, port: port ? Number(port) : line === hit.line ? portOutside(host, scheme) : null })
    for (const m of line.matchAll(HOST_PORT)) found.push({ host: m[1]!, port: Number(m[2]) })
    if (line === hit.line) for (const m of line.matchAll(NAMED)) found.push({ host: m[1]!, port: null })
    if (found.some((f) => isUsable(snapshot, f.host, namespace))) break
  }
  const peers = new Map<string, Peer>()
  for (const { host, port } of found) {
    const peer = toPeer(snapshot, host.toLowerCase(), port, namespace)
    if (!peer || (!named && !isUsable(snapshot, peer.host, namespace) && port === null)) continue
    const known = peers.get(peer.service ? peer.service.name : peer.host)
    if (!known) peers.set(peer.service ? peer.service.name : peer.host, peer)
    else if (known.port === null) known.port = peer.port
  }
  const all = [...peers.values()]
  // A name tells more than the address that it was resolved to.
  return all.some((p) => !isAddress(p.host) || p.service) ? all.filter((p) => !isAddress(p.host) || p.service) : all
}

function portOf(line: string, host: string): number | null {
  const at = line.indexOf(`${host}:`)
  const port = at < 0 ? null : /^\d{2,5}\b/.exec(line.slice(at + host.length + 1))?.[0]
  return port ? Number(port) : null
}

const isAddress = (host: string): boolean => /^[\d.]+$|^\[?[\da-f:]+\]?$/.test(host) && /[.:]/.test(host)

/** Whether a host is sure to be one: it is a Service, or has a Service's full name. */
function isUsable(snapshot: Snapshot, host: string, namespace: string): boolean {
  if (isAddress(host)) return serviceAt(snapshot, host) !== undefined
  const wanted = serviceOfHost(host, namespace)
  return (wanted !== null && snapshot.get('Service', wanted.namespace, wanted.name) !== undefined) || /\.svc(\.|$)/.test(host)
}

const NO_HOST = /^(?:127\.|0\.0\.0\.0$|\d+$|\d{4}-\d\d-\d\dt\d\d$)|\.(?:go|js|py|java|rs|ts|rb|php|cs|c|cc|cpp)$/

function toPeer(snapshot: Snapshot, host: string, port: number | null, namespace: string): Peer | null {
  if (NO_HOST.test(host)) return null
  if (isAddress(host)) {
    const service = serviceAt(snapshot, host)
    return { host, port, service: service ? refOf(service) : null, wanted: null, behind: [] }
  }
  const wanted = serviceOfHost(host, namespace)
  const service = wanted && snapshot.get('Service', wanted.namespace, wanted.name)
  if (service) return { host, port, service: refOf(service), wanted, behind: [] }
  const isInside = wanted !== null && isCertainlyInCluster(host)
  return WORDS.has(host)
    ? null
    : { host, port, service: null, wanted: isInside ? wanted : null, behind: isInside ? [] : servicesAt(snapshot, host) }
}

function serviceAt(snapshot: Snapshot, address: string): KubeObject | undefined {
  const byAddress = snapshot.once(
    'service-by-address',
    () =>
      new Map(
        snapshot
          .all('Service')
          .flatMap((s) =>
            [s.spec?.clusterIP, ...(s.spec?.clusterIPs ?? [])].filter((ip) => ip && ip !== 'None').map((ip) => [ip as string, s] as const),
          ),
      ),
  )
  return byAddress.get(address)
}
