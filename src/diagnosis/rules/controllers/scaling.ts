import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { isKind } from '../../snapshot/kinds.ts'
import { wantsMore } from '../../snapshot/scalers.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { unread } from './scaling-metrics.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const hpaCannotScale: Rule = {
  id: 'hpa-cannot-scale',
  title: 'An autoscaler cannot do its work',
  means: 'The HorizontalPodAutoscaler does not find what it should scale, cannot read its metrics, or has reached its maximum.',
  looksAt:
    'The conditions AbleToScale, ScalingActive and ScalingLimited of HorizontalPodAutoscalers, and the requests of the containers they scale.',
  mend: 'Correct the target; give every container a request for the metric; bring the metrics API back; raise maxReplicas.',
  look: (snapshot) =>
    snapshot
      .all('HorizontalPodAutoscaler')
      .map((hpa) => cannot(snapshot, hpa))
      .filter((s) => s !== null),
}

/** So long the first numbers of new pods may take. ms */
const STARTING = 300_000

function cannot(snapshot: Snapshot, hpa: KubeObject): Seen | null {
  const [able, active, limited] = ['AbleToScale', 'ScalingActive', 'ScalingLimited'].map((type) => condition(hpa, type))
  const object = refOf(hpa)
  const name = `Autoscaler ${hpa.metadata.namespace}/${hpa.metadata.name}`
  const { kind, name: target, apiVersion } = hpa.spec?.scaleTargetRef ?? {}
  const scaled = isKind(kind ?? '') ? snapshot.get(kind, object.namespace, target) : undefined
  const base = {
    on: object,
    failure: 'scaling' as const,
    severity: 'warning' as const,
    blames: scaled ? [{ apiVersion, kind, namespace: object.namespace, name: target } satisfies ObjectRef] : [],
  }
  if (able?.status === 'False' && able.reason === 'FailedGetScale') {
    return {
      ...base,
      severity: 'critical',
      summary: `${name} cannot find ${kind} ${target}`,
      evidence: [fromObject(hpa, `AbleToScale = False: ${able.message}`)],
      cause: { object, field: 'spec.scaleTargetRef.name' },
      since: time(able.lastTransitionTime),
      directness: 0.9,
      tokens: [target],
      recommendations: [advise(`Name a ${kind} that exists`, able.message)],
    }
  }
  const isStarting =
    /did not receive metrics|no metrics returned/.test(active?.message ?? '') &&
    snapshot.now - (time(active?.lastTransitionTime) ?? 0) < STARTING
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled' && !isStarting) {
    const told = {
      ...base,
      since: time(active.lastTransitionTime),
      evidence: [fromObject(hpa, `ScalingActive = False: ${active.reason}: ${active.message}`)],
    }
    return { ...told, ...unread(snapshot, hpa, active, scaled) }
  }
  const way = hpa.spec?.behavior?.scaleUp
  if (way && wantsMore(hpa) && (way.selectPolicy === 'Disabled' || (limited?.status === 'True' && limited.reason === 'ScaleUpLimit'))) {
    const field = `spec.behavior.scaleUp${way.selectPolicy === 'Disabled' ? '.selectPolicy' : way.policies ? '.policies' : ''}`
    return {
      ...base,
      summary: `${name} wants more replicas than its scale-up policy lets it add`,
      evidence: [
        ...(limited ? [fromObject(hpa, `ScalingLimited = ${limited.status}: ${limited.message ?? ''}`)] : []),
        fromObject(hpa, `behavior.scaleUp ${jsonText(way)}`),
      ],
      cause: { object, field },
      since: time(limited?.lastTransitionTime),
      directness: 0.82,
      tentative: true,
      recommendations: [advise(`Loosen ${field}`, 'The load grows faster than it may add pods.')],
    }
  }
  if (
    limited?.status === 'True' &&
    limited.reason === 'TooManyReplicas' &&
    (hpa.status?.currentReplicas ?? 0) >= (hpa.spec?.maxReplicas ?? Infinity)
  ) {
    return {
      ...base,
      summary: `${name} has reached its maximum of ${hpa.spec.maxReplicas} replicas`,
      evidence: [fromObject(hpa, `ScalingLimited = True: ${limited.message}`)],
      cause: { object, field: 'spec.maxReplicas' },
      since: time(limited.lastTransitionTime),
      directness: 0.75,
      tentative: true,
      recommendations: [
        setField(
          object,
          'spec.maxReplicas',
          hpa.spec.maxReplicas * 2,
          'It wants more replicas than it may have; first see why the load grew.',
        ),
      ],
    }
  }
  return null
}
