import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { Api, ApiError, type Json } from './api.ts'
import { METRICS_CRD } from './kubelet/pod-metrics.ts'

/** Folder of a kind in the bundle → where the API lists it. The names are troubleshoot.sh's; it leaves out the revisions, classes and API services. */
const NAMESPACED: Record<string, string> = {
  configmaps: '/api/v1/configmaps',
  controllerrevisions: '/apis/apps/v1/controllerrevisions',
  cronjobs: '/apis/batch/v1/cronjobs',
  daemonsets: '/apis/apps/v1/daemonsets',
  deployments: '/apis/apps/v1/deployments',
  endpoints: '/api/v1/endpoints',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  events: '/api/v1/events',
  hpas: '/apis/autoscaling/v2/horizontalpodautoscalers',
  ingress: '/apis/networking.k8s.io/v1/ingresses',
  jobs: '/apis/batch/v1/jobs',
  leases: '/apis/coordination.k8s.io/v1/leases',
  limitranges: '/api/v1/limitranges',
  'network-policy': '/apis/networking.k8s.io/v1/networkpolicies',
  'pod-disruption-budgets': '/apis/policy/v1/poddisruptionbudgets',
  pods: '/api/v1/pods',
  pvcs: '/api/v1/persistentvolumeclaims',
  replicasets: '/apis/apps/v1/replicasets',
  'resource-quota': '/api/v1/resourcequotas',
  rolebindings: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  roles: '/apis/rbac.authorization.k8s.io/v1/roles',
  serviceaccounts: '/api/v1/serviceaccounts',
  services: '/api/v1/services',
  statefulsets: '/apis/apps/v1/statefulsets',
}

const CLUSTER: Record<string, string> = {
  apiservices: '/apis/apiregistration.k8s.io/v1/apiservices',
  clusterrolebindings: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  clusterroles: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  'custom-resource-definitions': '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ingressclasses: '/apis/networking.k8s.io/v1/ingressclasses',
  namespaces: '/api/v1/namespaces',
  nodes: '/api/v1/nodes',
  priorityclasses: '/apis/scheduling.k8s.io/v1/priorityclasses',
  pvs: '/api/v1/persistentvolumes',
  'storage-classes': '/apis/storage.k8s.io/v1/storageclasses',
  volumeattachments: '/apis/storage.k8s.io/v1/volumeattachments',
  'mutating-webhook-configurations': '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  'validating-webhook-configurations': '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
}

const TAIL_LINES = 250

export type Files = Map<string, string>

/** A support bundle of the cluster in the troubleshoot.sh layout: every namespace, every pod's logs, no Secret's data. */
export async function recordBundle(api: Api, root = 'support-bundle'): Promise<Files> {
  const files: Files = new Map()
  const put = (path: string, content: Json) =>
    files.set(`${root}/${path}`, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
  put('version.yaml', 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.123.14\n')
  const version = await api.get('/version')
  put('cluster-info/cluster_version.json', { info: version, string: version.gitVersion })

  const namespaces: string[] = (await api.get('/api/v1/namespaces')).items.map((n: Json) => n.metadata.name)
  for (const [folder, path] of Object.entries(NAMESPACED)) {
    const list = await listOf(api, path)
    for (const namespace of namespaces) {
      const items = list.items.filter((item: Json) => item.metadata.namespace === namespace)
      put(`cluster-resources/${folder}/${namespace}.json`, { ...list, items })
      if (folder === 'pods') for (const pod of items) await recordLogs(api, pod, put)
    }
  }
  for (const [name, path] of Object.entries(CLUSTER)) put(`cluster-resources/${name}.json`, await listOf(api, path))
  await recordCustom(api, put)
  const groups = await api.get('/apis')
  const core = { name: '', versions: [{ groupVersion: 'v1', version: 'v1' }], preferredVersion: { groupVersion: 'v1', version: 'v1' } }
  put('cluster-resources/groups.json', [core, ...groups.groups])
  put('cluster-resources/resources.json', await discovery(api, groups.groups))
  await recordSecretKeys(api, put)
  return files
}

/** Objects of custom kinds, by namespace, as troubleshoot lays them down. */
async function recordCustom(api: Api, put: (path: string, content: Json) => void): Promise<void> {
  const { items } = await api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
  for (const { metadata, spec } of items) {
    if (metadata.name === METRICS_CRD) continue
    const version = spec.versions.find((v: Json) => v.storage).name
    const list = await api.get(`/apis/${spec.group}/${version}/${spec.names.plural}`).catch((error: unknown) => {
      // A conversion that fails keeps the kind from being read: a real recording lacks it, too.
      if (error instanceof ApiError) return { items: [] }
      throw error
    })
    const namespaces = new Set<string | undefined>(list.items.map((item: Json) => item.metadata.namespace))
    for (const namespace of namespaces) {
      const own = list.items.filter((item: Json) => item.metadata.namespace === namespace)
      put(`cluster-resources/custom-resources/${metadata.name}${namespace ? `/${namespace}` : ''}.json`, own)
    }
  }
}

async function listOf(api: Api, path: string): Promise<Json> {
  const { kind, apiVersion, metadata, items } = await api.get(path)
  const item = { kind: kind.replace(/List$/, ''), apiVersion }
  // Items of a list come without their kind; a bundle writes it, so that each can be read alone.
  return {
    kind,
    apiVersion,
    metadata: { resourceVersion: metadata.resourceVersion },
    items: items.filter(isOfInterest).map((i: Json) => ({ ...item, ...pruned(i) })),
  }
}

/** What the API server registers for its own groups says nothing; the metrics are the simulated kubelet's own way. */
function isOfInterest({ metadata }: Json): boolean {
  if (metadata.name === METRICS_CRD) return false
  if (metadata.labels?.['kube-aggregator.kubernetes.io/automanaged']) return false
  return true
}

/** The root certificate is in every namespace, and nothing but bytes. */
function pruned(object: Json): Json {
  if (object.metadata.name !== 'kube-root-ca.crt') return object
  return { ...object, data: { 'ca.crt': '-----BEGIN CERTIFICATE-----\n(left out)\n-----END CERTIFICATE-----\n' } }
}

async function discovery(api: Api, groups: Json[]): Promise<Json[]> {
  const paths = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
  // An aggregated API that does not answer is missing from discovery, in a real recording, too.
  const found = await Promise.all(
    paths.map((path) =>
      api.get(path).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 503) return null
        throw error
      }),
    ),
  )
  return found.filter((list) => list !== null)
}

async function recordLogs(api: Api, pod: Json, put: (path: string, content: Json) => void): Promise<void> {
  const { name, namespace } = pod.metadata
  for (const { name: container } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    for (const [suffix, query] of [
      ['', ''],
      ['-previous', '&previous=true'],
    ] as const) {
      const text = await logOf(
        api,
        `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}&tailLines=${TAIL_LINES}${query}`,
      )
      if (text) put(`cluster-resources/pods/logs/${namespace}/${name}/${container}${suffix}.log`, text)
    }
  }
}

async function logOf(api: Api, path: string): Promise<string> {
  try {
    return await api.text('GET', path)
  } catch (error) {
    // A container that never ran has no log; a node that is down does not answer.
    if (error instanceof ApiError) return ''
    throw error
  }
}

/** As troubleshoot's secret collector: that a Secret is there and which keys it has, never a value. */
async function recordSecretKeys(api: Api, put: (path: string, content: Json) => void): Promise<void> {
  const { items } = await api.get('/api/v1/secrets')
  for (const { metadata, data } of items) {
    const { name, namespace } = metadata
    put(`secrets/${namespace}/${name}.json`, {
      namespace,
      name,
      key: '',
      secretExists: true,
      keyExists: false,
      keys: Object.keys(data ?? {}).sort(),
    })
  }
  // The collector is given names; one that nobody made is told as such.
  const known = new Set(items.map(({ metadata }: Json) => `${metadata.namespace}/${metadata.name}`))
  for (const { namespace, name } of await certificatesWanted(api))
    if (!known.has(`${namespace}/${name}`))
      put(`secrets/${namespace}/${name}.json`, { namespace, name, key: '', secretExists: false, keyExists: false })
}

/** Secrets that Ingresses and Gateways take their certificates from. */
async function certificatesWanted(api: Api): Promise<{ namespace: string; name: string }[]> {
  const list = (path: string): Promise<Json[]> =>
    api.get(path).then(
      ({ items }) => items,
      // Clusters without the Gateway API.
      () => [],
    )
  const ofIngresses = (await list('/apis/networking.k8s.io/v1/ingresses')).flatMap(({ metadata, spec }) =>
    (spec.tls ?? []).map((tls: Json) => ({ namespace: metadata.namespace, name: tls.secretName })),
  )
  const ofGateways = (await list('/apis/gateway.networking.k8s.io/v1/gateways')).flatMap(({ metadata, spec }) =>
    (spec.listeners ?? []).flatMap((l: Json) =>
      (l.tls?.certificateRefs ?? []).map((ref: Json) => ({ namespace: ref.namespace ?? metadata.namespace, name: ref.name })),
    ),
  )
  return [...ofIngresses, ...ofGateways].filter(({ name }) => name)
}

export async function writeFolder(files: Files, dir: string): Promise<void> {
  for (const [path, content] of files) {
    const target = join(dir, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
}

/** The same files make the same bytes: every entry carries the moment of the recording, not of the writing. */
export async function writeTarball(files: Files, file: string, mtime: Date): Promise<void> {
  const tar = pack()
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) tar.entry({ name, mtime, mode: 0o644 }, content)
  tar.finalize()
  await pipeline(tar, createGzip({ level: 9 }), createWriteStream(file))
}
