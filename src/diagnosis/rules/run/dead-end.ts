import { refOf, type KubeObject } from '#cluster'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/** A reference of a Gateway or a route that leads nowhere. */
export function deadEnd(object: KubeObject, field: string, says: string, token: string, meant?: unknown): Seen {
  const ref = refOf(object)
  const summary = `${object.kind} ${ref.namespace}/${ref.name} ${says}`
  return {
    on: ref,
    failure: 'entry',
    severity: 'critical',
    summary,
    evidence: [fromObject(object, `${field} = ${token}`), ...refusals(object)],
    cause: { object: ref, field },
    directness: 0.92,
    tokens: [token],
    recommendations: [meant === undefined ? advise(`Correct ${field}`, summary) : setField(ref, field, meant, summary)],
  }
}

/** What the Gateway's controller says of the route, when there is one. */
const refusals = (object: KubeObject) =>
  [...(object.status?.parents ?? []).flatMap((p: any) => p.conditions ?? []), ...(object.status?.conditions ?? [])]
    .filter((c: any) => c.status === 'False')
    .slice(0, 2)
    .map((c: any) => fromObject(object, `${c.type} = False: ${c.reason}: ${c.message ?? ''}`))
