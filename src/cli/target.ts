import { findResource } from '#cluster'
import { InputError } from '#kit/errors'
import type { ObjectRef } from '#kinds/result'

/** `deployment/velero` in a namespace, with kubectl's words for the kind, → the object's reference. */
export function parseTarget(text: string, namespace: string | undefined): ObjectRef {
  const [word, name, ...rest] = text.split('/')
  if (!word || !name || rest.length > 0)
    throw new InputError(`"${text}" is not KIND/NAME`, {
      field: 'target',
      remedy: 'Write it like kubectl does: deployment/web, pod/web-5c9, node/worker-1.',
    })
  const type = findResource(word)
  if (!type)
    throw new InputError(`no kind is called "${word}"`, {
      field: 'target',
      remedy: 'Use a kind as kubectl names it: deployment, sts, pod, svc, node, …',
    })
  return { apiVersion: type.apiVersion, kind: type.kind, namespace: type.namespaced ? (namespace ?? 'default') : null, name }
}
