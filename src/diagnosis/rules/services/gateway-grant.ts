import { refOf, type KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import { element } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { deadEnd } from '../run/dead-end.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/**
 * A route that sends to a Service of another namespace, where no ReferenceGrant allows it. A grant that was meant to (it is for routes to
 * Services, from another namespace or to another name) and that was written after the route is what a person corrects; else it is the route.
 */
export function ungranted(snapshot: Snapshot, route: KubeObject, field: string, service: KubeObject): Seen[] {
  const [from, to] = [route.metadata.namespace ?? '', service.metadata.namespace ?? '']
  if (!snapshot.has('ReferenceGrant', to)) return []
  const grants = snapshot.all('ReferenceGrant', to)
  const covers = (t: any): boolean => t.kind === 'Service' && (!t.name || t.name === service.metadata.name)
  const isFrom = (f: any): boolean => f.kind === route.kind && f.namespace === from
  if (grants.some((g) => (g.spec?.from ?? []).some(isFrom) && (g.spec?.to ?? []).some(covers))) return []
  const says = `sends to Service ${service.metadata.name} of namespace ${to}, where no ReferenceGrant allows it`
  const plain = deadEnd(route, field, says, to)
  for (const grant of grants) {
    const list: any[] = grant.spec?.from ?? []
    const place = (list.some(isFrom) ? null : (grant.spec?.to ?? []).some(covers))
      ? nearMiss(list, route)
      : list.some(isFrom)
        ? toOther(grant)
        : null
    if (!place) continue
    const object = refOf(grant)
    const meant = { object, field: place.field }
    const isNewer = (lastWrite(grant) ?? 0) > (lastWrite(route) ?? 0)
    const [cause, other] = isNewer ? [meant, plain.cause] : [plain.cause, meant]
    return [
      {
        ...plain,
        summary: `${plain.summary}: ReferenceGrant ${to}/${grant.metadata.name} allows ${place.allows}`,
        evidence: [...(plain.evidence ?? []), fromObject(grant, `${place.field} = ${place.allows}`)],
        cause,
        alternatives: [{ ...other, summary: isNewer ? plain.summary : `ReferenceGrant ${to}/${grant.metadata.name} does not allow it` }],
        recommendations: [setField(object, place.field, place.meant(from, service.metadata.name), plain.summary)],
      },
    ]
  }
  return [plain]
}

interface Miss {
  field: string
  allows: string
  meant: (from: string, name: string) => string
}

function nearMiss(list: readonly any[], route: KubeObject): Miss | null {
  const i = list.findIndex((f) => f.kind === route.kind)
  if (i >= 0)
    return {
      field: `${element('spec.from', i)}.namespace`,
      allows: `${route.kind}s of namespace ${list[i].namespace}`,
      meant: (from) => from,
    }
  const j = list.findIndex((f) => f.namespace === route.metadata.namespace)
  return j < 0 ? null : { field: `${element('spec.from', j)}.kind`, allows: `${list[j].kind}s of that namespace`, meant: () => route.kind }
}

function toOther(grant: KubeObject): Miss | null {
  const list: any[] = grant.spec?.to ?? []
  const i = list.findIndex((t) => t.kind === 'Service' && t.name)
  return i < 0 ? null : { field: `${element('spec.to', i)}.name`, allows: `Service ${list[i].name}`, meant: (_, name) => name }
}
