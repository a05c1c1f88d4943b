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
  /** Only the alert says so: the kubelet has not begun to evict. */
  isTold: boolean
}

/** Nodes that are short of memory or disk, by their own conditions or by an alert about the node. */
export const pressedNodes = (snapshot: Snapshot): Pressed[] => {
  const found = byCondition(snapshot)
  return found.length > 0 ? found : byAlert(snapshot)
}

const MEASURED = {
  memory: /memory|swap/i,
  'ephemeral-storage': /file ?system|disk (?:space|usage|is)|out ?of ?space|space left|inode/i,
} as const

function byAlert({ asked }: Snapshot): Pressed[] {
  if (asked?.object?.kind !== 'Node') return []
  const { object: node, startsAt: since } = asked
  const text = [asked.labels['alertname'] ?? '', ...Object.values(asked.annotations)].join(' ')
  return Object.entries(MEASURED).flatMap(([resource, pattern]): Pressed[] =>
    pattern.test(text) ? [{ node, resource: resource as Pressed['resource'], since, isTold: true }] : [],
  )
}

const byCondition = (snapshot: Snapshot): Pressed[] =>
  snapshot.all('Node').flatMap((node) =>
    Object.entries(RESOURCES).flatMap(([type, resource]): Pressed[] => {
      const found = condition(node, type)
      return found?.status === 'True' ? [{ node, resource, since: time(found.lastTransitionTime), isTold: false }] : []
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
