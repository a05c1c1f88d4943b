import type { KubeObject } from '#cluster'
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

/** Conditions that a node problem detector keeps beside the kubelet's, well when False, with what they mean. Source: its default configuration. */
export const NODE_PROBLEMS: Readonly<Record<string, string>> = {
  KernelDeadlock: 'has a kernel that hangs',
  ReadonlyFilesystem: 'has a file system that was remounted read-only',
  XfsShutdown: 'has a file system that has shut down',
  CperHardwareErrorFatal: 'has a fatal hardware error',
  FrequentKubeletRestart: 'has a kubelet that restarts again and again',
  FrequentDockerRestart: 'has a container runtime that restarts again and again',
  FrequentContainerdRestart: 'has a container runtime that restarts again and again',
  FrequentUnregisterNetDevice: 'cannot release its network devices',
  CorruptDockerOverlay2: 'has a corrupt image store',
  NTPProblem: 'has a wrong clock',
}

/** Label of the control plane's static pods, as kubeadm and its like set it: `component=etcd`. */
export const COMPONENT = 'component'
/** How the workload that serves a cloud's load balancers and nodes is called. */
export const CLOUD_CONTROLLER = /cloud-controller-manager|cloud-provider|\bccm\b|load-balancer-controller/

/** The image of the program that writes DNS records for Ingresses: https://github.com/kubernetes-sigs/external-dns. */
export const DNS_WRITER = /\bexternal-dns\b/

/** The taint of a node that its cloud's controller has not seen yet. */
export const CLOUD_TAINT = 'node.cloudprovider.kubernetes.io/uninitialized'

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

/** The scheduler of pods that name none. */
export const DEFAULT_SCHEDULER = 'default-scheduler'
/** kube-scheduler as kubeadm and its kin run it; a managed cluster does not show it. */
export const isDefaultScheduler = ({ metadata }: KubeObject): boolean =>
  SYSTEM_NAMESPACES.has(metadata.namespace ?? '') && metadata.labels?.['component'] === 'kube-scheduler'

/** Taints of the control plane's own nodes. */
export const ROLE_TAINTS: ReadonlySet<string> = new Set(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'])

/** The Deployment controller numbers a ReplicaSet's revision here. */
export const REVISION = 'deployment.kubernetes.io/revision'
/** On the mirror pod of a static pod; its events carry the hash in place of the UID. */
export const MIRROR = 'kubernetes.io/config.mirror'
/** Default StorageClass. */
export const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
/** StorageClasses and volumes made by hand: no provisioner will ever answer. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

/** Annotations of a ServiceAccount that say as whom its pods come to a cloud. */
export const CLOUD_IDENTITY: readonly string[] = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
]

/** The label of a Namespace that says which Pod Security level it enforces. */
export const ENFORCE = 'pod-security.kubernetes.io/enforce'

/** The annotation of a Namespace from which PodNodeSelector takes what every pod's nodeSelector gets. Source: plugin/pkg/admission/podnodeselector. */
export const NODE_SELECTOR = 'scheduler.alpha.kubernetes.io/node-selector'

/** Images of programs that bring nodes. Sources: kubernetes/autoscaler, karpenter, Cluster API, OpenShift's machine API, Kubermatic. */
export const BRINGS_NODES_IMAGE = /cluster-autoscaler|karpenter|machine-controller|machine-api|cluster-api(?:-\w+)*-controller|capi-\w+/
