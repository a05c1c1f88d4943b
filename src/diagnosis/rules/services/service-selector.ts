import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { isOfGroup } from '../../snapshot/custom-links.ts'
import { entry } from '../../snapshot/field-path.ts'
import { holdsOf } from '../../snapshot/holds.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'
import { labelsOf, likeliest } from './service-likeliest.ts'

/** No pod has the labels: the workload is empty, or one of the two sides is mistaken. */
export function unmatched(snapshot: Snapshot, service: KubeObject): Seen | null {
  const namespace = service.metadata.namespace ?? ''
  const selector: Record<string, string> = service.spec.selector
  const templates = (['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod'] as const)
    .flatMap((kind) => snapshot.all(kind, namespace))
    .filter((o) => snapshot.workloadOf(o) === o)
    .map((workload) => ({ workload, labels: labelsOf(workload) }))
  const base = { on: refOf(service), failure: 'endpoints' as const, severity: 'critical' as const }
  const name = `Service ${namespace}/${service.metadata.name}`
  const text = Object.entries(selector)
    .map(([k, v]) => `${k}=${v}`)
    .sort()
    .join(',')
  const own = templates.filter((t) => matchesLabels(selector, t.labels))
  if (own.length > 0) {
    const said = own.map((t) => `${t.workload.kind} ${t.workload.metadata.name}`).join(', ')
    return {
      ...base,
      severity: 'warning',
      summary: `${name} has no pod: ${said} has none`,
      evidence: [fromObject(service, `selector ${text} matches no pod`)],
      cause: { object: refOf(own[0]!.workload), field: null },
      directness: 0.2,
      open: true,
      tentative: true,
      blames: own.map((t) => refOf(t.workload)),
    }
  }
  const others = snapshot.all('Service', namespace).filter((s) => s !== service)
  const meant = likeliest(service, templates)
  const keeper = snapshot.customs.find((o) => Object.entries(selector).some(([k, v]) => v === o.metadata.name && isOfGroup(k, o)))
  if (!meant && keeper)
    return {
      ...base,
      summary: `${name} has no pod: ${keeper.kind} ${keeper.metadata.name}, for which it is, has none`,
      evidence: [fromObject(service, `selector ${text} matches no pod`)],
      cause: { object: refOf(keeper), field: holdsOf(keeper)[0]?.field ?? null },
      directness: holdsOf(keeper).length > 0 ? 0.82 : 0.45,
      open: holdsOf(keeper).length === 0,
      tentative: true,
      blames: [refOf(keeper)],
    }
  if (!meant)
    return {
      ...base,
      summary: `${name} selects ${text}, and no pod has these labels`,
      evidence: [fromObject(service, `selector ${text} matches no pod`)],
      cause: { object: refOf(service), field: 'spec.selector' },
      directness: 0.6,
      tentative: true,
    }
  const [key, value] = Object.entries(selector)
    .sort()
    .find(([k, v]) => meant.labels[k] !== v)!
  const relabelled = changesOf(snapshot, meant.workload).find((c) => c.field === entry('spec.template.metadata.labels', key))
  const has = meant.labels[key]
  const inService = { object: refOf(service), field: entry('spec.selector', key) }
  const inWorkload = {
    object: refOf(meant.workload),
    field: entry(meant.workload.kind === 'Pod' ? 'metadata.labels' : 'spec.template.metadata.labels', key),
  }
  const cause = relabelled ? inWorkload : inService
  const isServed = others.some((s) => Object.keys(s.spec?.selector ?? {}).length > 0 && matchesLabels(s.spec.selector, meant.labels))
  return {
    ...base,
    summary: `${name} has no pod: it selects ${key}=${value}, and the pods of ${meant.workload.kind} ${meant.workload.metadata.name} have ${has === undefined ? `no label ${key}` : `${key}=${has}`}`,
    evidence: [
      fromObject(service, `selector ${text} matches no pod`),
      fromObject(
        meant.workload,
        `labels of its pods: ${Object.entries(meant.labels)
          .map(([k, v]) => `${k}=${v}`)
          .sort()
          .join(',')}`,
      ),
    ],
    cause,
    directness: 0.88,
    tokens: [value],
    tentative: isServed,
    alternatives: [
      {
        ...(cause === inService ? inWorkload : inService),
        summary:
          cause === inService
            ? `The label ${key} of ${meant.workload.kind} ${meant.workload.metadata.name} is wrong`
            : `The selector of ${name} is wrong`,
      },
    ],
    recommendations:
      has === undefined
        ? [advise(`Select labels that the pods have, or give them ${key}=${value}`, 'No pod has it.')]
        : [
            setField(
              cause.object,
              cause.field,
              cause === inService ? has : value,
              `Then ${name} selects the pods of ${meant.workload.kind} ${meant.workload.metadata.name}.`,
            ),
          ],
  }
}
