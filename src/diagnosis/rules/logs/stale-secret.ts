import { makersOf } from '../../snapshot/custom-links.ts'
import { holdsOf } from '../../snapshot/holds.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { keyOf, refKey, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Place } from '../rule.ts'

/** A custom resource that writes one of the Secrets, and does so no more: it is held, or was told to do it once. */
export function staleMaker(snapshot: Snapshot, namespace: string | null, variables: readonly any[]): Place | null {
  for (const { valueFrom } of variables)
    for (const made of makersOf(snapshot, { apiVersion: 'v1', kind: 'Secret', namespace, name: valueFrom.secretKeyRef.name })) {
      const maker = snapshot.customs.find((o) => keyOf(o) === refKey(made))
      const once = leavesOf(maker?.spec ?? {}, 'spec').find(
        (l) => /^refresh(?:Interval|Policy)$/.test(l.key) && /^(?:0\w{0,2}|CreatedOnce)$/.test(l.value),
      )
      const field = (maker && holdsOf(maker)[0]?.field) ?? once?.field
      if (maker && field) return { object: made, field }
    }
  return null
}
