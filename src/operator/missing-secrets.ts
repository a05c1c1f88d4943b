import { ReadError } from '#cluster'
import { secretRefs } from '#kinds/acceptance'
import type { SecretKeyRef } from '#kinds/meta'
import type { Problem } from '#kinds/problem'
import type { SecretLookup } from '#kinds/registry'
import type { Configured, Finding, World } from './reconciler.ts'

/** Keys of Secrets that an object names and that are not there, or may not be read. */
export async function missingSecrets(object: Configured, world: World): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { field, ...ref } of secretRefs(object)) {
    const problem = await world.secretProblem(object.metadata.namespace!, ref, field)
    if (problem) findings.push({ reason: 'SecretNotReady', problem })
  }
  return findings
}

/** Null: the key has a value. Throws when the API server cannot be asked. */
export async function secretProblem(lookup: SecretLookup, namespace: string, ref: SecretKeyRef, field: string): Promise<Problem | null> {
  try {
    if ((await lookup(namespace, ref))?.trim()) return null
    const message = `Secret ${namespace}/${ref.name} has no key "${ref.key}", or it is empty`
    return { field, message, remedy: `Create it: kubectl create secret generic ${ref.name} -n ${namespace} --from-file=${ref.key}=FILE.` }
  } catch (error) {
    if (!(error instanceof ReadError) || error.reason !== 'Forbidden') throw error
    const role = `kubectl create role inquest-secrets -n ${namespace} --verb=get --resource=secrets --resource-name=${ref.name}`
    // The API server names who it refused.
    const [, account = 'NAMESPACE:NAME'] = /system:serviceaccount:([^"]+)"/.exec(error.message) ?? []
    const binding = `kubectl create rolebinding inquest-secrets -n ${namespace} --role=inquest-secrets --serviceaccount=${account}`
    const remedy = `Let Inquest read this Secret, by name: ${role} && ${binding}.`
    return { field, message: error.message, remedy }
  }
}
