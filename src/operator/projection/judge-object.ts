import type { KubeObject } from '#cluster'
import type { KnownObject, ShownInvestigation } from '#store'
import { ID_LABEL } from './names.ts'

/** What an Investigation object that is there means. */
export type Verdict =
  /** It is none of our business, or somebody else sees to it. */
  | { is: 'nothing' }
  /** It shows this investigation, and may be out of date. */
  | { is: 'shown'; id: string }
  /** It is on its way out: its investigation ends. */
  | { is: 'deleted'; id: string }
  /** Somebody wants an investigation. */
  | { is: 'request' }
  /** It carries the id of an investigation that has no object: made a moment ago by a process that died, or back from a backup. */
  | { is: 'found'; id: string }
  /** It carries the id of an investigation that has another object. */
  | { is: 'copy'; of: string }

/**
 * `known`: what is remembered of this uid. `labelled`: the investigation that its label names, when that is one of its namespace.
 *
 * Only what nobody knows and what bears no sign of an earlier life is a request. A restored backup, or another database under the same
 * cluster, must not start hundreds of investigations into what was long ago: an object with a label of ours or with a phase, which only
 * Inquest writes, was an investigation before.
 */
export function judgeObject(object: KubeObject, known: KnownObject | undefined, labelled: ShownInvestigation | null): Verdict {
  const leaving = object.metadata.deletionTimestamp !== undefined
  if (known) {
    // Retention took the row: whoever looks for orphans deletes the object.
    if (known.gone || known.investigationId === null) return { is: 'nothing' }
    return { is: leaving ? 'deleted' : 'shown', id: known.investigationId }
  }
  if (leaving) return { is: 'nothing' }
  if (idOf(object) !== null) {
    if (!labelled) return { is: 'nothing' }
    const { object: own } = labelled
    // It was bound, or forgotten, after `known` was looked up.
    if (own?.uid === object.metadata.uid) return own?.gone ? { is: 'nothing' } : { is: 'shown', id: labelled.id }
    return own && !own.gone ? { is: 'copy', of: own.name } : { is: 'found', id: labelled.id }
  }
  return object.status?.phase === undefined ? { is: 'request' } : { is: 'nothing' }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The id in its label; null: it has none. A label that is no id is one all the same, of nothing. */
export function idOf({ metadata }: KubeObject): string | null {
  const label = metadata.labels?.[ID_LABEL]
  if (label === undefined) return null
  return UUID.test(label) ? label : '00000000-0000-0000-0000-000000000000'
}
