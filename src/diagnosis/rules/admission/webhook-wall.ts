import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isReady } from '../../snapshot/containers.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { policiesOn } from '../services/policy-match.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Observation } from '../rule.ts'

type Wall = Pick<Observation, 'failure' | 'severity' | 'summary' | 'evidence' | 'cause' | 'directness' | 'recommendations'>

/**
 * A NetworkPolicy between the API server and a webhook that is well. The API server is no pod: only a rule that names no
 * one, or addresses, lets it in.
 */
export function wallBefore(snapshot: Snapshot, service: ObjectRef): Wall | null {
  const selector = snapshot.get('Service', service.namespace, service.name)?.spec?.selector
  const pod = snapshot.podsSelected(service.namespace ?? '', selector).find(isReady)
  const policies = pod ? policiesOn(snapshot, pod, 'Ingress') : []
  const isOpen = policies.some((p) => (p.spec?.ingress ?? []).some((r: any) => !r.from?.length || r.from.some((f: any) => f.ipBlock)))
  const [policy] = policies
  if (!policy || isOpen) return null
  return {
    failure: 'admission',
    severity: 'critical',
    summary: `NetworkPolicy ${service.namespace}/${policy.metadata.name} lets nobody in who is not a pod, so not the API server`,
    evidence: [
      fromObject(
        policy,
        `podSelector ${jsonText(policy.spec?.podSelector ?? {})}, ingress = ${jsonText(policy.spec?.ingress ?? []).slice(0, 250)}`,
      ),
    ],
    cause: { object: refOf(policy), field: 'spec.ingress' },
    directness: 0.85,
    recommendations: [
      advise(
        `Allow the webhook’s port from anywhere in NetworkPolicy ${policy.metadata.name}`,
        'The API server calls it from outside of the pod network.',
      ),
    ],
  }
}
