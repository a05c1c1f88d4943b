import { groupOf, resourceName, versionOf, type ResourceInfo } from './reader.ts'

/**
 * The built-in types, one line each: `plural Kind shortNames categories`, `-` for none; `*` before the plural marks a cluster-scoped one.
 * The version is the one that current Kubernetes serves; recorded older versions are brought to it (bundle/versions.ts).
 * The order inside a group is the one of `kubectl api-resources`. Source: discovery of Kubernetes 1.36, Gateway API 1.2.
 */
const TABLE: Record<string, string> = {
  v1: `
    *componentstatuses ComponentStatus cs -
    configmaps ConfigMap cm -
    endpoints Endpoints ep -
    events Event ev -
    limitranges LimitRange limits -
    *namespaces Namespace ns -
    *nodes Node no -
    persistentvolumeclaims PersistentVolumeClaim pvc -
    *persistentvolumes PersistentVolume pv -
    pods Pod po all
    podtemplates PodTemplate - -
    replicationcontrollers ReplicationController rc all
    resourcequotas ResourceQuota quota -
    secrets Secret - -
    serviceaccounts ServiceAccount sa -
    services Service svc all`,
  'admissionregistration.k8s.io/v1': `
    *mutatingwebhookconfigurations MutatingWebhookConfiguration - api-extensions
    *validatingadmissionpolicies ValidatingAdmissionPolicy - api-extensions
    *validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - api-extensions
    *validatingwebhookconfigurations ValidatingWebhookConfiguration - api-extensions`,
  'apiextensions.k8s.io/v1': `
    *customresourcedefinitions CustomResourceDefinition crd,crds api-extensions`,
  'apiregistration.k8s.io/v1': `
    *apiservices APIService - api-extensions`,
  'apps/v1': `
    controllerrevisions ControllerRevision - -
    daemonsets DaemonSet ds all
    deployments Deployment deploy all
    replicasets ReplicaSet rs all
    statefulsets StatefulSet sts all`,
  'autoscaling/v2': `
    horizontalpodautoscalers HorizontalPodAutoscaler hpa all`,
  'batch/v1': `
    cronjobs CronJob cj all
    jobs Job - all`,
  'certificates.k8s.io/v1': `
    *certificatesigningrequests CertificateSigningRequest csr -`,
  'coordination.k8s.io/v1': `
    leases Lease - -`,
  'discovery.k8s.io/v1': `
    endpointslices EndpointSlice - -`,
  'events.k8s.io/v1': `
    events Event ev -`,
  'flowcontrol.apiserver.k8s.io/v1': `
    *flowschemas FlowSchema - -
    *prioritylevelconfigurations PriorityLevelConfiguration - -`,
  'gateway.networking.k8s.io/v1': `
    *gatewayclasses GatewayClass gc gateway-api
    gateways Gateway gtw gateway-api
    grpcroutes GRPCRoute - gateway-api
    httproutes HTTPRoute - gateway-api`,
  'networking.k8s.io/v1': `
    *ingressclasses IngressClass - -
    ingresses Ingress ing -
    *ipaddresses IPAddress ip -
    networkpolicies NetworkPolicy netpol -
    *servicecidrs ServiceCIDR - -`,
  'node.k8s.io/v1': `
    *runtimeclasses RuntimeClass - -`,
  'policy/v1': `
    poddisruptionbudgets PodDisruptionBudget pdb -`,
  'rbac.authorization.k8s.io/v1': `
    *clusterrolebindings ClusterRoleBinding - -
    *clusterroles ClusterRole - -
    rolebindings RoleBinding - -
    roles Role - -`,
  'resource.k8s.io/v1': `
    *deviceclasses DeviceClass - -
    resourceclaims ResourceClaim - -
    resourceclaimtemplates ResourceClaimTemplate - -
    *resourceslices ResourceSlice - -`,
  'scheduling.k8s.io/v1': `
    *priorityclasses PriorityClass pc -`,
  'storage.k8s.io/v1': `
    *csidrivers CSIDriver - -
    *csinodes CSINode - -
    csistoragecapacities CSIStorageCapacity - -
    *storageclasses StorageClass sc -
    *volumeattachments VolumeAttachment - -
    *volumeattributesclasses VolumeAttributesClass vac -`,
}

const words = (text: string): string[] => (text === '-' ? [] : text.split(','))

/** Every built-in type that a diagnosis or kubectl may ask for; core first, then by group. */
export const RESOURCES: readonly ResourceInfo[] = Object.entries(TABLE).flatMap(([apiVersion, lines]) =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', kind = '', shortNames = '-', categories = '-'] = line.trim().split(' ')
      const namespaced = !name.startsWith('*')
      const plural = namespaced ? name : name.slice(1)
      return {
        apiVersion,
        kind,
        plural,
        namespaced,
        singular: kind.toLowerCase(),
        shortNames: words(shortNames),
        categories: words(categories),
      }
    }),
)

const BY_GROUP_KIND = new Map(RESOURCES.map((resource) => [`${groupOf(resource.apiVersion)}/${resource.kind}`, resource]))

/** The built-in type of an object, whatever its version; null for a custom one. */
export function resourceOf(apiVersion: string, kind: string): ResourceInfo | null {
  const group = groupOf(apiVersion)
  return BY_GROUP_KIND.get(`${group}/${kind}`) ?? (group === 'extensions' ? findResource(kind) : null)
}

/** The built-in type of a kind, for code that names kinds itself: `builtin('Pod')`. Throws when the table has no such kind. */
export function builtin(kind: string): ResourceInfo {
  const found = RESOURCES.find((resource) => resource.kind === kind)
  if (!found) throw new Error(`no built-in kind ${kind}`)
  return found
}

/**
 * A type by any word that kubectl takes: kind (`Pod`), plural, singular or short name in any case, with a group (`deployments.apps`),
 * with version and group (`deployments.v1.apps`). Built-in types win over `custom`; null when nothing has that name.
 */
export function findResource(text: string, custom: readonly ResourceInfo[] = []): ResourceInfo | null {
  const [word = '', ...rest] = text.trim().toLowerCase().split('.')
  const qualifier = rest.join('.')
  const inGroup = (resource: ResourceInfo): boolean => {
    const group = groupOf(resource.apiVersion)
    return qualifier === '' || qualifier === group || qualifier === `${versionOf(resource.apiVersion)}.${group}`.replace(/\.$/, '')
  }
  const all = [...RESOURCES, ...custom].filter(inGroup)
  return (
    all.find((resource) => resource.plural === word || resource.singular === word || resource.kind.toLowerCase() === word) ??
    all.find((resource) => resource.shortNames.includes(word)) ??
    // kubectl also takes a group's beginning: `deployments.app`.
    (qualifier === ''
      ? null
      : ([...RESOURCES, ...custom].find((r) => groupOf(r.apiVersion).startsWith(qualifier) && named(r, word)) ?? null))
  )
}

const named = (resource: ResourceInfo, word: string): boolean =>
  resource.plural === word || resource.singular === word || resource.shortNames.includes(word)

/** The type of an object whose kind no table knows, guessed as the API server's own defaults do. */
export function guessResource(apiVersion: string, kind: string, namespaced: boolean, plural?: string): ResourceInfo {
  const singular = kind.toLowerCase()
  return { apiVersion, kind, plural: plural ?? pluralOf(singular), namespaced, singular, shortNames: [], categories: [] }
}

/** English as Kubernetes' generators know it. */
function pluralOf(singular: string): string {
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return `${singular}s`
}

export { resourceName }
