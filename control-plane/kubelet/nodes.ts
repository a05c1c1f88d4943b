import { createHash } from 'node:crypto'
import type { Json } from '../api.ts'
import { stamp } from './pod-status.ts'

export interface NodeSpec {
  name: string
  ip: string
  cpu?: string
  memory?: string
  /** Capacity beside cpu and memory: `pods`, `nvidia.com/gpu`, `ephemeral-storage`; all of it is allocatable. */
  resources?: Record<string, string>
  zone?: string
  labels?: Record<string, string>
  taints?: { key: string; value?: string; effect: string }[]
  faults?: NodeFault[]
  /** When it joined the cluster. Default: at its beginning. */
  joined?: string
  /** When it was taken out of the cluster: its Node is deleted, and what still was on it. Default: never. */
  left?: string
  /** Default: the control plane's own. */
  kubeletVersion?: string
  /** Default: `containerd://2.1.4`. */
  runtimeVersion?: string
}

/** Something wrong with a node from a moment on. A node that is down says nothing: what follows is the node controller's work. */
type NodeFault = { since?: string; until?: string } & (
  | { down: true }
  | { pressure: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure' }
  | { notReady: string }
  /** A condition that others than the kubelet keep (routes of a cloud, a problem detector); well without the fault. */
  | { condition: { type: string; reason: string; message: string } }
)
export type TimedNodeFault = NodeFault & { from: number; to: number }

const PRESSURES = {
  MemoryPressure: {
    fine: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    bad: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  },
  DiskPressure: {
    fine: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    bad: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  },
  PIDPressure: {
    fine: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    bad: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
  },
} as const

export function nodeObject(node: NodeSpec, index: number): Json {
  const zone = node.zone ?? `fra1-${'abc'[index % 3]}`
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: {
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/region': zone.replace(/-?[a-z]$/, ''),
        'topology.kubernetes.io/zone': zone,
        ...node.labels,
      },
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: { podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`], ...(node.taints ? { taints: node.taints } : {}) },
  }
}

export function nodeStatus(node: NodeSpec, faults: readonly TimedNodeFault[], startedAt: number, now: number): Json {
  const active = faults.filter(({ from, to }) => from <= now && now < to)
  const capacity = {
    cpu: node.cpu ?? '4',
    memory: node.memory ?? '16084720Ki',
    pods: '110',
    'ephemeral-storage': '83873772Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    ...node.resources,
  }
  const id = createHash('md5').update(node.name).digest('hex')
  const since = (test: (fault: TimedNodeFault) => boolean) => {
    const moments = faults.filter(test).flatMap(({ from, to }) => [from, to])
    return Math.max(startedAt, ...moments.filter((at) => at <= now))
  }
  const heartbeat = stamp(Math.max(startedAt, now - (Number.parseInt(id.slice(0, 4), 16) % 240) * 1000))
  const pressures = Object.entries(PRESSURES).map(([type, words]) => {
    const is = (fault: TimedNodeFault) => 'pressure' in fault && fault.pressure === type
    const [reason, message] = active.some(is) ? words.bad : words.fine
    const changed = since(is)
    return {
      type,
      status: active.some(is) ? 'True' : 'False',
      lastHeartbeatTime: later(heartbeat, changed),
      lastTransitionTime: stamp(changed),
      reason,
      message,
    }
  })
  const others = faults.flatMap((fault) => {
    if (!('condition' in fault)) return []
    const { type, reason, message } = fault.condition
    const is = active.includes(fault)
    const changed = since((other) => other === fault)
    return [
      {
        type,
        status: is ? 'True' : 'False',
        lastHeartbeatTime: later(heartbeat, changed),
        lastTransitionTime: stamp(changed),
        ...(is ? { reason, message } : { reason: `${type}IsFalse`, message: `${type} is false` }),
      },
    ]
  })
  const notReady = active.find((fault) => 'notReady' in fault)
  const readyChanged = since((fault) => 'notReady' in fault)
  const ready = {
    type: 'Ready',
    status: notReady ? 'False' : 'True',
    lastHeartbeatTime: later(heartbeat, readyChanged),
    lastTransitionTime: stamp(readyChanged + (readyChanged === startedAt ? 12_000 : 0)),
    reason: notReady ? 'KubeletNotReady' : 'KubeletReady',
    message: notReady && 'notReady' in notReady ? notReady.notReady : 'kubelet is posting ready status',
  }
  return {
    addresses: [
      { type: 'InternalIP', address: node.ip },
      { type: 'Hostname', address: node.name },
    ],
    capacity,
    allocatable: {
      ...capacity,
      cpu: `${Number(capacity.cpu) * 1000 - 80}m`,
      memory: `${Number.parseInt(capacity.memory, 10) - 1_126_400}Ki`,
      'ephemeral-storage': node.resources?.['ephemeral-storage'] ?? '76224326324',
    },
    conditions: [...others, ...pressures, ready],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: id,
      systemUUID: `${id.slice(0, 8)}-${id.slice(5, 9)}-${id.slice(9, 13)}-${id.slice(13, 17)}-${id.slice(17, 29)}`,
      bootID: `${id.slice(3, 11)}-${id.slice(11, 15)}-4${id.slice(15, 18)}-a${id.slice(18, 21)}-${id.slice(20, 32)}`,
      kernelVersion: '6.12.41-generic',
      osImage: 'Ubuntu 24.04.3 LTS',
      containerRuntimeVersion: node.runtimeVersion ?? 'containerd://2.1.4',
      kubeletVersion: node.kubeletVersion ?? 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: node.labels?.['kubernetes.io/arch'] ?? 'amd64',
    },
  }
}

const later = (heartbeat: string, changed: number) => (Date.parse(heartbeat) < changed ? stamp(changed) : heartbeat)
