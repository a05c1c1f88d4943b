import { tailOf } from '../log-tail.ts'
import { hasNoisyWriters, prune } from '../prune.ts'
import {
  byNamespaceAndName,
  groupOf,
  LOG_LIMIT_BYTES,
  ReadError,
  resourceName,
  type ClusterReader,
  type LogRequest,
  type ResourceType,
} from '../reader.ts'
import { failure, parse, pathOf, statusIn } from './answer.ts'
import { createApi, type Api, type ApiOptions } from './api.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'
import { withoutManagedFields } from './managed-fields.ts'
import { readPages } from './pages.ts'
import { discoverTypes } from './discovery.ts'
import { createRights, withinRights, type Rights } from './rights.ts'

/** A cluster that runs. */
export interface LiveReader extends ClusterReader {
  /** What `/version` of the API server says. */
  version(): Promise<Record<string, string>>
  /** What its identity may do. */
  rights: Rights
  /** For kubectl: a kubeconfig that stands alone, with the reader's own credentials as they are now. For a file of mode 0600. */
  kubeconfig(): Promise<string>
}

const PAGE = 500
const JSON_TYPE = 'application/json'

/**
 * Eyes on a running cluster, by raw GETs with the credentials of a kubeconfig. Nothing is written, and a Secret's values never travel:
 * of Secrets only the metadata is asked for, so that their `type` is not known and their keys only as far as `managedFields` name them.
 */
export async function openLiveCluster(options: CredentialOptions & ApiOptions = {}): Promise<LiveReader> {
  const credentials = await loadCredentials(options)
  const api = createApi(credentials, options)
  const { title } = credentials
  const oddities: string[] = []

  const list: ClusterReader['list'] = async (type, { namespace, labelSelector, fieldSelector, signal }) => {
    const query: Record<string, string> = {
      limit: String(PAGE),
      ...(labelSelector && { labelSelector }),
      ...(fieldSelector && { fieldSelector }),
    }
    const [path, secret] = [pathOf(type, namespace ?? null), isSecret(type)]
    const asked = `list ${resourceName(type)}${namespace === undefined ? '' : ` in namespace ${namespace}`}`
    const accept = secret ? partial('PartialObjectMetadataList') : JSON_TYPE
    const lighter = !secret && hasNoisyWriters(type.kind) ? withoutManagedFields : undefined
    const objects = await readPages(api, path, query, accept, { asked, title, oddities, signal, lighter })
    const { kind, apiVersion } = type
    // Items of a list do not repeat what the list says.
    return objects.map((item) => prune({ ...item, ...(secret || !item.kind ? { kind, apiVersion } : {}) })).sort(byNamespaceAndName)
  }

  const rights = createRights(api, title)
  const reader: LiveReader = {
    rights,
    title,
    oddities,
    list,
    async get(type, namespace, name, signal) {
      const secret = isSecret(type)
      const path = `${pathOf(type, type.namespaced ? namespace : null)}/${encodeURIComponent(name)}`
      const answer = await api.get(path, {}, secret ? partial('PartialObjectMetadata') : JSON_TYPE, signal)
      if (answer.status === 404 && statusIn(answer)?.details?.name) return null
      const object = parse(answer, `get ${resourceName(type)} ${namespace ? `${namespace}/` : ''}${name}`, title)
      return prune(secret ? { ...object, kind: type.kind, apiVersion: type.apiVersion } : object)
    },
    logs: (request, signal) => readLog(api, request, title, signal),
    async now() {
      if (!api.now()) parse(await api.get('/version', {}, JSON_TYPE), 'read the version', title)
      const now = api.now()
      if (!now) throw new ReadError('Unreachable', `${title} answers without a Date header`)
      return now
    },
    types: () => discoverTypes(async (path, accept) => parse(await api.get(path, {}, accept), `read ${path}`, title)),
    kubeconfig: () => credentials.kubeconfig(),
    version: async () => parse(await api.get('/version', {}, JSON_TYPE), 'read the version', title),
    close: async () => api.close(),
  }
  // A person's context mostly may read everything; a ServiceAccount mostly may not.
  return options.as ? withinRights(reader, rights, options.as.who) : reader
}

const isSecret = (type: ResourceType): boolean => type.plural === 'secrets' && groupOf(type.apiVersion) === ''

const partial = (as: string): string => `application/json;as=${as};g=meta.k8s.io;v=v1`

/** The kubelet answers 200 with one of these in place of a log that was rotated away or never was. */
const NO_LOG = /^(unable to retrieve container logs for |failed to try resolving symlinks in path |failed to create fsnotify watcher)/

async function readLog(api: Api, request: LogRequest, title: string, signal?: AbortSignal): Promise<string | null> {
  const { namespace, pod, container, previous, tailLines, limitBytes = LOG_LIMIT_BYTES } = request
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`
  const ask = async (lines: number): Promise<string | null> => {
    const query = { container, previous: String(previous), tailLines: String(lines), limitBytes: String(limitBytes * 4) }
    const answer = await api.get(path, query, '*/*', signal)
    // 400: waiting to start, or no previous run; 404: the pod is gone.
    if (answer.status === 400 || answer.status === 404) return null
    if (answer.status !== 200) throw failure(answer, `read the log of ${namespace}/${pod} ${container}`, title)
    return NO_LOG.test(answer.body) && !answer.body.trim().includes('\n') ? null : answer.body
  }
  const text = await ask(tailLines)
  if (text === null) return null
  // The server cuts the end off, which is the part that matters: lines too long for it are asked for again, fewer of them.
  const cut = Buffer.byteLength(text) >= limitBytes * 4
  const fewer = Math.max(1, Math.floor((text.split('\n').length * limitBytes) / Buffer.byteLength(text)))
  return tailOf((cut && fewer < tailLines ? await ask(fewer) : text) ?? text, tailLines, limitBytes)
}
