import { resourceName, versionOf, type KubeObject, type ResourceType } from '../reader.ts'
import * as cluster from './columns/cluster.ts'
import { customColumns } from './columns/custom.ts'
import { age, createdAt, type Column } from './columns/format.ts'
import * as network from './columns/network.ts'
import { podColumns } from './columns/pods.ts'
import * as workloads from './columns/workloads.ts'

/** What stands beside the name, by resource; what is not here shows its age. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  pods: podColumns,
  replicationcontrollers: workloads.replicaSetColumns,
  'deployments.apps': workloads.deploymentColumns,
  'replicasets.apps': workloads.replicaSetColumns,
  'statefulsets.apps': workloads.statefulSetColumns,
  'daemonsets.apps': workloads.daemonSetColumns,
  'controllerrevisions.apps': cluster.revisionColumns,
  'jobs.batch': workloads.jobColumns,
  'cronjobs.batch': workloads.cronJobColumns,
  'horizontalpodautoscalers.autoscaling': workloads.autoscalerColumns,
  services: network.serviceColumns,
  endpoints: network.endpointsColumns,
  'endpointslices.discovery.k8s.io': network.endpointSliceColumns,
  'ingresses.networking.k8s.io': network.ingressColumns,
  'ingressclasses.networking.k8s.io': network.ingressClassColumns,
  'networkpolicies.networking.k8s.io': network.networkPolicyColumns,
  nodes: cluster.nodeColumns,
  namespaces: cluster.namespaceColumns,
  events: cluster.eventColumns,
  configmaps: cluster.configMapColumns,
  secrets: cluster.secretColumns,
  resourcequotas: cluster.quotaColumns,
  limitranges: [createdAt],
  persistentvolumeclaims: cluster.claimColumns,
  persistentvolumes: cluster.volumeColumns,
  'storageclasses.storage.k8s.io': cluster.storageClassColumns,
  'volumeattachments.storage.k8s.io': cluster.attachmentColumns,
  'csinodes.storage.k8s.io': cluster.csiNodeColumns,
  'csistoragecapacities.storage.k8s.io': [createdAt],
  'runtimeclasses.node.k8s.io': cluster.runtimeClassColumns,
  'poddisruptionbudgets.policy': cluster.disruptionColumns,
  'leases.coordination.k8s.io': cluster.leaseColumns,
  'roles.rbac.authorization.k8s.io': [createdAt],
  'clusterroles.rbac.authorization.k8s.io': [createdAt],
  'rolebindings.rbac.authorization.k8s.io': cluster.bindingColumns,
  'clusterrolebindings.rbac.authorization.k8s.io': cluster.bindingColumns,
  'priorityclasses.scheduling.k8s.io': cluster.priorityClassColumns,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': cluster.webhookColumns,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': cluster.webhookColumns,
  'apiservices.apiregistration.k8s.io': cluster.apiServiceColumns,
  'customresourcedefinitions.apiextensions.k8s.io': [createdAt],
}

export interface TableRequest {
  type: ResourceType
  /** The definition of a custom type, for its columns. */
  crd: KubeObject | null
  now: Date
  /** What travels beside the cells: kubectl sorts by `Object`, shows labels from `Metadata`. */
  includeObject: 'None' | 'Metadata' | 'Object'
  /** `meta.k8s.io/v1` or `/v1beta1`, as asked for. */
  apiVersion: string
}

/** `kubectl get`'s own form: the server writes the cells, kubectl prints them. Ages are counted to the bundle's clock. */
export function tableOf(
  objects: readonly KubeObject[],
  metadata: object,
  { type, crd, now, includeObject, apiVersion }: TableRequest,
): object {
  const known = COLUMNS[resourceName(type)]
  const columns = known ?? (crd ? customColumns(crd, versionOf(type.apiVersion)) : [age])
  // Events alone show their name last, and only when asked to.
  const named = resourceName(type) !== 'events'
  const definitions = columns.map(({ name, type = 'string', wide }) => ({
    name,
    type,
    format: '',
    description: '',
    priority: wide ? 1 : 0,
  }))
  const name = { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: named ? [name, ...definitions] : definitions.map((one) => (one.name === 'Name' ? { ...one, format: 'name' } : one)),
    rows: objects.map((object) => {
      const cells = columns.map((column) => cellOf(column, object, now))
      return { cells: named ? [nameOf(object), ...cells] : cells, ...beside(object, includeObject, apiVersion) }
    }),
  }
}

/** Recorded objects may be maimed (redaction, hand edits): that spoils one cell, not the table. */
function cellOf(column: Column, object: KubeObject, now: Date): string | number {
  try {
    return column.cell(object, now) ?? ''
  } catch {
    return '<unknown>'
  }
}

const isDefault = (object: KubeObject): boolean => object.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'

const nameOf = (object: KubeObject): string =>
  object.kind === 'StorageClass' && isDefault(object) ? `${object.metadata.name} (default)` : object.metadata.name

function beside(object: KubeObject, includeObject: TableRequest['includeObject'], apiVersion: string): object {
  if (includeObject === 'None') return {}
  return { object: includeObject === 'Object' ? object : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata } }
}
