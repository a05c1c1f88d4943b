import type { KubeObject } from '../../reader.ts'
import { accessModes, age, column, integer, joined, NONE, since, wide, yesNo, type Column } from './format.ts'

const ROLE = 'node-role.kubernetes.io/'

export const nodeColumns: Column[] = [
  column('Status', ({ spec, status }) => {
    const ready = (status?.conditions ?? []).find((condition: any) => condition.type === 'Ready')
    const state = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
    return spec?.unschedulable ? `${state},SchedulingDisabled` : state
  }),
  column('Roles', ({ metadata }) => {
    const labels = Object.entries(metadata.labels ?? {})
    const roles = labels.flatMap(([key, value]) =>
      key.startsWith(ROLE) ? key.slice(ROLE.length) : key === 'kubernetes.io/role' ? value : [],
    )
    return joined([...new Set(roles.filter(Boolean))].sort())
  }),
  age,
  column('Version', (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
  wide('Internal-IP', (node) => address(node, 'InternalIP')),
  wide('External-IP', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', (node) => node.status?.nodeInfo?.osImage || '<unknown>'),
  wide('Kernel-Version', (node) => {
    const { kernelVersion, architecture } = node.status?.nodeInfo ?? {}
    return kernelVersion ? `${kernelVersion}${architecture ? ` (${architecture})` : ''}` : '<unknown>'
  }),
  wide('Container-Runtime', (node) => node.status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
]

const address = (node: KubeObject, type: string): string =>
  (node.status?.addresses ?? []).find((one: any) => one.type === type)?.address ?? NONE

export const namespaceColumns: Column[] = [column('Status', (ns) => ns.status?.phase ?? ''), age]

export const eventColumns: Column[] = [
  column('Last Seen', (event, now) => since(event['series']?.lastObservedTime ?? event['lastTimestamp'] ?? firstSeen(event), now)),
  column('Type', (event) => event['type'] ?? ''),
  column('Reason', (event) => event['reason'] ?? ''),
  column('Object', ({ involvedObject }) => {
    const kind = (involvedObject?.kind ?? '').toLowerCase()
    return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind
  }),
  wide('Subobject', (event) => event['involvedObject']?.fieldPath ?? ''),
  wide('Source', (event) => {
    const component = event['source']?.component || event['reportingComponent'] || ''
    const host = event['source']?.host || (event['source']?.component ? '' : event['reportingInstance'])
    return host ? `${component}, ${host}` : component
  }),
  column('Message', (event) => String(event['message'] ?? '').trim()),
  wide('First Seen', (event, now) => since(firstSeen(event), now)),
  wide('Count', (event) => String(event['series']?.count ?? (event['count'] || 1))),
  wide('Name', (event) => event.metadata.name),
]

const firstSeen = (event: KubeObject): string | undefined =>
  event['firstTimestamp'] ?? event['eventTime'] ?? event.metadata.creationTimestamp

const phase = ({ metadata, status }: KubeObject): string => (metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''))
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

export const claimColumns: Column[] = [
  column('Status', phase),
  column('Volume', (pvc) => pvc.spec?.volumeName ?? ''),
  column('Capacity', (pvc) => (pvc.spec?.volumeName ? (pvc.status?.capacity?.storage ?? '0') : '')),
  column('Access Modes', (pvc) => (pvc.spec?.volumeName ? accessModes(pvc.status?.accessModes) : '')),
  column('StorageClass', (pvc) => pvc.metadata.annotations?.[BETA_CLASS] ?? pvc.spec?.storageClassName ?? ''),
  column('VolumeAttributesClass', (pvc) => pvc.spec?.volumeAttributesClassName ?? '<unset>'),
  age,
  wide('VolumeMode', (pvc) => pvc.spec?.volumeMode ?? '<unset>'),
]

export const volumeColumns: Column[] = [
  column('Capacity', (pv) => pv.spec?.capacity?.storage ?? '0'),
  column('Access Modes', (pv) => accessModes(pv.spec?.accessModes)),
  column('Reclaim Policy', (pv) => pv.spec?.persistentVolumeReclaimPolicy ?? ''),
  column('Status', phase),
  column('Claim', ({ spec }) => (spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '')),
  column('StorageClass', (pv) => pv.metadata.annotations?.[BETA_CLASS] ?? pv.spec?.storageClassName ?? ''),
  column('VolumeAttributesClass', (pv) => pv.spec?.volumeAttributesClassName ?? '<unset>'),
  column('Reason', (pv) => pv.status?.reason ?? ''),
  age,
  wide('VolumeMode', (pv) => pv.spec?.volumeMode ?? '<unset>'),
]

export const storageClassColumns: Column[] = [
  column('Provisioner', (sc) => sc['provisioner'] ?? ''),
  column('ReclaimPolicy', (sc) => sc['reclaimPolicy'] ?? 'Delete'),
  column('VolumeBindingMode', (sc) => sc['volumeBindingMode'] ?? '<unset>'),
  column('AllowVolumeExpansion', (sc) => String(sc['allowVolumeExpansion'] ?? false)),
  age,
]

export const attachmentColumns: Column[] = [
  column('Attacher', (va) => va.spec?.attacher ?? ''),
  column('PV', (va) => va.spec?.source?.persistentVolumeName ?? ''),
  column('Node', (va) => va.spec?.nodeName ?? ''),
  column('Attached', (va) => String(va.status?.attached ?? false)),
  age,
]

const size = (...parts: (object | null | undefined)[]): number =>
  parts.reduce<number>((sum, part) => sum + Object.keys(part ?? {}).length, 0)

export const configMapColumns: Column[] = [integer('Data', (cm) => size(cm.data, cm['binaryData'])), age]
export const secretColumns: Column[] = [
  column('Type', (secret) => secret['type'] ?? 'Opaque'),
  column('Data', (secret) => (secret.data ? String(size(secret.data)) : '<unknown>')),
  age,
]

const used = (quota: KubeObject, wanted: (resource: string) => boolean): string =>
  Object.keys(quota.status?.hard ?? {})
    .filter(wanted)
    .sort()
    .map((resource) => `${resource}: ${quota.status?.used?.[resource] ?? '0'}/${quota.status.hard[resource]}`)
    .join(', ')

export const quotaColumns: Column[] = [
  column('Request', (quota) => used(quota, (resource) => !resource.startsWith('limits'))),
  column('Limit', (quota) => used(quota, (resource) => resource.startsWith('limits'))),
  age,
]

export const disruptionColumns: Column[] = [
  column('Min Available', (pdb) => String(pdb.spec?.minAvailable ?? 'N/A')),
  column('Max Unavailable', (pdb) => String(pdb.spec?.maxUnavailable ?? 'N/A')),
  integer('Allowed Disruptions', (pdb) => pdb.status?.disruptionsAllowed),
  age,
]

export const leaseColumns: Column[] = [column('Holder', (lease) => lease.spec?.holderIdentity ?? ''), age]

const subjects = (kind: string) => (binding: KubeObject) =>
  (binding['subjects'] ?? [])
    .filter((subject: any) => subject.kind === kind)
    .map((subject: any) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ')

export const bindingColumns: Column[] = [
  column('Role', (binding) => `${binding['roleRef']?.kind}/${binding['roleRef']?.name}`),
  age,
  wide('Users', subjects('User')),
  wide('Groups', subjects('Group')),
  wide('ServiceAccounts', subjects('ServiceAccount')),
]

export const priorityClassColumns: Column[] = [
  integer('Value', (pc) => pc['value']),
  column('Global-Default', (pc) => String(pc['globalDefault'] ?? false)),
  age,
  column('PreemptionPolicy', (pc) => pc['preemptionPolicy'] ?? 'PreemptLowerPriority'),
]

export const runtimeClassColumns: Column[] = [column('Handler', (rc) => rc['handler'] ?? ''), age]
export const csiNodeColumns: Column[] = [integer('Drivers', (node) => (node.spec?.drivers ?? []).length), age]

export const webhookColumns: Column[] = [integer('Webhooks', (config) => (config['webhooks'] ?? []).length), age]

export const apiServiceColumns: Column[] = [
  column('Service', ({ spec }) => (spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
  column('Available', ({ status }) => {
    const available = (status?.conditions ?? []).find((condition: any) => condition.type === 'Available')
    if (!available) return 'Unknown'
    return available.status === 'True' ? 'True' : `${yesNo(false)} (${available.reason})`
  }),
  age,
]

export const revisionColumns: Column[] = [
  column('Controller', ({ metadata }) => {
    const owner = metadata.ownerReferences?.find((reference) => reference.controller)
    return owner ? `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0]}/${owner.name}` : NONE
  }),
  integer('Revision', (revision) => revision['revision']),
  age,
]
