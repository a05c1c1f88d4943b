import { refOf, type KubeObject } from '#cluster'
import { entry, item, podField, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'

/** Where the credentials of a refused pull come from, and what is wrong with them as far as objects and events tell. */
export interface PullSecrets {
  names: string[]
  /** What a person edits: the reference, or the Secret. */
  cause: Place
  says: string
  directness: number
}

/**
 * A pod's pull secrets stand in its workload, or admission put them there from its ServiceAccount. One that does not exist is
 * only warned of; one that exists and is refused holds credentials that are wrong, expired or for another registry.
 */
export function pullSecretsOf(snapshot: Snapshot, workload: KubeObject, pods: readonly KubeObject[], refusedLogin: boolean): PullSecrets {
  const pod = pods[0]!
  const namespace = workload.metadata.namespace ?? ''
  const names: string[] = (pod.spec?.imagePullSecrets ?? []).map((s: any) => String(s.name))
  const own = new Set<string>((podSpecOf(workload)?.imagePullSecrets ?? []).map((s: any) => s.name))
  const account = snapshot.get('ServiceAccount', namespace, pod.spec?.serviceAccountName ?? 'default')
  const list = (): Place => ({ object: refOf(workload), field: podField(workload, 'imagePullSecrets') })
  const reference = (name: string): Place =>
    own.has(name) || !account
      ? { object: refOf(workload), field: item(podField(workload, 'imagePullSecrets'), 'name', name) }
      : { object: refOf(account), field: item('imagePullSecrets', 'name', name) }

  if (names.length === 0) return { names, cause: list(), says: 'no pull secret is named', directness: 0.86 }
  const warned = pods.flatMap((p) => snapshot.eventsOf(p)).find((e) => e.reason === 'FailedToRetrieveImagePullSecret')
  const lost = (/image pull secrets \(([^)]*)\)/.exec(warned?.message ?? '')?.[1] ?? '').split(/, */)
  const missing = names.find((name) => lost.includes(name) || snapshot.find('Secret', namespace, name) === null)
  if (missing)
    return { names, cause: reference(missing), says: `there is no Secret ${missing} in namespace ${namespace}`, directness: 0.92 }
  if (names.length > 1) return { names, cause: list(), says: `none of ${names.join(', ')} lets it in`, directness: 0.75 }
  const known = snapshot.get('Secret', namespace, names[0]!)
  if (!known || !refusedLogin) return { names, cause: reference(names[0]!), says: `${names[0]} does not let it in`, directness: 0.8 }
  return {
    names,
    cause: { object: refOf(known), field: entry('data', '.dockerconfigjson') },
    says: `Secret ${names[0]} exists, and its credentials are refused`,
    directness: 0.85,
  }
}
