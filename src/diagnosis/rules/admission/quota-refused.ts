import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import type { KubeEvent } from '../../snapshot/events.ts'
import { entry } from '../../snapshot/field-path.ts'
import { isKind, KINDS } from '../../snapshot/kinds.ts'
import { quantity } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { logRule } from '../logs/log-rule.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, type Rule, type Seen } from '../rule.ts'

/** How the API server words it, whoever asked: source: plugin/pkg/admission/resourcequota/controller.go. */
const REFUSED = /([a-z][\w.-]*) "([^"]+)" is forbidden: exceeded quota: ([^,]+), requested: (\S+?)(?:,\S*)?, used: .+?, limited: /

/** Lines of a log: a pipeline's kubectl, an operator. */
const fromLogs = logRule(
  'quota-refused',
  {
    title: 'A quota kept an object from being made',
    means:
      'Who creates objects (a release job, a GitOps controller, an operator) was refused by the ResourceQuota of the namespace. What needs the object fails later, with other words.',
    mend: 'Raise the quota, or delete what is no longer needed.',
  },
  ({ snapshot, group, hit }) => {
    const { plural = '', name = '', quota = '', asked = '' } = hit.groups
    const object = quotaOf(snapshot, group.workload.metadata.namespace ?? null, quota)
    const resource = asked.split('=')[0] ?? ''
    return {
      says: `quota ${quota} does not let it make ${plural} ${name}`,
      cause: { object: object ?? refOf(group.workload), field: object ? entry('spec.hard', resource) : null },
      directness: object ? 0.9 : 0.5,
      recommendations: [seeWho(object, quota)],
    }
  },
)

export const quotaRefused: Rule = {
  ...fromLogs,
  looksAt:
    'Log lines and events of whoever creates objects, and the ResourceQuota that they name. Pods that a workload lacks are quota-exceeded.',
  look: (snapshot) => [...fromLogs.look(snapshot), ...fromEvents(snapshot)],
}

/** Events about other objects than the one that was refused; one that was made since is none. */
function fromEvents(snapshot: Snapshot): Seen[] {
  const seen = new Map<string, Seen>()
  for (const event of snapshot.events) {
    const [, plural = '', name = '', quotaName = '', asked = ''] = REFUSED.exec(event.message) ?? []
    const missing = missingObject(plural, event.namespace, name) ?? customMissing(snapshot, plural, event)
    // Controllers of pods tell of them and of their claims themselves.
    if (!missing || event.reason === 'FailedCreate') continue
    if (missing.name === name && isKind(missing.kind) && snapshot.find(missing.kind, missing.namespace, name) !== null) continue
    const quota = quotaOf(snapshot, event.namespace, quotaName)
    const key = `${missing.kind}/${missing.name}/${name}`
    if (!quota || seen.has(key)) continue
    const field = entry('spec.hard', asked.split('=')[0] ?? '')
    const says =
      missing.name === name
        ? {}
        : {
            summary: `${missing.kind} ${missing.namespace}/${missing.name} gets no ${plural} ${name}: quota ${quota.name} does not allow it`,
          }
    seen.set(key, { ...never(missing, quota, field), ...says, evidence: [fromEvent(event)], since: event.first, directness: 0.95 })
  }
  return [...seen.values()]
}

function missingObject(plural: string, namespace: string | null, name: string): ObjectRef | null {
  const [kind, type] = Object.entries(KINDS).find(([, t]) => t.plural === plural.split('.')[0]) ?? []
  return kind && type && kind !== 'Pod' ? { apiVersion: type.apiVersion, kind, namespace, name } : null
}

/** Of a kind that the diagnosis does not know: told of the object that should have got it. */
function customMissing(snapshot: Snapshot, plural: string, { kind, namespace, name }: KubeEvent): ObjectRef | null {
  const about = plural.includes('.') && isKind(kind) ? snapshot.get(kind, namespace, name) : undefined
  return about ? refOf(about) : null
}

const never = (missing: ObjectRef, quota: ObjectRef, field: string): Omit<Seen, 'directness'> => ({
  on: missing,
  failure: 'configuration',
  severity: 'critical',
  summary: `${missing.kind} ${missing.namespace}/${missing.name} was never made: quota ${quota.name} does not allow it`,
  cause: { object: quota, field },
  recommendations: [seeWho(quota, quota.name)],
})

const seeWho = (quota: ObjectRef | null, name: string) =>
  inspect('See who uses the quota', 'It is used up.', `kubectl describe resourcequota ${name}${quota ? ` -n ${quota.namespace}` : ''}`)

const quotaOf = (snapshot: Snapshot, namespace: string | null, name: string): ObjectRef | null => {
  const found = snapshot.get('ResourceQuota', namespace, name) ?? snapshot.all('ResourceQuota').find((q) => q.metadata.name === name)
  return found ? refOf(found) : null
}

/** A quota of a namespace that has nothing left of a resource. */
export const fullQuota = (snapshot: Snapshot, namespace: string, resource: string): KubeObject | undefined =>
  snapshot.all('ResourceQuota', namespace).find(({ status }) => {
    const hard = quantity(status?.hard?.[resource])
    return hard !== null && (quantity(status?.used?.[resource]) ?? 0) >= hard
  })
