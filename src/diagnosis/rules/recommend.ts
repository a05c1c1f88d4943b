import type { Recommendation } from '#kinds/result'
import type { ObjectRef } from '#kinds/result'
import { patchOf } from '../snapshot/field-path.ts'
import { shownValue } from '../snapshot/shown.ts'
import { jsonText } from '../snapshot/json-text.ts'

/** Recommendations as sentences and commands. A command never needs an editor and names its namespace. */

const namespaceFlag = (ref: ObjectRef): string => (ref.namespace === null ? '' : ` -n ${ref.namespace}`)

/** Safe inside a shell for a person who pastes it. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export function setField(ref: ObjectRef, field: string, value: unknown, why: string): Recommendation {
  const patch = patchOf(field, value)
  const shown = shownValue(field, typeof value === 'string' ? value : jsonText(value))
  return {
    action: value === undefined ? `Remove ${field} of ${ref.kind} ${ref.name}` : `Set ${field} of ${ref.kind} ${ref.name} to ${shown}`,
    why,
    command: patch === null ? null : `kubectl patch ${ref.kind.toLowerCase()} ${ref.name}${namespaceFlag(ref)} -p ${quote(patch)}`,
    risk: 'medium',
    needsApproval: true,
  }
}

export function undoRollout(ref: ObjectRef, toRevision: number | null, why: string): Recommendation {
  return {
    action: toRevision === null ? `Undo the last roll-out of ${ref.name}` : `Go back to revision ${toRevision} of ${ref.name}`,
    why,
    command: `kubectl rollout undo ${ref.kind.toLowerCase()}/${ref.name}${namespaceFlag(ref)}${toRevision === null ? '' : ` --to-revision=${toRevision}`}`,
    risk: 'low',
    needsApproval: true,
  }
}

/** Something to look at or to do outside the cluster; no command of ours can. */
export const advise = (action: string, why: string): Recommendation => ({ action, why, command: null, risk: 'none', needsApproval: false })

/** A command that only reads. */
export const inspect = (action: string, why: string, command: string): Recommendation => ({
  action,
  why,
  command,
  risk: 'none',
  needsApproval: false,
})

/** A command that changes the cluster. */
export const change = (action: string, why: string, command: string, risk: Recommendation['risk']): Recommendation => ({
  action,
  why,
  command,
  risk,
  needsApproval: true,
})
