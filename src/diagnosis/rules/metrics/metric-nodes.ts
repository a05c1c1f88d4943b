import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { Sample } from '../../snapshot/metrics.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

/** Each conspicuous sample with the Node that it is of. */
const nodesOf = (snapshot: Snapshot, samples: readonly Sample[]): { node: KubeObject; sample: Sample }[] =>
  samples.flatMap((sample) => {
    const node = snapshot.get('Node', null, sample.labels['nodename'] ?? '')
    return node ? [{ node, sample }] : []
  })

const onNode = (node: KubeObject, metric: string, summary: string, text: string): Omit<Seen, 'directness' | 'cause'> => ({
  on: refOf(node),
  failure: 'node',
  severity: 'warning',
  summary: `Node ${node.metadata.name} ${summary}`,
  evidence: [{ source: 'metric', ref: `${metric}{node="${node.metadata.name}"}`, text }],
  // Nodes are there to be used: it counts where somebody is alerted on the node, or suffers on it.
  tentative: true,
  recommendations: [inspect('Look at the node', 'Its pods and conditions say more.', `kubectl describe node ${node.metadata.name}`)],
})

export const nodeCpuSaturated: Rule = {
  id: 'node-cpu-saturated',
  title: 'The CPU of a node is used up',
  means: 'For ten minutes more than 95 % of the node’s CPU was busy: everything on it waits.',
  looksAt: 'node_exporter’s idle time in Prometheus, and the pods that use most on that node.',
  mend: 'Give the pod that uses most a CPU limit or fewer replicas on that node, or add nodes.',
  look: (snapshot) =>
    nodesOf(snapshot, snapshot.metric('node-cpu')).map(({ node, sample }) => {
      const user = heaviest(snapshot, node.metadata.name)
      const busy = percent(sample.value)
      return {
        ...onNode(
          node,
          'node_cpu_seconds_total',
          `is ${busy} busy${user ? `; most of it is ${user.text}` : ''}`,
          `${busy} busy over 10 minutes`,
        ),
        cause: user ? { object: user.object, field: null } : { object: refOf(node), field: null },
        directness: user ? 0.7 : 0.6,
      }
    }),
}

/** The workload that uses more of the node than all others that Prometheus named together. */
function heaviest(snapshot: Snapshot, node: string): { object: ObjectRef; text: string } | null {
  const users = snapshot.metric('node-cpu-users').filter(({ labels }) => labels['node'] === node)
  const [first, ...others] = users.toSorted((a, b) => b.value - a.value)
  if (!first || first.value <= others.reduce((sum, { value }) => sum + value, 0)) return null
  const { namespace = '', pod = '' } = first.labels
  const found = snapshot.get('Pod', namespace, pod)
  const object: ObjectRef = found ? refOf(snapshot.workloadOf(found)) : { apiVersion: 'v1', kind: 'Pod', namespace, name: pod }
  return { object, text: `pod ${namespace}/${pod} with ${Math.round(first.value * 10) / 10} cores` }
}

export const nodeFilesystemFull: Rule = {
  id: 'node-filesystem-full',
  title: 'A file system of a node is nearly full',
  means: 'Less than 8 % is free. The kubelet soon evicts pods and removes images; what writes there fails.',
  looksAt: 'node_exporter’s file systems in Prometheus.',
  mend: 'Remove what fills it: old images, logs, core dumps, hostPath and emptyDir data; or give the node a larger disk.',
  look: (snapshot) =>
    nodesOf(snapshot, snapshot.metric('node-filesystem')).map(({ node, sample }) => {
      const free = `${percent(sample.value)} of ${sample.labels['mountpoint'] ?? 'a file system'} is free`
      return {
        ...onNode(node, 'node_filesystem_avail_bytes', `runs out of disk: ${free}`, free),
        cause: { object: refOf(node), field: null },
        directness: 0.8,
      }
    }),
}

export const networkErrors: Rule = {
  id: 'network-errors',
  title: 'A network interface of a node loses packets',
  means:
    'More than one in a hundred packets of an interface was received or sent with an error: calls from and to the node’s pods fail at random.',
  looksAt: 'node_exporter’s interface errors in Prometheus.',
  mend: 'Look at the interface, its driver, cable and switch port, and the MTU; move the pods away meanwhile.',
  look: (snapshot) =>
    nodesOf(snapshot, snapshot.metric('network-errors')).map(({ node, sample }) => {
      const bad = `${percent(sample.value)} of the packets of ${sample.labels['device'] ?? 'an interface'} are faulty`
      return {
        ...onNode(node, 'node_network_receive_errs_total', `loses packets: ${bad}`, bad),
        cause: { object: refOf(node), field: null },
        directness: 0.75,
      }
    }),
}
