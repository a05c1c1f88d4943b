import type { KubeObject } from '#cluster'
import { isKind } from '../../snapshot/kinds.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** A field of an object whose value a message speaks of. */
export interface QuotedField {
  object: KubeObject
  field: string
  value: string
}

/** Values that say nothing: switches, small numbers, and words that any message holds. */
export const PLAIN =
  /^(?:true|false|\d{1,3}|default|name|latest|main|master|none|auto|all|enabled?|disabled?|cluster|namespace|service|secret|key|value|data|status|spec)$/i

/** The field that the message calls by its name: `SubnetSelector did not match` → `spec.subnetSelectorTerms`. */
export function byKey(object: KubeObject | undefined, text: string): (QuotedField & { worth: number }) | null {
  if (!object) return null
  const words = [...text.matchAll(/[A-Za-z][A-Za-z0-9_-]{5,}/g)].map((m) => m[0].toLowerCase())
  for (const { field } of leavesOf(object.spec ?? {}, 'spec')) {
    const parts = [...field.matchAll(/[^.[\]]+(?:\[[^\]]*\])*/g)]
    for (const part of parts.slice(1)) {
      const key = part[0].replace(/\[.*$/, '')
      const at = part.index + key.length
      if (
        key.length >= 6 &&
        !PLAIN.test(key) &&
        words.some((w) => (w.length >= 8 ? key.toLowerCase().startsWith(w) : key.toLowerCase() === w))
      )
        return { object, field: field.slice(0, at), value: key, worth: 1 }
    }
  }
  return null
}

/** A message that only says that there is no room: the size that was asked for. */
export function bySize(object: KubeObject | undefined, text: string): (QuotedField & { worth: number }) | null {
  if (!object || !/(?:not enough|out of|no|insufficient) (?:disk )?space|disk (?:is )?full/i.test(text)) return null
  const leaf = leavesOf(object.spec ?? {}, 'spec').find(
    (l) => /storage|volume|disk/i.test(l.field) && /^(?:size|storage|capacity)$/i.test(l.key),
  )
  return leaf ? { object, field: leaf.field, value: leaf.value, worth: 1 } : null
}

/** What the API server says of an object that it does not take: `Deployment.apps "web" is invalid: spec.selector: Invalid value`. */
export function invalidObject(snapshot: Snapshot, namespaces: readonly string[], text: string): QuotedField | null {
  const [, kind = '', name = '', field = ''] = /\b([A-Z]\w+)(?:\.[\w.-]+)? "([^"]+)" is invalid: ([\w.[\]]+): /.exec(text) ?? []
  const object = isKind(kind) ? namespaces.map((ns) => snapshot.get(kind, ns, name)).find((o) => o !== undefined) : undefined
  return object ? { object, field, value: field } : null
}
