import { refOf, type KubeObject } from '#cluster'
import { dutyOf, lacksNetwork } from '../snapshot/agents.ts'
import { condition, isReady } from '../snapshot/containers.ts'
import { time } from '../snapshot/events.ts'
import { NODE_PROBLEMS } from '../snapshot/well-known.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { hogsOn } from './hog.ts'
import type { ObjectRef } from '#kinds/result'
import { unbounded } from '../snapshot/pressure.ts'
import { inspect } from './recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from './rule.ts'

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
function agentsOff(snapshot: Snapshot, node: KubeObject): KubeObject[] {
  const off = snapshot
    .all('DaemonSet')
    .filter((set) => !snapshot.podsOf(set).some((p) => p.spec?.nodeName === node.metadata.name && isReady(p)))
  const network = off.filter((set) => dutyOf(set) === 'network')
  return network.length > 0 ? network : off.filter((set) => dutyOf(set) === 'host')
}

/** Workloads on the node that nothing keeps from taking all of a resource: if one shows that it grew, it is the one. */
const freeOn = (snapshot: Snapshot, node: KubeObject, resource: string | undefined): ObjectRef[] =>
  resource === undefined ? [] : [...new Set(unbounded(snapshot, node, resource).map((v) => snapshot.workloadOf(v.pod)))].map(refOf)

/** Conditions of a node that are well when False; Ready is the only one that is well when True. */
const PRESSURES: Readonly<Record<string, string>> = {
  MemoryPressure: 'is short of memory',
  DiskPressure: 'is short of disk',
  PIDPressure: 'is short of process ids',
  NetworkUnavailable: 'has no network for pods',
}

/** What the kubelet calls the resource when it evicts for it. */
const RESOURCES: Readonly<Record<string, string>> = { MemoryPressure: 'memory', DiskPressure: 'ephemeral-storage' }

/** What a detector of one's own reports: conditions that tell of trouble in their names or reasons. */
const TELLS =
  /problem|fail|full|error|hang|hung|dead|corrupt|drop|lost|unhealthy|readonly|read-only|shutdown|pressure|exhaust|unresponsive|NotReady|unavailable|broken|stuck|degraded|leak|skew|out-?of|unsync|expired|throttl|mismatch/i
const othersOf = (node: KubeObject): Record<string, string> =>
  Object.fromEntries(
    ((node.status?.conditions ?? []) as any[])
      .filter(
        (c) =>
          c?.status === 'True' &&
          c.type !== 'Ready' &&
          TELLS.test(`${c.type} ${c.reason ?? ''}`) &&
          !/^(?:No|Not)[A-Z]/.test(c.reason ?? ''),
      )
      .map((c) => [String(c.type), `reports ${c.type}: ${c.message ?? c.reason ?? ''}`]),
  )

export const nodePressure: Rule = {
  id: 'node-pressure',
  title: 'A node is short of memory, disk or process ids',
  means: 'The kubelet evicts pods and takes no new ones until the pressure ends.',
  looksAt: 'The conditions MemoryPressure, DiskPressure, PIDPressure and NetworkUnavailable of nodes, and those of a problem detector.',
  mend: 'Free the resource (images, logs, a pod without limits), or make the node larger.',
  look: (snapshot) =>
    snapshot.all('Node').flatMap((node) =>
      Object.entries({ ...othersOf(node), ...PRESSURES, ...NODE_PROBLEMS }).flatMap(([type, says]): Seen[] => {
        const found = condition(node, type)
        if (found?.status !== 'True') return []
        const object = refOf(node)
        return [
          {
            on: object,
            failure: 'node',
            severity: 'critical',
            summary: `Node ${node.metadata.name} ${says}`,
            evidence: [fromObject(node, `${type} = True: ${found.reason ?? ''}: ${found.message ?? ''}`)],
            cause: { object, field: null },
            since: time(found.lastTransitionTime),
            directness: 0.82,
            blames: [
              ...hogsOn(snapshot, node.metadata.name, RESOURCES[type] ?? ''),
              ...freeOn(snapshot, node, RESOURCES[type]),
              ...(type === 'NetworkUnavailable' ? agentsOff(snapshot, node).map(refOf) : []),
            ],
            recommendations: [
              inspect('See what uses it', 'The largest users are evicted first.', `kubectl describe node ${node.metadata.name}`),
            ],
          },
        ]
      }),
    ),
}
