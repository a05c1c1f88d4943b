import { denialIn } from '../rules/admission/rbac.ts'
import { unwellCustoms } from '../snapshot/custom-links.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'

/** Reads who may do what, where a log says that something was forbidden. True if there was anything to read. */
export async function readRights(eyes: Eyes, snapshot: Snapshot): Promise<boolean> {
  const scopes = new Set<string | null>()
  const heed = (text: string): void => {
    if (text.includes('cannot set blockOwnerDeletion')) scopes.add(null)
    const denial = text.includes('is forbidden: User') ? denialIn(text) : null
    if (denial) scopes.add(denial.scope)
  }
  for (const view of snapshot.containers)
    for (const previous of [false, true]) for (const line of snapshot.log(view, previous) ?? []) heed(line)
  for (const { state } of unwellCustoms(snapshot).values()) heed(state.message)
  for (const { message } of snapshot.events) heed(message)
  const named = [...scopes].filter((s): s is string => s !== null && !snapshot.has('RoleBinding', s)).slice(0, 5)
  for (const namespace of named) await Promise.all([eyes.list('RoleBinding', namespace), eyes.list('Role', namespace)])
  if (scopes.size > 0 && !snapshot.has('ClusterRoleBinding'))
    await Promise.all([eyes.list('ClusterRoleBinding', null), eyes.list('ClusterRole', null)])
  return scopes.size > 0
}
