import type { KubeObject } from '#cluster'
import type { ContainerView } from '../snapshot/containers.ts'
import { hostsIn } from '../snapshot/hosts.ts'
import { ROUTES } from '../snapshot/kinds.ts'
import { leadsTo } from '../snapshot/public-hosts.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { registriesOf } from '../rules/start/image-origin.ts'
import type { Eyes } from './eyes.ts'

const MAX_HOSTS = 60
const MAX_NAMESPACES = 3

/** Namespaces of the Ingresses and routes of this cluster to which names of the outside lead: in texts, and in images that cannot be pulled. */
export async function publicNamespaces(eyes: Eyes, snapshot: Snapshot, texts: readonly string[]): Promise<string[]> {
  const named = [...texts, ...unpulled(snapshot)].flatMap(hostsIn).map((h) => h.host)
  const hosts = [...new Set(named)].filter(isPublic).slice(0, MAX_HOSTS)
  if (hosts.length === 0) return []
  const entries: KubeObject[] = (await Promise.all((['Ingress', ...ROUTES] as const).map((kind) => eyes.peek(kind)))).flat()
  const found = entries.filter((entry) => hosts.some((host) => leadsTo(entry, host))).map((entry) => entry.metadata.namespace ?? '')
  return [...new Set(found)].sort().slice(0, MAX_NAMESPACES)
}

const isPublic = (host: string): boolean =>
  /\.[a-z][a-z-]+$/.test(host) && !/\.(?:svc|local|go|js|py|java|rs|ts|rb|php|json|ya?ml|conf|log)$/.test(host)

const unpulled = (snapshot: Snapshot): string[] =>
  notPulled(snapshot).flatMap((view) => [String(view.spec.image).split('/')[0]!, view.waiting?.message ?? ''])

const notPulled = (snapshot: Snapshot): ContainerView[] =>
  snapshot.containers.filter((view) => /ImagePull|RegistryUnavailable/.test(view.waiting?.reason ?? ''))

/** Workloads of this cluster that keep images that cannot be pulled. */
export const registries = (snapshot: Snapshot): KubeObject[] => {
  const services = notPulled(snapshot).flatMap((view) => registriesOf(snapshot, String(view.spec.image), view.waiting?.message))
  const pods = services.flatMap((s) =>
    snapshot.podsSelected(s.namespace ?? '', snapshot.get('Service', s.namespace, s.name)?.spec?.selector),
  )
  return [...new Set(pods.map((pod) => snapshot.workloadOf(pod)))]
}
