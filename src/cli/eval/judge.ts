import type { Cause, Result } from '#kinds/result'
import type { Answer, Expected } from './expected.ts'

/**
 * - right: the root cause is the object and the field; or nothing is called one where nothing is broken.
 * - in-three: it is among the first three causes, and not the first.
 * - wrong: neither. - false-cause: something is called the root cause where nothing is broken. - unjudged: nobody says what is right.
 */
export type Verdict = 'right' | 'in-three' | 'wrong' | 'false-cause' | 'unjudged'

type Judged = Pick<Result, 'rootCause' | 'alternatives' | 'problems'>

/** `result` null: it could not be looked at, which is as wrong as any other answer. */
export function judge(result: Judged | null, expected: Expected | null): Verdict {
  if (!expected) return 'unjudged'
  if (!result) return 'wrong'
  if (expected.answers.length === 0) return result.rootCause ? 'false-cause' : 'right'
  const isRight = (cause: Cause): boolean => expected.answers.some((answer) => isThis(cause, answer))
  if (result.rootCause && isRight(result.rootCause)) return 'right'
  return firstThree(result).some(isRight) ? 'in-three' : 'wrong'
}

/** The root cause, other explanations of the same, then other problems. */
function firstThree({ rootCause, alternatives, problems }: Judged): Cause[] {
  const all = [...(rootCause ? [rootCause] : []), ...alternatives, ...problems]
  return [...new Map(all.map((cause) => [cause.id, cause])).values()].slice(0, 3)
}

function isThis({ object, field }: Cause, answer: Answer): boolean {
  const { apiVersion, kind, namespace, name } = answer.object
  const isObject = object.kind === kind && object.name === name && object.namespace === namespace
  const isGroup = apiVersion === undefined || groupOf(apiVersion) === groupOf(object.apiVersion)
  return isObject && isGroup && (answer.field === undefined || plain(answer.field) === plain(field))
}

/** The version says nothing about which object is meant. */
const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '')

/** `spec.selector["app"]` and `spec.selector[app]` are `spec.selector.app`. */
const plain = (field: string | null): string | null =>
  field?.replace(/\[["']([^\]]*)["']\]/g, '[$1]').replace(/\[([A-Za-z_][\w-]*)\]/g, '.$1') ?? null
