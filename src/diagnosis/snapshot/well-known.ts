import type { ObjectRef } from '#kinds/result'

/** The one place for names: everything else in this room tests structure. */

/** Namespaces that belong to Kubernetes itself. */
export const SYSTEM_NAMESPACES: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease'])

/** The cluster's DNS; every distribution keeps this name for compatibility. */
export const DNS_SERVICE: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'kube-system', name: 'kube-dns' }

/** Services that the control plane makes and keeps without a selector. */
export const CONTROL_PLANE_SERVICES: ReadonlySet<string> = new Set(['default/kubernetes'])

/** The value of `endpointslice.kubernetes.io/managed-by` on slices of Services with a selector. */
export const ENDPOINT_SLICE_CONTROLLER = 'endpointslice-controller.k8s.io'

/** Taints that the node controller sets from a node's own state, with the state they stand for. */
export const NODE_STATE_TAINTS: Readonly<Record<string, string>> = {
  'node.kubernetes.io/not-ready': 'not ready',
  'node.kubernetes.io/unreachable': 'unreachable',
  'node.kubernetes.io/memory-pressure': 'out of memory',
  'node.kubernetes.io/disk-pressure': 'out of disk',
  'node.kubernetes.io/pid-pressure': 'out of process ids',
  'node.kubernetes.io/network-unavailable': 'without network',
  'node.kubernetes.io/unschedulable': 'cordoned',
}

/** The Deployment controller numbers a ReplicaSet's revision here. */
export const REVISION = 'deployment.kubernetes.io/revision'
/** On the mirror pod of a static pod; its events carry the hash in place of the UID. */
export const MIRROR = 'kubernetes.io/config.mirror'
/** Default StorageClass. */
export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
/** StorageClasses and volumes made by hand: no provisioner will ever answer. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'
