import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { isWithin } from '../../snapshot/field-path.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'
import { jsonText } from '../../snapshot/json-text.ts'

export const serviceMixed: Rule = {
  id: 'service-mixed',
  title: 'A Service selects pods that do not serve its port',
  means: 'The selector matches the pods of several workloads, and some of them do not have the port: a part of the requests is refused.',
  looksAt: 'The workloads of the pods that each Service selects, and the ports that their containers declare.',
  mend: 'Add a label to the selector that only the serving pods have.',
  look: (snapshot) => snapshot.all('Service').flatMap((service) => look(snapshot, service)),
}

function look(snapshot: Snapshot, service: KubeObject): Seen[] {
  const namespace = service.metadata.namespace ?? ''
  const selected = snapshot.podsSelected(namespace, service.spec?.selector)
  const pods = selected.filter((p) => !p.metadata.deletionTimestamp && p.status?.phase === 'Running')
  const samples = new Map(pods.map((pod) => [keyOf(snapshot.workloadOf(pod)), pod]))
  const ports: any[] = service.spec?.ports ?? []
  if (samples.size < 2 || ports.length === 0 || service.spec?.type === 'ExternalName') return []
  const serves = (pod: KubeObject): boolean => ports.every((port) => has(pod, port.targetPort ?? port.port))
  const [serving, idle] = [true, false].map((wanted) => [...samples.values()].filter((pod) => serves(pod) === wanted))
  if (serving!.length === 0 || idle!.length === 0) return []
  const [right, wrong] = [snapshot.workloadOf(serving![0]!), snapshot.workloadOf(idle![0]!)]
  const labels = serving![0]!.metadata.labels ?? {}
  const telling = Object.keys(labels)
    .sort()
    .find((key) => !/hash|revision/.test(key) && idle!.every((pod) => pod.metadata.labels?.[key] !== labels[key]))
  const object = refOf(service)
  const wasEdited = editsOf(service).some((e) => e.field === 'spec.selector' || isWithin(e.field, 'spec.selector'))
  return [
    {
      on: object,
      failure: 'endpoints',
      severity: 'critical',
      summary: `Service ${namespace}/${service.metadata.name} selects pods of ${wrong.kind} ${wrong.metadata.name} beside those of ${right.kind} ${right.metadata.name}, and only the latter have its port`,
      evidence: [
        fromObject(service, `selector ${jsonText(service.spec.selector)}, ports ${ports.map((p) => p.targetPort ?? p.port).join(', ')}`),
        fromObject(idle![0]!, `labels ${jsonText(idle![0]!.metadata.labels ?? {})}; it has no such port`),
      ],
      cause: { object, field: 'spec.selector' },
      directness: wasEdited ? 0.9 : 0.82,
      tentative: true,
      recommendations: telling
        ? [setField(object, `spec.selector[${telling}]`, labels[telling], `Only the pods of ${right.metadata.name} have it.`)]
        : [advise('Give the serving pods a label of their own and select it', 'No label tells them apart.')],
    },
  ]
}

const has = (pod: KubeObject, target: unknown): boolean =>
  (pod.spec?.containers ?? [])
    .flatMap((c: any) => c.ports ?? [])
    .some((p: any) => (typeof target === 'string' ? p.name === target : p.containerPort === target))
