import { refOf } from '#cluster'
import { containerField, entry, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { setField } from '../recommend.ts'
import type { Refusal } from './refusals.ts'
import type { Seen } from '../rule.ts'

/** A quota on CPU or memory wants every container to say what it needs. */
export function unspecified(snapshot: Snapshot, refusal: Refusal): Seen | null {
  const match = /failed quota: ([^:]+): must specify (.+)$/.exec(refusal.message)
  if (!match) return null
  const { workload } = refusal
  const [, name = '', wants = ''] = match
  // `limits.cpu for: app,sidecar; requests.cpu for: app` since 1.26; before, only `limits.cpu,requests.cpu`.
  const [, resource = '', container] = /^([\w.-]+)(?: for: ([^;,]+))?/.exec(wants) ?? []
  const first = container ?? podSpecOf(workload)?.containers?.[0]?.name
  const field = containerField(workload, first, entry(`resources.${resource.split('.')[0]}`, resource.split('.').slice(1).join('.')))
  const quota = snapshot.get('ResourceQuota', workload.metadata.namespace ?? null, name)
  return {
    on: refOf(workload),
    failure: 'admission',
    container: first,
    severity: 'critical',
    summary: `Pods of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} are refused: quota ${name} wants every container to say ${resource}, and ${first} does not`,
    evidence: [refusal.said],
    cause: { object: refOf(workload), field },
    since: refusal.since,
    directness: 0.88,
    alternatives: quota ? [{ object: refOf(quota), field: entry('spec.hard', resource), summary: `Quota ${name} limits ${resource}` }] : [],
    recommendations: [
      setField(
        refOf(workload),
        field,
        resource.endsWith('memory') ? '128Mi' : '100m',
        `Quota ${name} wants it; adjust the amount to what the program needs.`,
      ),
    ],
  }
}
