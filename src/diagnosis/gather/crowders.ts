import { condition } from '../snapshot/containers.ts'
import { time } from '../snapshot/events.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { askedBy, cameBefore } from '../rules/scheduling/crowding.ts'
import { isWanted } from '../rules/scheduling/placement-nodes.ts'
import type { Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'

const MAX_NODES = 12
const MAX_NAMESPACES = 2
const WIDTH = 8

/** Namespaces whose pods took most of what a waiting pod lacks, not long before it was made. */
export async function crowdingNamespaces(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  const pod = snapshot
    .all('Pod')
    .find((p) => p.status?.phase === 'Pending' && !p.spec?.nodeName && /Insufficient/.test(condition(p, 'PodScheduled')?.message ?? ''))
  const resource = /Insufficient ([\w./-]+?)[.,]?(?:\s|$)/.exec(condition(pod ?? ({} as any), 'PodScheduled')?.message ?? '')?.[1]
  const made = time(pod?.metadata.creationTimestamp)
  if (!pod || !resource || made === null) return []
  const nodes = snapshot
    .all('Node')
    .filter((n) => isWanted(pod.spec, n))
    .slice(0, MAX_NODES)
  const pods = (await mapLimited(nodes, WIDTH, (n) => eyes.peek('Pod', { 'spec.nodeName': n.metadata.name }))).flat()
  const taken = new Map<string, number>()
  for (const other of pods)
    if (cameBefore(other, made)) {
      const namespace = other.metadata.namespace ?? ''
      taken.set(namespace, (taken.get(namespace) ?? 0) + askedBy(other, resource))
    }
  return [...taken]
    .filter(([, amount]) => amount > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MAX_NAMESPACES)
    .map(([name]) => name)
}
