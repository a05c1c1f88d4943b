import { refOf, type KubeObject } from '#cluster'
import { pressedNodes, unbounded } from '../snapshot/pressure.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'

const MAX_NODES = 2
const MAX_NAMESPACES = 4

/** Namespaces of pods that nothing holds, on nodes that run short. */
export async function pressedNamespaces(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  const found = new Map<string, number>()
  for (const { node, resource } of pressedNodes(snapshot).slice(0, MAX_NODES))
    for (const pod of await eyes.peek('Pod', { 'spec.nodeName': refOf(node).name })) {
      const isFree = (pod.spec?.containers ?? []).some((c: any) => c.resources?.limits?.[resource] === undefined)
      const namespace = pod.metadata.namespace ?? ''
      if (isFree && pod.status?.phase === 'Running') found.set(namespace, (found.get(namespace) ?? 0) + 1)
    }
  return [...found.keys()].sort().slice(0, MAX_NAMESPACES)
}

/** Workloads with such pods, whose logs may say that they grow. */
export const growing = (snapshot: Snapshot): KubeObject[] => [
  ...new Set(
    pressedNodes(snapshot)
      .slice(0, MAX_NODES)
      .flatMap(({ node, resource }) => unbounded(snapshot, node, resource).map((v) => snapshot.workloadOf(v.pod))),
  ),
]

/** The node whose pods' logs matter most; null: none more than another. */
export const pressedNode = (snapshot: Snapshot): string | null => pressedNodes(snapshot)[0]?.node.metadata.name ?? null
