import { refOf, type KubeObject } from '#cluster'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { ingressFault, setupFaults } from './ingress-setup.ts'
import type { Rule, Seen } from '../rule.ts'

export const ingressBackend: Rule = {
  id: 'ingress-backend',
  title: 'An Ingress leads nowhere',
  means:
    'A rule of the Ingress names a Service or a port that does not exist, its class belongs to no controller, or its certificate is not there.',
  looksAt: 'Backends and class of Ingresses, and the Services and IngressClasses that there are.',
  mend: 'Correct the name or port of the backend, or the class.',
  look: (snapshot) => snapshot.all('Ingress').flatMap((ingress) => [...backends(snapshot, ingress), ...setupFaults(snapshot, ingress)]),
}

function backends(snapshot: Snapshot, ingress: KubeObject): Seen[] {
  const places = [
    { at: 'spec.defaultBackend', service: ingress.spec?.defaultBackend?.service },
    ...(ingress.spec?.rules ?? []).flatMap((rule: any, i: number) =>
      (rule.http?.paths ?? []).map((path: any, j: number) => ({
        at: `spec.rules[${i}].http.paths[${j}].backend`,
        service: path.backend?.service,
      })),
    ),
  ]
  return places.flatMap(({ at, service }) => (service ? backend(snapshot, ingress, at, service) : []))
}

function backend(snapshot: Snapshot, ingress: KubeObject, at: string, wanted: any): Seen[] {
  const namespace = ingress.metadata.namespace ?? ''
  const name = `Ingress ${namespace}/${ingress.metadata.name}`
  const found = snapshot.find('Service', namespace, wanted.name)
  if (found === undefined) return []
  if (found === null) {
    const near = nearest(
      wanted.name,
      snapshot.all('Service', namespace).map((s) => s.metadata.name),
    )
    const field = `${at}.service.name`
    return [
      ingressFault(
        ingress,
        field,
        `${name} sends to Service ${wanted.name}, which does not exist${near ? ` (there is ${near})` : ''}`,
        0.92,
        [wanted.name],
        near,
      ),
    ]
  }
  const ports: any[] = found.spec?.ports ?? []
  const { name: portName, number } = wanted.port ?? {}
  const isThere = ports.some((p) => (portName !== undefined ? p.name === portName : p.port === number))
  if (!isThere && ports.length > 0) {
    const field = `${at}.service.port.${portName !== undefined ? 'name' : 'number'}`
    const only = ports.length === 1 ? (portName !== undefined ? ports[0].name : ports[0].port) : undefined
    return [
      ingressFault(
        ingress,
        field,
        `${name} sends to port ${portName ?? number} of Service ${wanted.name}, which has ${ports.map((p) => (p.name ? `${p.name}=${p.port}` : p.port)).join(', ')}`,
        0.92,
        [String(portName ?? number)],
        only,
      ),
    ]
  }
  // What is wrong behind the Service shows here, too; alone it is nothing.
  if (hasReadyPod(snapshot, found)) return []
  const told = ingressFault(
    ingress,
    `${at}.service.name`,
    `${name} sends to Service ${wanted.name}, which does not answer`,
    0.1,
    [wanted.name],
    undefined,
  )
  return [{ ...told, severity: 'warning', open: true, tentative: true, blames: [refOf(found)] }]
}

const hasReadyPod = (snapshot: Snapshot, service: KubeObject): boolean =>
  snapshot
    .podsSelected(service.metadata.namespace ?? '', service.spec?.selector)
    .some((p) => p.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True'))
