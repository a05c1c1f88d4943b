import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isReady } from '../../snapshot/containers.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { LogContext } from '../logs/log-rule.ts'
import { advise } from '../recommend.ts'

/** `db-0.db.shop.svc.cluster.local`: a pod by the name that its StatefulSet's governing Service gives it. */
export function memberOf(host: string): { namespace: string; service: string } | null {
  const match = /^[a-z0-9-]+\.([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/.exec(host)
  return match && { service: match[1]!, namespace: match[2]! }
}

/** `db-2.db`: a pod of a StatefulSet that should be there and is not, or is not ready. */
export function absentMember(snapshot: Snapshot, host: string, own: string): { set: ObjectRef; says: string } | null {
  const [, name = '', ordinal = '', service = '', namespace = own] =
    /^([a-z0-9-]+)-(\d+)\.([a-z0-9-]+)(?:\.([a-z0-9-]+))?(?:\.svc\b.*)?$/.exec(host) ?? []
  const set = snapshot.get('StatefulSet', namespace, name)
  const first = Number(set?.spec?.ordinals?.start ?? 0)
  if (!set || set.spec?.serviceName !== service || Number(ordinal) >= first + (set.spec?.replicas ?? 1)) return null
  const pod = snapshot.get('Pod', namespace, `${name}-${ordinal}`)
  if (pod && isReady(pod)) return null
  return { set: refOf(set), says: `pod ${name}-${ordinal} of StatefulSet ${namespace}/${name} ${pod ? 'is not ready' : 'is not there'}` }
}

/** Pods have names of their own only while a headless Service of the name that their StatefulSet gives exists. */
export function governing(
  { snapshot, group }: LogContext,
  { namespace, service: name }: { namespace: string; service: string },
  says: string,
) {
  const service = snapshot.find('Service', namespace, name)
  const { workload } = group
  const own = workload.kind === 'StatefulSet' && workload.spec?.serviceName === name ? workload : undefined
  const set = own ?? snapshot.all('StatefulSet', namespace).find((s) => s.spec?.serviceName === name)
  if (service === null) {
    const meant = set && snapshot.all('Service', namespace).find((s) => s.spec?.clusterIP === 'None' && selects(s, set))
    const near = meant?.metadata.name
    const text = `${says}: there is no Service ${name}${set ? `, which StatefulSet ${set.metadata.name} names as its own` : ''}${near ? ` (there is ${near})` : ''}`
    if (!set) return { says: text, directness: 0.6, open: true }
    const recommendations = [
      advise(`Create a headless Service ${name}, or make the StatefulSet anew with serviceName ${near ?? '…'}`, says),
    ]
    return { says: text, cause: { object: refOf(set), field: 'spec.serviceName' }, directness: 0.9, recommendations }
  }
  if (service && service.spec?.clusterIP !== 'None')
    return {
      says: `${says}: Service ${name} has an address of its own, so its pods get no names`,
      cause: { object: refOf(service), field: 'spec.clusterIP' },
      directness: 0.85,
    }
  return null
}

const selects = (service: KubeObject, set: KubeObject): boolean =>
  Object.keys(service.spec?.selector ?? {}).length > 0 && matchesLabels(service.spec.selector, set.spec?.template?.metadata?.labels)
