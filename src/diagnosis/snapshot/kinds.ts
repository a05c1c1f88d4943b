import type { ResourceType } from '#cluster'

const type = (apiVersion: string, kind: string, plural: string, namespaced = true): ResourceType => ({
  apiVersion,
  kind,
  plural,
  namespaced,
})

/** Every kind that the diagnosis reads. Of Secrets only whether one exists, by name, where nothing else would tell (Ingress TLS). */
export const KINDS = {
  Pod: type('v1', 'Pod', 'pods'),
  Event: type('v1', 'Event', 'events'),
  Service: type('v1', 'Service', 'services'),
  ConfigMap: type('v1', 'ConfigMap', 'configmaps'),
  Secret: type('v1', 'Secret', 'secrets'),
  ServiceAccount: type('v1', 'ServiceAccount', 'serviceaccounts'),
  PersistentVolumeClaim: type('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  ResourceQuota: type('v1', 'ResourceQuota', 'resourcequotas'),
  LimitRange: type('v1', 'LimitRange', 'limitranges'),
  ReplicationController: type('v1', 'ReplicationController', 'replicationcontrollers'),
  Deployment: type('apps/v1', 'Deployment', 'deployments'),
  ReplicaSet: type('apps/v1', 'ReplicaSet', 'replicasets'),
  StatefulSet: type('apps/v1', 'StatefulSet', 'statefulsets'),
  DaemonSet: type('apps/v1', 'DaemonSet', 'daemonsets'),
  ControllerRevision: type('apps/v1', 'ControllerRevision', 'controllerrevisions'),
  Job: type('batch/v1', 'Job', 'jobs'),
  CronJob: type('batch/v1', 'CronJob', 'cronjobs'),
  HorizontalPodAutoscaler: type('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  PodDisruptionBudget: type('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  EndpointSlice: type('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  Ingress: type('networking.k8s.io/v1', 'Ingress', 'ingresses'),
  NetworkPolicy: type('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  Role: type('rbac.authorization.k8s.io/v1', 'Role', 'roles'),
  RoleBinding: type('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings'),
  HTTPRoute: type('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes'),
  GRPCRoute: type('gateway.networking.k8s.io/v1', 'GRPCRoute', 'grpcroutes'),
  Gateway: type('gateway.networking.k8s.io/v1', 'Gateway', 'gateways'),
  GatewayClass: type('gateway.networking.k8s.io/v1', 'GatewayClass', 'gatewayclasses', false),
  ReferenceGrant: type('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'referencegrants'),
  APIService: type('apiregistration.k8s.io/v1', 'APIService', 'apiservices', false),
  CustomResourceDefinition: type('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false),
  ClusterRole: type('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  ClusterRoleBinding: type('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false),
  IngressClass: type('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false),
  Node: type('v1', 'Node', 'nodes', false),
  Namespace: type('v1', 'Namespace', 'namespaces', false),
  PersistentVolume: type('v1', 'PersistentVolume', 'persistentvolumes', false),
  StorageClass: type('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false),
  PriorityClass: type('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false),
  ValidatingWebhookConfiguration: type(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    false,
  ),
  MutatingWebhookConfiguration: type(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    false,
  ),
} as const satisfies Record<string, ResourceType>

export type Kind = keyof typeof KINDS

export const isKind = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind)

/** Kinds whose spec holds a pod template that a person edits, and where in it the pod's spec is. */
export const POD_SPEC_PATH = {
  Deployment: 'spec.template.spec',
  StatefulSet: 'spec.template.spec',
  DaemonSet: 'spec.template.spec',
  ReplicaSet: 'spec.template.spec',
  ReplicationController: 'spec.template.spec',
  Job: 'spec.template.spec',
  CronJob: 'spec.jobTemplate.spec.template.spec',
  Pod: 'spec',
} as const satisfies Partial<Record<Kind, string>>

export type WorkloadKind = keyof typeof POD_SPEC_PATH

export const isWorkloadKind = (kind: string): kind is WorkloadKind => Object.hasOwn(POD_SPEC_PATH, kind)

/** Kinds of the Gateway API that tie a Gateway to Services. */
export const ROUTES = ['HTTPRoute', 'GRPCRoute'] as const satisfies Kind[]

/** Kinds that do nothing by themselves: a controller of somebody's choice acts on them. */
export const ACTED_ON = ['Ingress', 'HTTPRoute', 'Gateway'] as const satisfies Kind[]
