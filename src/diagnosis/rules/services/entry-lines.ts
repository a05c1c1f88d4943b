import { refOf, type KubeObject } from '#cluster'
import { containersOf } from '../../snapshot/containers.ts'
import { hostsOf, proxiesOf, servicesOf } from '../../snapshot/entry.ts'
import { ROUTES } from '../../snapshot/kinds.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { settingsCalled } from '../../snapshot/named-settings.ts'
import { OF_ALL } from '../logs/limit-words-entry.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Seen } from '../rule.ts'
import { settingsOfEntry } from './entry-settings.ts'

/** A line of a proxy's log. */
export interface EntryLine {
  text: string
  ref: string
}

/** An Ingress or route with the programs that let its requests in, and what they say of it. */
export interface HeardEntry {
  entry: KubeObject
  /** Ingresses that take requests of the same hosts and paths, or a share of them. */
  rivals: KubeObject[]
  proxies: KubeObject[]
  lines: EntryLine[]
}

/** Fewer lines than this may be anything. */
export const FEWEST = 3
/** The status of an answer in the access logs of nginx, Traefik, Envoy and HAProxy. */
const STATUS = /" (\d{3}) |"(?:status|DownstreamStatus|response_code|status_code)":\s*"?(\d{3})|HTTP\/[\d.]+" (\d{3})\b/

export const heardEntries = (snapshot: Snapshot): HeardEntry[] =>
  snapshot.once('heard-entries', () =>
    [...snapshot.all('Ingress'), ...ROUTES.flatMap((kind) => snapshot.all(kind))].map((entry) => heard(snapshot, entry)),
  )

function heard(snapshot: Snapshot, entry: KubeObject): HeardEntry {
  const proxies = proxiesOf(snapshot, entry)
  const lines = proxies
    .flatMap((proxy) => snapshot.podsOf(proxy).flatMap(containersOf))
    .flatMap((view) => {
      const ref = `log/${view.pod.metadata.namespace}/${view.pod.metadata.name}/${view.name}`
      return (snapshot.log(view, false) ?? []).map((text) => ({ text, ref }))
    })
  const rivals = rivalsOf(snapshot, entry)
  return { entry, rivals, proxies, lines: lines.filter(({ text }) => [entry, ...rivals].some((one) => speaksOf(one, text))) }
}

const placesOf = (entry: KubeObject): string[] =>
  (entry.spec?.rules ?? []).flatMap((rule: any) => (rule.http?.paths ?? []).map((path: any) => `${rule.host ?? ''}${path.path ?? '/'}`))

function rivalsOf(snapshot: Snapshot, entry: KubeObject): KubeObject[] {
  if (entry.kind !== 'Ingress') return []
  const places = new Set(placesOf(entry))
  return snapshot.all('Ingress').filter((other) => other !== entry && placesOf(other).some((place) => places.has(place)))
}

export const statusIn = (text: string): string | undefined => STATUS.exec(text)?.slice(1).find(Boolean)

/** A controller names an object so; where it does not, an annotation of which it speaks tells whose it is. */
const OF_ONE = /"[a-z0-9.-]+\/[a-z0-9.-]+"/

/** A line of a proxy that is about an entry: it names one of its hosts, or the Service that it sends to as the proxies call it. */
function speaksOf(entry: KubeObject, text: string): boolean {
  if (OF_ALL.test(text)) return true
  if (hostsOf(entry).some((host) => text.includes(host.replace(/^\*/, '')))) return true
  const { name, namespace } = entry.metadata
  if ((entry.spec?.tls ?? []).some((t: any) => t.secretName && text.includes(`${namespace}/${t.secretName}`))) return true
  if (text.includes(`"${namespace}/${name}"`) || (text.includes(`namespace="${namespace}"`) && text.includes(`="${name}"`))) return true
  if (/\bannotation/i.test(text) && !OF_ONE.test(text)) return settingsCalled(settingsOfEntry(entry), text).length > 0
  return servicesOf(entry).some(
    (s) =>
      text.includes(`${s.namespace}-${s.name}-`) ||
      text.includes(`/${s.namespace}/${s.name}`) ||
      text.includes(`${s.namespace}_${s.name}_`),
  )
}

/** Requests of an entry fail: what the proxy says, and what is behind it. Counts only where somebody asks. */
export function entryFails(
  { entry }: HeardEntry,
  says: string,
  cause: Place,
  directness: number,
  line: EntryLine,
  proof: string,
  more: Partial<Seen> = {},
): Seen {
  const text = line.text.trim()
  return {
    on: refOf(entry),
    failure: 'entry',
    severity: 'critical',
    summary: `${entry.kind} ${entry.metadata.namespace}/${entry.metadata.name}: ${says}`,
    evidence: [{ source: 'log', ref: line.ref, text }, fromObject(entry, proof)],
    cause,
    directness,
    tentative: true,
    recommendations: [advise(`Correct ${cause.field}`, text.slice(0, 200))],
    ...more,
  }
}
