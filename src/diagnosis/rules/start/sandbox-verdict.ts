import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { KubeEvent } from '../../snapshot/events.ts'
import { isReady } from '../../snapshot/containers.ts'
import { podField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { NONE_LEFT, poolClosed, poolOf } from '../services/address-pools.ts'
import type { Verdict } from './verdict.ts'

/** Why a pod's sandbox, and with it its network, cannot be made on its node. */
export function judgeSandbox(snapshot: Snapshot, workload: KubeObject, pod: KubeObject, { message }: KubeEvent): Verdict {
  const node: ObjectRef = { apiVersion: 'v1', kind: 'Node', namespace: null, name: pod.spec.nodeName }
  const runtimeClass = /RuntimeHandler "([^"]+)" not supported|no runtime for "([^"]+)"/.exec(message)
  if (runtimeClass)
    return {
      says: `the node has no runtime ${runtimeClass[1] ?? runtimeClass[2]}`,
      cause: { object: refOf(workload), field: podField(workload, 'runtimeClassName') },
      directness: 0.9,
      mend: 'Use a runtime class that the nodes have',
    }
  // A plug-in with pools for the whole cluster; what a range of the node has given away is the node's.
  const pool = /\bpools?\b/i.test(message)
    ? (poolClosed(snapshot) ?? (NONE_LEFT.test(message) ? poolOf(snapshot, pod, message) : null))
    : null
  if (pool)
    return {
      says: `there is no address for it: ${message.slice(0, 160)}`,
      cause: pool,
      directness: 0.8,
      mend: 'Open the pool, or add addresses to it',
    }
  return {
    says: `its sandbox cannot be made on node ${node.name}: ${message.slice(0, 160)}`,
    cause: { object: node, field: null },
    directness: 0.6,
    open: true,
    blames: [node, ...agentsDownOn(snapshot, node.name)],
    mend: `Look at the network plug-in and the container runtime of node ${node.name}`,
  }
}

/** Agents on the node's own network that do not run there: the one that makes pods' networks is among them. */
function agentsDownOn(snapshot: Snapshot, node: string): ObjectRef[] {
  const down = snapshot.podsOn(node).filter((pod) => pod.spec?.hostNetwork && !isReady(pod))
  return [...new Set(down.map((pod) => snapshot.workloadOf(pod)))].filter((w) => w.kind === 'DaemonSet').map(refOf)
}
