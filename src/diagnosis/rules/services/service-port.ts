import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { changesOf } from '../../snapshot/changes.ts'
import { containerField, item, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const servicePort: Rule = {
  id: 'service-port',
  title: 'A Service sends to a port that its pods do not have',
  means: 'targetPort names a port that no container of the selected pods has, or a number that none of them declares.',
  looksAt: 'targetPort of Services beside the ports, and the probes, of the containers that they select.',
  mend: 'Correct targetPort, or the name of the container’s port.',
  look: (snapshot) =>
    snapshot
      .all('Service')
      .flatMap((service) => (service.spec?.ports ?? []).map((port: any) => mismatch(snapshot, service, port)))
      .filter((s) => s !== null),
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const
const portOf = (probe: any): unknown => probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port
const asksFor = (probe: any, port: any): boolean => [port.name, port.containerPort].includes(portOf(probe) ?? null)

function mismatch(snapshot: Snapshot, service: KubeObject, port: any): Seen | null {
  const namespace = service.metadata.namespace ?? ''
  const target = port.targetPort ?? port.port
  const pods = snapshot.podsSelected(namespace, service.spec?.selector).filter((p) => !p.metadata.deletionTimestamp)
  const pod = pods.find(isReady) ?? pods[0]
  if (!pod || service.spec?.type === 'ExternalName') return null
  const containers: any[] = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always'),
  ]
  const declared = containers.flatMap((c) => (c.ports ?? []).map((p: any) => ({ ...p, container: c.name as string })))
  const isThere = declared.some((p) => (typeof target === 'string' ? p.name === target : p.containerPort === target))
  const isNamed = typeof target === 'string' && !/^\d+$/.test(target)
  // A number need not be declared; that it is wrong is only likely, and another sign must say so, too.
  if (isThere || (!isNamed && declared.length === 0)) return null
  const workload = snapshot.workloadOf(pod)
  const change = changesOf(snapshot, workload).find((c) => /\.ports\[containerPort=/.test(c.field) && c.after !== undefined)
  // A number that the container moved to on purpose, as its probes tell, is one that the Service did not follow.
  const isMeant = !isNamed && containers.some((c) => PROBES.some((k) => declared.some((p) => asksFor(c[k], p))))
  const moved = isMeant ? undefined : change
  const meant = declared.length === 1 ? declared[0] : undefined
  const value = meant && (isNamed && meant.name ? meant.name : meant.containerPort)
  const field = `${item('spec.ports', 'port', port.port)}.targetPort`
  const name = `Service ${namespace}/${service.metadata.name}`
  const list = declared.map((p) => (p.name ? `${p.name}=${p.containerPort}` : String(p.containerPort))).join(', ') || 'none'
  const probed = containers.some((c) => PROBES.some((k) => portOf(c[k]) === target))
  return {
    on: refOf(service),
    failure: 'endpoints',
    severity: isNamed ? 'critical' : 'warning',
    summary: `${name} sends port ${port.port} to ${isNamed ? `a port called "${target}"` : `port ${target}`}, and the pods of ${workload.kind} ${workload.metadata.name} declare ${list}`,
    evidence: [fromObject(service, `ports[port=${port.port}].targetPort = ${target}`), fromObject(workload, `container ports: ${list}`)],
    cause: moved ? { object: refOf(workload), field: moved.field } : { object: refOf(service), field },
    directness: isNamed ? 0.9 : probed ? 0.3 : 0.75,
    tokens: [String(target)],
    tentative: !isNamed,
    alternatives: moved
      ? [{ object: refOf(service), field, summary: `targetPort of ${name} did not follow` }]
      : meant
        ? [
            {
              object: refOf(workload),
              field: containerField(workload, meant.container, `ports[containerPort=${meant.containerPort}]${isNamed ? '.name' : ''}`),
              summary: `The port of container ${meant.container} is wrong`,
            },
          ]
        : [],
    recommendations:
      value === undefined
        ? [advise(`Correct ${field}`, `The pods declare ${list}.`)]
        : [
            setField(
              refOf(service),
              field,
              value,
              `The pods of ${podSpecOf(workload) ? workload.metadata.name : 'the workload'} declare ${list}.`,
            ),
          ],
  }
}
