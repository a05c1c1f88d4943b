import { refOf, type KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import type { Seen } from '../rule.ts'

/** Two autoscalers of the same pods: both stand still until one is taken away; the newer one is the likelier mistake. */
export function besideRival(
  snapshot: Snapshot,
  hpa: KubeObject,
): Pick<Seen, 'severity' | 'summary' | 'cause' | 'directness' | 'recommendations'> | null {
  const rival = rivalOf(snapshot, hpa)
  if (!rival) return null
  const newer = createdKey(hpa) < createdKey(rival) ? rival : hpa
  return {
    severity: 'critical',
    summary: `Autoscaler ${hpa.metadata.namespace}/${hpa.metadata.name} does nothing, since ${rival.metadata.name} scales the same pods`,
    cause: { object: refOf(newer), field: 'spec.scaleTargetRef' },
    directness: 0.9,
    recommendations: [
      advise(`Delete one of the autoscalers ${hpa.metadata.name} and ${rival.metadata.name}`, 'Neither acts while there are two.'),
    ],
  }
}

const createdKey = (hpa: KubeObject): string => `${hpa.metadata.creationTimestamp} ${hpa.metadata.name}`

/** Another autoscaler of the same object, or of the same pods. */
function rivalOf(snapshot: Snapshot, hpa: KubeObject): KubeObject | undefined {
  const others = snapshot.all('HorizontalPodAutoscaler', hpa.metadata.namespace ?? null).filter((o) => o !== hpa)
  const target = JSON.stringify([hpa.spec?.scaleTargetRef?.kind, hpa.spec?.scaleTargetRef?.name])
  return (
    others.find((o) => JSON.stringify([o.spec?.scaleTargetRef?.kind, o.spec?.scaleTargetRef?.name]) === target) ??
    others.find((o) => condition(o, 'ScalingActive')?.reason === 'AmbiguousSelector')
  )
}
