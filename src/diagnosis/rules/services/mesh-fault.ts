import { groupOf, refOf, type KubeObject } from '#cluster'
import { serviceOfHost } from '../../snapshot/hosts.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const meshFault: Rule = {
  id: 'mesh-fault',
  title: 'The mesh was told to disturb requests',
  means: 'A route of the mesh holds a fault that was meant for a test: some or all requests are answered with an error, or late.',
  looksAt: 'Faults (abort, delay) in VirtualServices, when somebody who calls the Service is in trouble.',
  mend: 'Take the fault out of the route.',
  look: (snapshot) =>
    snapshot.customs
      .filter((o) => o.kind === 'VirtualService' && groupOf(o.apiVersion).endsWith('istio.io'))
      .flatMap((o) => faults(snapshot, o)),
}

const faults = (snapshot: Snapshot, route: KubeObject): Seen[] =>
  (route.spec?.http ?? []).flatMap((rule: any, i: number): Seen[] => {
    const share = Number(rule.fault?.abort?.percentage?.value ?? rule.fault?.delay?.percentage?.value ?? rule.fault?.abort?.percent ?? 0)
    if (!rule.fault || share <= 0) return []
    const field = `spec.http[${i}].fault`
    const what = rule.fault.abort ? 'answers' : 'delays'
    const services = (route.spec?.hosts ?? [])
      .map((host: string) => serviceOfHost(host, route.metadata.namespace ?? ''))
      .flatMap((s: any) => (s && snapshot.get('Service', s.namespace, s.name)) ?? [])
    const on = services[0] ?? route
    const summary = `VirtualService ${route.metadata.namespace}/${route.metadata.name} ${what} ${share} % of the requests on purpose`
    return [
      {
        on: refOf(on),
        failure: 'endpoints',
        severity: 'critical',
        summary,
        evidence: [fromObject(route, `${field} = ${jsonText(rule.fault).slice(0, 200)}`)],
        cause: { object: refOf(route), field },
        directness: 0.88,
        tentative: true,
        recommendations: [advise(`Take ${field} out of VirtualService ${route.metadata.name}`, summary)],
      },
    ]
  })
