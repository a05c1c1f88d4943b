import { refOf, type KubeObject } from '#cluster'
import { containerSpec } from '../../snapshot/field-path.ts'
import { serviceOfHost } from '../../snapshot/hosts.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { servicesAt } from '../../snapshot/public-hosts.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { ObjectRef } from '#kinds/result'
import type { Place } from '../rule.ts'

/** The pod has another image than its template: a policy that names the registry rewrites images. */
export function rewriterOf(snapshot: Snapshot, workload: KubeObject, container: string, image: string): Place | null {
  const asked = containerSpec(workload, container)?.spec.image
  const registry = image.split('/')[0]!
  if (workload.kind === 'Pod' || asked === undefined || asked === image || String(asked).startsWith(`${registry}/`)) return null
  for (const custom of snapshot.customs) {
    const leaf = leavesOf(custom.spec ?? {}, 'spec').find((l) => holdsWord(l.value, registry))
    if (leaf) return { object: refOf(custom), field: leaf.field }
  }
  return null
}

/** A registry within the cluster, also one that is called by a public name: its Services. */
export function registriesOf(snapshot: Snapshot, image: string, said = ''): ObjectRef[] {
  const host = image.split('/')[0]!.replace(/:\d+$/, '')
  const named = image.includes('/') && /\.svc(?:\.|$)/.test(host) ? serviceOfHost(host, '') : null
  const service = named && snapshot.get('Service', named.namespace, named.name)
  if (service) return [refOf(service)]
  // A mirror is asked in its place, by another name.
  const asked = [...said.matchAll(/https?:\/\/([\w.-]+)/g)].map((m) => m[1]!)
  return [...(image.includes('/') ? [host] : []), ...asked].map((one) => servicesAt(snapshot, one)).find((found) => found.length > 0) ?? []
}
