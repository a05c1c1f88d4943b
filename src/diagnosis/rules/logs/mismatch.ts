import { fromObject } from '../rule.ts'
import { isKind } from '../../snapshot/kinds.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { shownValue } from '../../snapshot/shown.ts'
import { allSettings, isChanged } from '../run/limit-setting.ts'
import { placeOf, type LogContext, type Told } from './log-rule.ts'

/** What one side has and the other wants: `expected "a" got "b"`, `want a, got b`, `a does not match b`. */
const PAIRS: readonly RegExp[] = [
  /\breceived ['"]?(?<want>[^\s'",]{3,200})['"]? but (?:the )?(?:current|server|queue)(?: value)? (?:is|has) ['"]?(?<got>[^\s'",]{3,200})/i, // RabbitMQ
  /\b(?:expected|want(?:ed)?|should be)[:=]? (?:to be |one of )?["'`[]?(?<want>[^\s"'`\],]{3,200})["'`\]]?,?;? ?(?:but )?(?:was |it )?\b(?:got|found|received|actual(?:ly)?|was|is|returned)[:=]? ["'`[]?(?<got>[^\s"'`\],]{3,200})/i,
  /\b(?:got|found|received|actual)[:=]? ["'`[]?(?<got>[^\s"'`\],]{3,200})["'`\]]?,?;? ?(?:but |instead of )?(?:expected|want(?:ed)?|instead of)?[:=]? ?["'`[]?(?<want>[^\s"'`\],]{3,200})/i,
  /["'`](?<got>[^\s"'`]{3,200})["'`] (?:does not match|did not match|is not equal to|differs from|!=) (?:the )?(?:[\w-]+ ){0,3}["'`](?<want>[^\s"'`]{3,200})["'`]/i,
]

/**
 * Two sides that were told different things of one: the program's own setting, and the one of another workload of the namespace that holds
 * what it was answered. The one that somebody changed is the cause, else the program's own.
 */
export function mismatched({ snapshot, group, hit, settings }: LogContext): Told | null {
  const { want, got } = PAIRS.map((p) => p.exec(hit.line)?.groups).find((g) => g !== undefined) ?? {}
  if (!want || !got) return null
  const own = settings.find((s) => s.origin !== 'file' && holds(s.value, want)) ?? settings.find((s) => holds(s.value, want))
  const mine = own ?? settings.find((s) => holds(s.value, got))
  const others = snapshot.workloads
    .filter((w) => w !== group.workload && w.metadata.namespace === group.workload.metadata.namespace)
    .flatMap((w) => allSettings(snapshot, w))
    .filter((s) => s.origin !== 'file' && holds(s.value, own ? got : want))
  const theirs = others.find((s) => isChanged(snapshot, s)) ?? others[0]
  const says = `it wants ${want.slice(0, 100)} and gets ${got.slice(0, 100)}`
  const [chosen, other] = theirs && (!mine || (isChanged(snapshot, theirs) && !isChanged(snapshot, mine))) ? [theirs, mine] : [mine, theirs]
  if (!chosen) return null
  return {
    says,
    cause: placeOf(chosen),
    directness: 0.84,
    open: false,
    tokens: [],
    evidence: [chosen, ...(other ? [other] : [])].flatMap((s) => proof(snapshot, s)),
    alternatives: other ? [{ ...placeOf(other), summary: 'The other side of what does not match' }] : [],
  }
}

/** The whole of a value, or of what a flag is set to, stands in the text, or the text in it. */
function holds(value: string, text: string): boolean {
  const bare = value.replace(/^--?[\w.-]+=/, '').replace(/\/+$/, '')
  return (
    bare.length >= 3 &&
    (text.replace(/\/+$/, '') === bare ||
      (bare.length >= 10 && text.startsWith(`${bare}/`)) ||
      (text.length >= 10 && value.includes(text)) ||
      value.split(/[?&]/).some((part) => part.endsWith(`=${text}`)))
  )
}

function proof(snapshot: LogContext['snapshot'], { object: { kind, namespace, name }, field, value }: Setting) {
  const object = isKind(kind) ? snapshot.get(kind, namespace, name) : undefined
  return object && value.length < 200 ? [fromObject(object, `${field} = ${shownValue(field, value)}`)] : []
}
