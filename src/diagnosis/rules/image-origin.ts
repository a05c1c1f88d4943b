import { refOf, type KubeObject } from '#cluster'
import { containerSpec } from '../snapshot/field-path.ts'
import { serviceOfHost } from '../snapshot/hosts.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import { holdsWord } from '../snapshot/settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Place } from './rule.ts'

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

/** A registry within the cluster: its Service. */
export function registryOf(snapshot: Snapshot, image: string): KubeObject | undefined {
  const host = image.split('/')[0]!.replace(/:\d+$/, '')
  const service = image.includes('/') && /\.svc(?:\.|$)/.test(host) ? serviceOfHost(host, '') : null
  return service ? snapshot.get('Service', service.namespace, service.name) : undefined
}
