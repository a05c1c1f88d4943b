import type { KubeObject } from '#cluster'
import { condition, containersOf, type ContainerView } from './containers.ts'
import { time } from './events.ts'
import { quantity } from './quantity.ts'
import type { Snapshot } from './snapshot.ts'

const RESOURCES = { MemoryPressure: 'memory', DiskPressure: 'ephemeral-storage' } as const

/** A node that is short of a resource. */
export interface Pressed {
  node: KubeObject
  resource: (typeof RESOURCES)[keyof typeof RESOURCES]
  since: number | null
}

/** Nodes that are short of memory or disk. */
export const pressedNodes = (snapshot: Snapshot): Pressed[] =>
  snapshot.all('Node').flatMap((node) =>
    Object.entries(RESOURCES).flatMap(([type, resource]): Pressed[] => {
      const found = condition(node, type)
      return found?.status === 'True' ? [{ node, resource, since: time(found.lastTransitionTime) }] : []
    }),
  )

/** Containers on a node that may take more than a quarter of it. */
export function unbounded(snapshot: Snapshot, node: KubeObject, resource: string): ContainerView[] {
  const there = quantity(node.status?.allocatable?.[resource]) ?? Infinity
  const isFree = ({ spec }: ContainerView): boolean => (quantity(spec.resources?.limits?.[resource]) ?? Infinity) > there / 4
  return snapshot
    .podsOn(node.metadata.name)
    .filter((p) => p.status?.phase === 'Running')
    .flatMap(containersOf)
    .filter((view) => !view.init && view.running !== null && isFree(view))
}
