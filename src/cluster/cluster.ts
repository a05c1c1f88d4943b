import type { ObjectRef } from '../kinds/result.ts'

/** An object of the Kubernetes API as raw JSON. Fields are the API's own; nothing is converted. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: KubeMeta
  spec?: any
  status?: any
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

/** Why something could not be read. A reader throws it; the diagnosis turns it into a line of `incomplete`. */
export class ReadError extends Error {
  override readonly name = 'ReadError'
  /** NotRecorded: the bundle does not hold this kind at all. NoSuchResource: the cluster does not serve it. */
  readonly reason: 'Forbidden' | 'NotRecorded' | 'NoSuchResource' | 'Timeout' | 'Unreachable'
  constructor(reason: ReadError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/** Eyes on a cluster, live or recorded. It reads only, and never the data of a Secret. */
export interface ClusterReader {
  /** What the reader is, for people: `context prod-eu`, `bundle ./kurl-velero`. */
  readonly title: string
  /** All objects of a type; `namespace` undefined means everywhere. Sorted by namespace and name. */
  list(
    type: ResourceType,
    options: { namespace?: string; labelSelector?: string; fieldSelector?: string; signal?: AbortSignal },
  ): Promise<KubeObject[]>
  /** null when there is no such object. */
  get(type: ResourceType, namespace: string | null, name: string, signal?: AbortSignal): Promise<KubeObject | null>
  /** The end of a container's log, at most `tailLines` lines and 256 kB; null when there is none (never started, not recorded). */
  logs(request: LogRequest, signal?: AbortSignal): Promise<string | null>
  /** The cluster's own clock: the API server's, or the newest timestamp of the bundle. */
  now(): Promise<Date>
  /** What the reader knows to be missing or odd (truncated files, unreadable parts), one sentence each. */
  readonly oddities: readonly string[]
  close(): Promise<void>
}

export interface LogRequest {
  namespace: string
  pod: string
  container: string
  previous: boolean
  tailLines: number
}

export const refOf = (object: KubeObject): ObjectRef => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.metadata.namespace ?? null,
  name: object.metadata.name,
})
