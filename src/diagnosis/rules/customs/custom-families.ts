import type { KubeObject } from '#cluster'
import { customTop, unwellCustoms, type Unwell } from '../../snapshot/custom-links.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'

/** Of one tree of custom owners those that are unwell, what a person wrote first. */
export function families(snapshot: Snapshot): { top: KubeObject; members: Unwell[] }[] {
  const found = new Map<KubeObject, Unwell[]>()
  for (const unwell of unwellCustoms(snapshot).values()) {
    const top = customTop(snapshot, unwell.object)
    found.set(top, [...(found.get(top) ?? []), unwell])
  }
  return [...found].map(([top, members]) => ({
    top,
    members: members.sort((a, b) => Number(b.object === top) - Number(a.object === top) || (keyOf(a.object) < keyOf(b.object) ? -1 : 1)),
  }))
}
