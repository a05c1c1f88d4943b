import { refOf, type KubeObject } from '#cluster'
import { item } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const serviceProtocol: Rule = {
  id: 'service-protocol',
  title: 'A Service speaks another protocol than its pods',
  means: 'The Service forwards TCP to a port that its pods declare for UDP or SCTP, or the other way round: nothing listens there.',
  looksAt: 'The protocol of Service ports beside the protocol of the container ports that they lead to.',
  mend: 'Correct the protocol of the Service’s port, or of the container’s.',
  look: (snapshot) =>
    snapshot.all('Service').flatMap((service) => (service.spec?.ports ?? []).flatMap((port: any) => look(snapshot, service, port))),
}

const protocolOf = (port: any): string => port.protocol ?? 'TCP'

function look(snapshot: Snapshot, service: KubeObject, port: any): Seen[] {
  const namespace = service.metadata.namespace ?? ''
  const target = port.targetPort ?? port.port
  const pod = snapshot.podsSelected(namespace, service.spec?.selector).find((p) => !p.metadata.deletionTimestamp)
  const leadsTo = (p: any): boolean => (typeof target === 'string' ? p.name === target : p.containerPort === target)
  const declared: any[] = (pod?.spec?.containers ?? []).flatMap((c: any) => c.ports ?? []).filter(leadsTo)
  if (declared.length === 0 || declared.some((p) => protocolOf(p) === protocolOf(port))) return []
  const meant = protocolOf(declared[0])
  // DNS and the like serve one port in both protocols and often declare one: another entry of the Service tells.
  const isServed = (service.spec?.ports ?? []).some(
    (p: any) => p !== port && (p.targetPort ?? p.port) === target && protocolOf(p) === meant,
  )
  if (isServed) return []
  const object = refOf(service)
  const field = `${item('spec.ports', 'port', port.port)}.protocol`
  const workload = snapshot.workloadOf(pod!)
  const isNamed = typeof target === 'string'
  return [
    {
      on: object,
      failure: 'endpoints',
      severity: isNamed ? 'critical' : 'warning',
      summary: `Service ${namespace}/${service.metadata.name} forwards ${protocolOf(port)} on port ${port.port}, and the pods of ${workload.kind} ${workload.metadata.name} declare ${meant} there`,
      evidence: [
        fromObject(service, `ports[port=${port.port}].protocol = ${protocolOf(port)}, targetPort = ${target}`),
        fromObject(workload, `container port ${declared[0].containerPort}: protocol ${meant}`),
      ],
      cause: { object, field },
      directness: isNamed ? 0.9 : 0.82,
      tentative: !isNamed,
      recommendations: [setField(object, field, meant, `The pods speak ${meant}.`)],
    },
  ]
}
