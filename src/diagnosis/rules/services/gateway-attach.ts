import { refOf, type KubeObject } from '#cluster'
import { item } from '../../snapshot/field-path.ts'
import { ROUTES } from '../../snapshot/kinds.ts'
import { matchesSelector } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { deadEnd } from '../run/dead-end.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const gatewayAttach: Rule = {
  id: 'gateway-attach',
  title: 'A Gateway does not take a route',
  means: 'No listener of the Gateway accepts the route: it is for other namespaces, other host names, or another port or protocol.',
  looksAt:
    'allowedRoutes, hostname and port of the listeners, the namespace and hostnames of the routes, and what the controller writes about both.',
  mend: 'Allow the namespace in the listener, or bring the host names in line.',
  look: (snapshot) =>
    ROUTES.flatMap((kind) => snapshot.all(kind)).flatMap((route) =>
      (route.spec?.parentRefs ?? []).flatMap((ref: any, i: number) => attach(snapshot, route, ref, i)),
    ),
}

function attach(snapshot: Snapshot, route: KubeObject, ref: any, index: number): Seen[] {
  const home = route.metadata.namespace ?? ''
  const gateway = (ref.kind ?? 'Gateway') === 'Gateway' ? snapshot.get('Gateway', ref.namespace ?? home, ref.name) : undefined
  const listeners: any[] = (gateway?.spec?.listeners ?? []).filter((l: any) => !ref.sectionName || l.name === ref.sectionName)
  if (!gateway || listeners.length === 0) return []
  const name = `Gateway ${gateway.metadata.namespace}/${gateway.metadata.name}`
  if (ref.port !== undefined && listeners.every((l) => l.port !== ref.port))
    return [
      deadEnd(
        route,
        `spec.parentRefs[${index}].port`,
        `wants port ${ref.port} of ${name}, which has ${listeners.map((l) => l.port).join(', ')}`,
        String(ref.port),
      ),
    ]
  const open = listeners.filter((l) => takes(snapshot, gateway, l, home))
  if (open.length === 0) {
    const listener = listeners[0]
    const field = `${item('spec.listeners', 'name', listener.name)}.allowedRoutes.namespaces.${listener.allowedRoutes?.namespaces?.from === 'Selector' ? 'selector' : 'from'}`
    const told = deadEnd(
      route,
      `spec.parentRefs[${index}].namespace`,
      `belongs to ${name}, which takes no routes of namespace ${home}`,
      ref.name,
    )
    const namespace = snapshot.get('Namespace', null, home)
    return [
      {
        ...told,
        evidence: [
          ...(told.evidence ?? []),
          fromObject(
            gateway,
            `${field}, seen from namespace ${home} with the labels ${Object.keys(namespace?.metadata.labels ?? {})
              .sort()
              .join(', ')}`,
          ),
        ],
        cause: { object: refOf(gateway), field },
        alternatives: [{ ...told.cause, summary: told.summary }],
      },
    ]
  }
  const wanted: string[] = route.spec?.hostnames ?? []
  const offered = open.map((l) => l.hostname as string | undefined)
  if (wanted.length === 0 || wanted.some((w) => offered.some((o) => o === undefined || meets(w, o)))) return []
  const listener = open[0]
  const told = deadEnd(route, 'spec.hostnames[0]', `is for ${wanted.join(', ')}, and ${name} listens for ${offered.join(', ')}`, wanted[0]!)
  return [
    {
      ...told,
      evidence: [...(told.evidence ?? []), fromObject(gateway, `hostname of its listeners: ${offered.join(', ')}`)],
      alternatives: [
        {
          object: refOf(gateway),
          field: `${item('spec.listeners', 'name', listener.name)}.hostname`,
          summary: `The host name of ${name} is wrong`,
        },
      ],
    },
  ]
}

/** What is not known is taken as allowed. */
function takes(snapshot: Snapshot, gateway: KubeObject, listener: any, home: string): boolean {
  const { from = 'Same', selector } = listener.allowedRoutes?.namespaces ?? {}
  if (from === 'Same') return gateway.metadata.namespace === home
  if (from !== 'Selector') return true
  const namespace = snapshot.get('Namespace', null, home)
  return !namespace || matchesSelector(selector, namespace.metadata.labels)
}

/** `*.shop.example` stands for every name below. */
function meets(a: string, b: string): boolean {
  if (a === b) return true
  const [wild, other] = a.startsWith('*.') ? [a, b] : [b, a]
  return wild.startsWith('*.') && other.endsWith(wild.slice(1)) && other !== wild.slice(2)
}
