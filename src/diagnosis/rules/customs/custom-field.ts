import type { KubeObject } from '#cluster'
import { hostsIn } from '../../snapshot/hosts.ts'
import { leavesOf, type Leaf } from '../../snapshot/leaves.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { byKey, bySize, PLAIN, type QuotedField } from './custom-field-named.ts'

/** Keys that say which kind of thing is meant, not which thing. */
const KIND_KEYS = new Set(['kind', 'apiVersion', 'group', 'namespace'])
const API_VERSION = /^v\d+(?:(?:alpha|beta)\d+)?$/

/**
 * The field that a controller's message is about. Best is one whose whole value the message quotes; then one whose address it names the host of, or
 * of whose text it quotes a word. What the message says `spec.x.y` of is taken by its path.
 */
export function quotedField(objects: readonly KubeObject[], messages: readonly string[]): QuotedField | null {
  const text = messages.join('\n')
  if (text.trim() === '') return null
  const own = new Set(objects.flatMap((o) => [o.metadata.name, o.metadata.namespace ?? '']))
  const words = [...text.matchAll(/(?:(?<!\w)'|["`“])([^"'`“”\n]{2,200})["'`”]/g)].map((m) => m[1]!)
  const isMissing = /not found|does not exist|no such|cannot find|could not find|unknown|doesn't exist|NotFound|missing/i.test(text)
  const isDenied = /denied|not authori[sz]ed|unauthori[sz]ed|forbidden|permission|credential|authenticat|\b40[13]\b/i.test(text)
  let best: (QuotedField & { worth: number }) | null = null
  for (const [rank, object] of objects.entries())
    for (const leaf of leavesOf(object.spec ?? {}, 'spec')) {
      const plain = worthOf(leaf, text, words, { own, isMissing, isDenied })
      const worth =
        plain === 0
          ? 0
          : plain +
            (object !== objects[0] &&
            !object.metadata.ownerReferences?.length &&
            !object.spec?.claimRef &&
            isCopied(objects[0]!, leaf.value)
              ? 1
              : 0) -
            rank * 0.1
      if (worth > 0 && (!best || worth > best.worth)) best = { object, field: leaf.field, value: leaf.value, worth }
    }
  best ??= byKey(objects[0], text) ?? bySize(objects[0], text)
  return best && { object: best.object, field: best.field, value: best.value }
}

interface Clues {
  own: ReadonlySet<string>
  /** The message says that something is not there. */
  isMissing: boolean
  /** The message says that somebody may not. */
  isDenied: boolean
}

/** What is written in both was made from the one that is referred to. */
const isCopied = (object: KubeObject, value: string): boolean => leavesOf(object.spec ?? {}, 'spec').some((l) => l.value === value)

/** Keys under which one says as whom. */
const IDENTITY = /role|account|auth|credential|token|user|principal|identity|accessKey|secretRef/i

function worthOf(leaf: Leaf, text: string, words: readonly string[], { own, isMissing, isDenied }: Clues): number {
  const { field, key, value } = leaf
  if (saysPath(text, field)) return 60 + field.length / 10
  // `property passwd does not exist in key web/app`: of two that are named it is the first.
  if (
    value.length >= 3 &&
    !own.has(value) &&
    new RegExp(
      `\\b${key}:? ["'\`]?${escaped(value)}["'\`]? (?:does not|doesn't|not found|is (?:not|missing|invalid|unknown)|was not)`,
      'i',
    ).test(text)
  )
    return 58
  if (key === 'namespace' && new RegExp(`namespace ["'\`]?${value.replaceAll('.', '\\.')}["'\`]?(?![\\w-])`).test(text))
    return own.has(value) ? 0 : 48
  if (REVISION_KEYS.test(key) && words.some((w) => w === value || w.endsWith(`/${value}`))) return 44
  if (/^\d{1,4}$/.test(value) && key.length >= 4 && saysNumber(text, key, value)) return 30
  if (value.length < 2 || PLAIN.test(value) || KIND_KEYS.has(key) || API_VERSION.test(value)) return 0
  // An address that is not reached is what is wrong, whatever else is named.
  if (value.includes('://') && text.includes(value) && UNREACHED.test(text)) return 52
  if (isDenied && IDENTITY.test(field)) {
    const last = value.split(/[/:]/).at(-1)!
    if (last.length >= 5 && !own.has(last) && holdsWord(text, last)) return 55
  }
  const isOwn = own.has(value)
  if (words.includes(value)) return isOwn ? (isMissing && /ref/i.test(field) ? 4 : 0) : 40 + Math.min(10, value.length / 10)
  if (isOwn || value.length > 2_000) return 0
  if (value.length >= 4 && holdsWord(text, value)) return 20 + Math.min(15, value.length / 4)
  if (value.includes('/') || value.includes('.'))
    for (const { host } of hostsIn(value))
      if (host.length >= 5 && (host.includes('.') || value.includes('://')) && holdsWord(text.toLowerCase(), host)) return 18
  const part = words.find((w) => w.length >= 4 && !PLAIN.test(w) && !own.has(w) && w.length * 3 >= value.length && holdsWord(value, w))
  return part ? 12 + Math.min(5, part.length / 10) : 0
}

/** Keys of what a repository calls by a short name and its server by a long one. */
const REVISION_KEYS = /^(?:branch|tag|ref|revision|targetRevision|commit)$/
const UNREACHED = /no such host|connection refused|dial tcp|x509|i\/o timeout|deadline exceeded|Name or service not known/

/** `replication factor of 5`: a small number behind a word that begins like the key. */
const saysNumber = (text: string, key: string, value: string): boolean =>
  new RegExp(`\\b${escaped(key.replace(/^.*[a-z](?=[A-Z])/, '').slice(0, 6))}\\w*(?:\\W+[a-z]+){0,2}\\W+${value}(?![\\d.])`, 'i').test(text)

/** The API's own words for a field: `spec.storage.size: Invalid value`. */
function saysPath(text: string, field: string): boolean {
  const plain = field.replaceAll(/\[(?:[a-zA-Z]+=)?[^\]]*\]/g, '')
  return (
    plain.split('.').length > 2 &&
    new RegExp(`(?<![\\w.])${plain.replaceAll('.', '(?:\\[[^\\]]*\\])?\\.')}(?:\\[[^\\]]*\\])?(?![\\w.])`).test(text)
  )
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
