import { refOf, type KubeObject } from '#cluster'
import { dutyOf, lacksNetwork } from '../../snapshot/agents.ts'
import { condition, isReady } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

export const nodeNotReady: Rule = {
  id: 'node-not-ready',
  title: 'A node is not ready',
  means:
    'The node’s kubelet reports that it cannot run pods, or reports nothing any more. Its pods are taken out of service and later evicted.',
  looksAt: 'The Ready condition of nodes, and their events.',
  mend: 'Bring the machine or its kubelet back: power, network, disk, the container runtime, the network plug-in.',
  look: (snapshot) =>
    snapshot
      .all('Node')
      .map((node) => notReady(snapshot, node))
      .filter((s) => s !== null),
}

function notReady(snapshot: Snapshot, node: KubeObject): Seen | null {
  const ready = condition(node, 'Ready')
  if (!ready || ready.status === 'True') return null
  const pods = snapshot.podsOn(node.metadata.name).length
  const silent = ready.status === 'Unknown'
  const event = snapshot.eventsOf(node).find((e) => e.type === 'Warning')
  return {
    on: refOf(node),
    failure: 'node',
    severity: 'critical',
    summary: `Node ${node.metadata.name} is not ready: ${silent ? 'its kubelet has stopped reporting' : (ready.message ?? ready.reason)}${pods > 0 ? `; ${pods} of the pods that were looked at are on it` : ''}`,
    evidence: [fromObject(node, `Ready = ${ready.status}: ${ready.reason}: ${ready.message ?? ''}`), ...(event ? [fromEvent(event)] : [])],
    cause: { object: refOf(node), field: null },
    since: time(ready.lastTransitionTime),
    // Its network is brought by somebody else, mostly.
    directness: lacksNetwork(node) ? 0.74 : 0.88,
    blames: lacksNetwork(node) ? agentsOff(snapshot, node).map(refOf) : [],
    recommendations: [inspect('Look at the node', 'Its kubelet and its machine say more.', `kubectl describe node ${node.metadata.name}`)],
  }
}

/** Agents that could bring its network and have no ready pod on it; those that mount the CNI's folders, if any do. */
export function agentsOff(snapshot: Snapshot, node: KubeObject): KubeObject[] {
  const off = snapshot
    .all('DaemonSet')
    .filter((set) => !snapshot.podsOf(set).some((p) => p.spec?.nodeName === node.metadata.name && isReady(p)))
  const network = off.filter((set) => dutyOf(set) === 'network')
  return network.length > 0 ? network : off.filter((set) => dutyOf(set) === 'host')
}
