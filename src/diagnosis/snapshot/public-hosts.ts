import type { KubeObject } from '#cluster'
import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { hostsOf, servicesOf } from './entry.ts'
import { ROUTES } from './kinds.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * Names of the outside that lead back into the cluster: a program that is told `https://sso.example.com`, or an image of `registry.example.com`, may
 * mean what an Ingress or a route of this very cluster leads to.
 */
export function servicesAt(snapshot: Snapshot, host: string): ObjectRef[] {
  if (!host.includes('.') || /\.svc(?:\.|$)/.test(host)) return []
  const entries = snapshot.once('entries-with-hosts', () => [...snapshot.all('Ingress'), ...ROUTES.flatMap((kind) => snapshot.all(kind))])
  const services = entries.filter((entry) => leadsTo(entry, host)).flatMap(servicesOf)
  return [...new Map(services.map((s) => [`${s.namespace}/${s.name}`, s])).values()].flatMap((s) => {
    const found = snapshot.get('Service', s.namespace, s.name)
    return found ? [refOf(found)] : []
  })
}

/** Whether an entry is for a host, also by a wildcard. */
export const leadsTo = (entry: KubeObject, host: string): boolean =>
  hostsOf(entry).some(
    (known) =>
      known === host || (known.startsWith('*.') && host.endsWith(known.slice(1)) && !host.slice(0, 1 - known.length).includes('.')),
  )
