import type { KubeObject } from '#cluster'
import { ROUTES } from '../../snapshot/kinds.ts'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { ungranted } from './gateway-grant.ts'
import { deadEnd } from '../run/dead-end.ts'
import type { Rule, Seen } from '../rule.ts'

export const gatewayRoute: Rule = {
  id: 'gateway-route',
  title: 'A route of the Gateway API leads nowhere',
  means: 'An HTTPRoute names a Service, port, Gateway or listener that does not exist, or a Service of a namespace that does not allow it.',
  looksAt: 'parentRefs and backendRefs of HTTPRoutes, ReferenceGrants, and the Gateways and Services that they name.',
  mend: 'Correct the name or port, or grant the reference in the namespace of the Service.',
  look: (snapshot) =>
    ROUTES.flatMap((kind) => snapshot.all(kind)).flatMap((route) => [...backends(snapshot, route), ...parents(snapshot, route)]),
}

function backends(snapshot: Snapshot, route: KubeObject): Seen[] {
  const home = route.metadata.namespace ?? ''
  return (route.spec?.rules ?? []).flatMap((rule: any, i: number) =>
    (rule.backendRefs ?? []).flatMap((ref: any, j: number): Seen[] => {
      if ((ref.kind ?? 'Service') !== 'Service' || ref.group) return []
      const namespace = ref.namespace ?? home
      const at = `spec.rules[${i}].backendRefs[${j}]`
      const service = snapshot.find('Service', namespace, ref.name)
      if (service === undefined) return []
      if (service === null) {
        const near = nearest(
          ref.name,
          snapshot.all('Service', namespace).map((s) => s.metadata.name),
        )
        return [
          deadEnd(
            route,
            `${at}.name`,
            `sends to Service ${namespace}/${ref.name}, which does not exist${near ? ` (there is ${near})` : ''}`,
            ref.name,
            near,
          ),
        ]
      }
      const ports: number[] = (service.spec?.ports ?? []).map((p: any) => p.port)
      if (ref.port !== undefined && ports.length > 0 && !ports.includes(ref.port))
        return [
          deadEnd(
            route,
            `${at}.port`,
            `sends to port ${ref.port} of Service ${ref.name}, which has ${ports.join(', ')}`,
            String(ref.port),
            ports.length === 1 ? ports[0] : undefined,
          ),
        ]
      return namespace === home ? [] : ungranted(snapshot, route, `${at}.namespace`, service)
    }),
  )
}

function parents(snapshot: Snapshot, route: KubeObject): Seen[] {
  return (route.spec?.parentRefs ?? []).flatMap((ref: any, i: number): Seen[] => {
    if ((ref.kind ?? 'Gateway') !== 'Gateway') return []
    const gateway = snapshot.find('Gateway', ref.namespace ?? route.metadata.namespace ?? null, ref.name)
    if (gateway === null)
      return [deadEnd(route, `spec.parentRefs[${i}].name`, `belongs to Gateway ${ref.name}, which does not exist`, ref.name)]
    const names: string[] = (gateway?.spec?.listeners ?? []).map((l: any) => l.name)
    if (!gateway || !ref.sectionName || names.includes(ref.sectionName)) return []
    return [
      deadEnd(
        route,
        `spec.parentRefs[${i}].sectionName`,
        `wants listener ${ref.sectionName} of Gateway ${ref.name}, which has ${names.join(', ')}`,
        ref.sectionName,
        nearest(ref.sectionName, names),
      ),
    ]
  })
}
