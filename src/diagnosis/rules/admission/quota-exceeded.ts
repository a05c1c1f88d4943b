import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { lastWrite } from '../../snapshot/edits.ts'
import { containerField, entry, podSpecOf } from '../../snapshot/field-path.ts'
import { quantity } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, inspect } from '../recommend.ts'
import { unspecified } from './quota-unspecified.ts'
import { refusals, type Refusal } from './refusals.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const quotaExceeded: Rule = {
  id: 'quota-exceeded',
  title: 'A ResourceQuota is used up',
  means: 'The namespace may not have more pods, CPU or memory than its quota says, so the API server refuses new pods.',
  looksAt: 'FailedCreate events and ReplicaFailure conditions of controllers that lack pods, and the ResourceQuota that they name.',
  mend: 'Raise the quota, or ask for less: smaller requests, fewer replicas.',
  look: (snapshot) =>
    refusals(snapshot)
      .map((r) => exceeded(snapshot, r) ?? unspecified(snapshot, r))
      .filter((s) => s !== null),
}

/** `requests.cpu=500m,pods=1` → pairs. */
const amounts = (text: string): Map<string, string> =>
  new Map(
    text
      .split(',')
      .map((pair) => pair.trim().split('='))
      .filter((p): p is [string, string] => p.length === 2),
  )

function exceeded(snapshot: Snapshot, refusal: Refusal): Seen | null {
  const match = /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+?)$/.exec(refusal.message)
  if (!match) return null
  const [, name = '', requested = '', used = '', limited = ''] = match
  const [asks, has, may] = [amounts(requested), amounts(used), amounts(limited)]
  const { workload } = refusal
  const namespace = workload.metadata.namespace ?? ''
  const resource = [...asks.keys()].find((key) => over(asks.get(key), has.get(key), may.get(key))) ?? [...asks.keys()][0] ?? ''
  const quota: ObjectRef = { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name }
  const object = snapshot.get('ResourceQuota', namespace, name)
  const inQuota: Place = { object: quota, field: entry('spec.hard', resource) }
  const inWorkload: Place = { object: refOf(workload), field: requestField(workload, resource) ?? 'spec.replicas' }
  // One pod that asks for more than the whole quota never fits: then the workload asks too much, unless the quota came later.
  const isTooBig = (quantity(asks.get(resource)) ?? 0) > (quantity(may.get(resource)) ?? Infinity)
  const quotaIsNewer = object !== undefined && (lastWrite(object) ?? 0) > Date.parse(refusal.owner.metadata.creationTimestamp ?? '') + 1_000
  const cause = isTooBig && !quotaIsNewer ? inWorkload : inQuota
  const other = cause === inQuota ? inWorkload : inQuota
  return {
    on: refOf(workload),
    failure: 'admission',
    severity: 'critical',
    summary: `Pods of ${workload.kind} ${namespace}/${workload.metadata.name} are refused (${refusal.missing} missing): quota ${name} allows ${may.get(resource)} ${resource}, ${has.get(resource)} are used, ${asks.get(resource)} more are asked for`,
    evidence: [
      refusal.said,
      ...(object
        ? [fromObject(object, `${resource}: used ${object.status?.used?.[resource] ?? '?'} of ${object.spec?.hard?.[resource] ?? '?'}`)]
        : []),
    ],
    cause,
    since: refusal.since,
    directness: 0.88,
    alternatives: [
      {
        ...other,
        summary: other === inWorkload ? `${workload.kind} ${workload.metadata.name} asks for too much` : `Quota ${name} is too small`,
      },
    ],
    recommendations: [
      inspect('See who uses the quota', `It is used up in ${resource}.`, `kubectl describe resourcequota ${name} -n ${namespace}`),
      cause === inQuota
        ? advise(`Raise ${resource} of quota ${name}, or free some of it`, 'Nothing more fits into it.')
        : advise(`Lower ${inWorkload.field}`, 'One pod asks for more than the whole quota.'),
    ],
  }
}

const over = (asks?: string, has?: string, may?: string): boolean =>
  (quantity(asks) ?? 0) + (quantity(has) ?? 0) > (quantity(may) ?? Infinity)

/** The field of the container that asks for most of a resource. */
function requestField(workload: KubeObject, resource: string): string | null {
  const [, list, name] =
    /^(requests|limits)\.(.+)$/.exec(resource) ?? (/^(cpu|memory|ephemeral-storage)$/.test(resource) ? ['', 'requests', resource] : [])
  if (!list || !name) return null
  const containers: any[] = podSpecOf(workload)?.containers ?? []
  const most = containers.toSorted((a, b) => (quantity(b.resources?.[list]?.[name]) ?? 0) - (quantity(a.resources?.[list]?.[name]) ?? 0))[0]
  return most ? containerField(workload, most.name, entry(`resources.${list}`, name)) : null
}
