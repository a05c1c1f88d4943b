import { resourceName, type KubeObject, type ResourceType } from '../reader.ts'
import { failure, parse, pathOf, statusIn } from './answer.ts'
import type { Api, ApiAnswer } from './api.ts'

/** Who the fields that Inquest writes belong to (`kubectl get --show-managed-fields`). */
export const FIELD_MANAGER = 'inquest'

/** Which object is meant: with its uid, so that a later one of the same name is never taken for it. */
export interface ObjectIdentity {
  namespace: string
  name: string
  uid: string
}

/**
 * The few writes that the operator makes. All of them may be repeated: a caller that does not know whether one was done does it again.
 * Refusals are thrown as ReadErrors (Forbidden names identity, verb and resource), a body that the schema refuses as an InputError.
 */
export interface ClusterWriter {
  /**
   * Server-side apply of the whole `status` that Inquest has: what an earlier one said and this one does not is removed. Null: the object
   * is gone. `resourceVersion`: only while the object is that version, else `changed`. The API server ignores the uid here (1.36: an apply
   * of a status keeps the metadata that is there), so that without a version the status may reach a later object of the same name.
   */
  applyStatus(
    type: ResourceType,
    object: ObjectIdentity & { resourceVersion?: string },
    status: object,
    signal?: AbortSignal,
  ): Promise<KubeObject | 'changed' | null>
  /** `exists`: there is one of that name already; `gone`: its namespace does not exist or is being deleted. */
  create(type: ResourceType, object: KubeObject, signal?: AbortSignal): Promise<KubeObject | 'exists' | 'gone'>
  /** Also when it is not there, or is another by now. A finalizer may keep it for a while. */
  delete(type: ResourceType, object: ObjectIdentity, signal?: AbortSignal): Promise<void>
}

export function createWriter(api: Api, title: string): ClusterWriter {
  const pathTo = (type: ResourceType, { namespace, name }: ObjectIdentity): string =>
    `${pathOf(type, namespace)}/${encodeURIComponent(name)}`

  return {
    async applyStatus(type, object, status, signal) {
      const { namespace, name, uid, resourceVersion } = object
      const answer = await api.write(
        {
          method: 'PATCH',
          path: `${pathTo(type, object)}/status`,
          query: { fieldManager: FIELD_MANAGER, force: 'true' },
          contentType: 'application/apply-patch+yaml',
          body: {
            apiVersion: type.apiVersion,
            kind: type.kind,
            metadata: { namespace, name, uid, ...(resourceVersion && { resourceVersion }) },
            status,
          },
        },
        signal,
      )
      if (isGone(answer)) return null
      if (answer.status === 409) return 'changed'
      return parse(answer, `patch ${resourceName(type)}/status ${namespace}/${name}`, title) as KubeObject
    },
    async create(type, object, signal) {
      const { namespace = null, name } = object.metadata
      const path = pathOf(type, type.namespaced ? namespace : null)
      const answer = await api.write({ method: 'POST', path, query: { fieldManager: FIELD_MANAGER }, body: object }, signal)
      const status = answer.status > 299 ? statusIn(answer) : null
      if (status?.reason === 'AlreadyExists') return 'exists'
      // A 404 without a name says that the server does not know the type.
      if (status?.details?.kind === 'namespaces' || isTerminating(status)) return 'gone'
      return parse(answer, `create ${resourceName(type)} ${namespace ? `${namespace}/` : ''}${name}`, title) as KubeObject
    },
    async delete(type, object, signal) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: object.uid } }
      const answer = await api.write({ method: 'DELETE', path: pathTo(type, object), body }, signal)
      if (answer.status > 299 && !isGone(answer))
        throw failure(answer, `delete ${resourceName(type)} ${object.namespace}/${object.name}`, title)
    },
  }
}

/** No object of that name, or one with another uid. */
function isGone(answer: ApiAnswer): boolean {
  if (answer.status !== 404 && answer.status !== 409) return false
  const status = statusIn(answer)
  if (answer.status === 404) return Boolean(status?.details?.name)
  return /uid/i.test(String(status?.message ?? ''))
}

const isTerminating = (status: any): boolean =>
  status?.reason === 'Forbidden' &&
  (status.details?.causes ?? []).some(({ reason }: { reason?: string }) => reason === 'NamespaceTerminating')
