import type { KubeObject } from '#cluster'
import { condition } from './containers.ts'
import { podSpecOf } from './field-path.ts'
import type { Snapshot } from './snapshot.ts'

/** What a DaemonSet does for its node, told by what it mounts of it. */
export type Duty = 'network' | 'storage' | 'devices' | 'host'

const paths = (set: KubeObject): string[] =>
  (podSpecOf(set)?.volumes ?? []).map((v: any) => v.hostPath?.path).filter((path: unknown) => typeof path === 'string')

/** null: an agent that its node can do without. */
export function dutyOf(set: KubeObject): Duty | null {
  const all = paths(set)
  if (all.some((path) => /\/cni(?:\/|$)/.test(path))) return 'network'
  if (all.some((path) => path.includes('/device-plugins'))) return 'devices'
  if (all.some((path) => /\/kubelet\/(?:plugins|plugins_registry|pods)?(?:\/|$)/.test(`${path}/`))) return 'storage'
  return podSpecOf(set)?.hostNetwork ? 'host' : null
}

/** Whether a node says that its pods have no network. */
export function lacksNetwork(node: KubeObject): boolean {
  if (condition(node, 'NetworkUnavailable')?.status === 'True') return true
  const ready = condition(node, 'Ready')
  return ready?.status === 'False' && /network|cni/i.test(String(ready.message ?? ''))
}

/** Nodes without a pod of a DaemonSet that has pods on others; those that are gone or silent do not count. */
export function nodesWithout(snapshot: Snapshot, set: KubeObject): KubeObject[] {
  const on = new Set(snapshot.podsOf(set).map((p) => p.spec?.nodeName))
  return snapshot.all('Node').filter((node) => !on.has(node.metadata.name) && condition(node, 'Ready')?.status !== 'Unknown')
}
