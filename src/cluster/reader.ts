import type { ObjectRef } from '#kinds/result'

/** An object of the Kubernetes API as raw JSON. Fields are the API's own; nothing is converted. Readers share it: never change one. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: KubeMeta
  spec?: any
  status?: any
  /**
   * Of a Secret never the values: every value is `''`, so that only the names of the keys are told. When even those are not known
   * (a live Secret without `managedFields`), `data` is absent; an absent `data` of a Secret is not "no keys".
   */
  data?: Record<string, string>
  [field: string]: any
}

export interface KubeMeta {
  name: string
  namespace?: string
  uid?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  creationTimestamp?: string
  deletionTimestamp?: string
  generation?: number
  resourceVersion?: string
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
  finalizers?: string[]
  managedFields?: any[]
  [field: string]: any
}

/** A kind by its group and plural, as the API's paths name it: `{apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true}`. */
export interface ResourceType {
  apiVersion: string
  kind: string
  plural: string
  namespaced: boolean
}

/** A ResourceType with the other words that kubectl knows for it. */
export interface ResourceInfo extends ResourceType {
  singular: string
  shortNames: readonly string[]
  /** `all` for what `kubectl get all` lists. */
  categories: readonly string[]
}

/** Why something could not be read. A reader throws it; the diagnosis turns it into a line of `incomplete`. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  /** NotRecorded: the bundle does not hold this kind at all. NoSuchResource: the cluster does not serve it. */
  readonly reason: 'Forbidden' | 'NotRecorded' | 'NoSuchResource' | 'Timeout' | 'Unreachable'
  constructor(reason: ReadError['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}

/** Eyes on a cluster, live or recorded. It reads only, and never the data of a Secret. */
export interface ClusterReader {
  /** What the reader is, for people: `context prod-eu`, `bundle ./kurl-velero`. */
  readonly title: string
  /** All objects of a type; `namespace` undefined means everywhere. Sorted by namespace and name. */
  list(type: ResourceType, options: ListOptions): Promise<KubeObject[]>
  /** null when there is no such object. */
  get(type: ResourceType, namespace: string | null, name: string, signal?: AbortSignal): Promise<KubeObject | null>
  /** The end of a container's log; null when there is none (never started, not recorded). */
  logs(request: LogRequest, signal?: AbortSignal): Promise<string | null>
  /** The cluster's own clock: the API server's, or the newest timestamp of the bundle. */
  now(): Promise<Date>
  /** Every type that can be asked for: the built-in ones, and the custom ones that the cluster serves or the bundle holds. */
  types(): Promise<ResourceInfo[]>
  /** What the reader knows to be missing or odd (truncated files, unreadable parts), one sentence each. It may grow while the reader is used. */
  readonly oddities: readonly string[]
  /** Of which namespace alone its identity may see metrics, too; null or absent: of all. */
  metricsNamespace?(): Promise<string | null>
  close(): Promise<void>
}

export interface ListOptions {
  namespace?: string
  /** kubectl's own syntax: `app=web,tier in (a,b),!canary`. */
  labelSelector?: string
  /** `spec.nodeName=n1,status.phase!=Succeeded`. */
  fieldSelector?: string
  signal?: AbortSignal
}

export interface LogRequest {
  namespace: string
  pod: string
  container: string
  previous: boolean
  tailLines: number
  /** Bytes of the end of the log at most; 256 kB when absent. */
  limitBytes?: number
}

/** What a log is cut to when a request does not say. */
export const LOG_LIMIT_BYTES = 256 * 1024

export const refOf = (object: KubeObject): ObjectRef => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.metadata.namespace ?? null,
  name: object.metadata.name,
})

/** `apps/v1` → `apps`; the core group is `''`. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '')

/** `apps/v1` → `v1`. */
export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)

/** How people and RBAC name a resource: `deployments.apps`, `pods`. */
export const resourceName = (type: Pick<ResourceType, 'apiVersion' | 'plural'>): string => {
  const group = groupOf(type.apiVersion)
  return group === '' ? type.plural : `${type.plural}.${group}`
}

/** The order in which readers list: by namespace, then name, by code unit, so that it is the same on every machine. */
export const byNamespaceAndName = (a: KubeObject, b: KubeObject): number =>
  compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compare(a.metadata.name, b.metadata.name)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
