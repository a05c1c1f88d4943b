import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { unbounded } from '../../snapshot/pressure.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { NODE_PROBLEMS } from '../../snapshot/well-known.ts'
import { hogsOn } from '../run/hog.ts'
import { agentsOff } from './node-trouble.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

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
