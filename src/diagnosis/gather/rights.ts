import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'

const DENIED = /is forbidden: User "system:serviceaccount:[^"]+" cannot .*?(?:in the namespace "([^"]+)"|at the cluster scope)/

/** Reads who may do what, where a log says that something was forbidden. True if there was anything to read. */
export async function readRights(eyes: Eyes, snapshot: Snapshot): Promise<boolean> {
  const scopes = new Set<string | null>()
  for (const view of snapshot.containers)
    for (const previous of [false, true])
      for (const line of snapshot.log(view, previous) ?? []) {
        const match = DENIED.exec(line.replaceAll('\\"', '"'))
        if (match) scopes.add(match[1] ?? null)
      }
  const named = [...scopes].filter((s): s is string => s !== null && !snapshot.has('RoleBinding', s)).slice(0, 5)
  for (const namespace of named) await Promise.all([eyes.list('RoleBinding', namespace), eyes.list('Role', namespace)])
  if (scopes.size > 0 && !snapshot.has('ClusterRoleBinding'))
    await Promise.all([eyes.list('ClusterRoleBinding', null), eyes.list('ClusterRole', null)])
  return scopes.size > 0
}
