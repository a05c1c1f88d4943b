import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { condition } from '../snapshot/containers.ts'
import { time } from '../snapshot/events.ts'
import { containerField, entry, podSpecOf } from '../snapshot/field-path.ts'
import { isKind } from '../snapshot/kinds.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { besideRival } from './scaling-rival.ts'
import { advise, inspect, setField } from './recommend.ts'
import { fromObject, type Rule, type Seen } from './rule.ts'

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
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled') {
    const said = fromObject(hpa, `ScalingActive = False: ${active.reason}: ${active.message}`)
    const missing = /missing request for (\S+)(?: in container (\S+))?/.exec(active.message ?? '')
    if (missing && scaled) {
      const resource = missing[1]!
      const container = missing[2] ?? podSpecOf(scaled)?.containers?.find((c: any) => !c.resources?.requests?.[resource])?.name
      const field = containerField(scaled, container, entry('resources.requests', resource))
      return {
        ...base,
        severity: 'critical',
        summary: `${name} cannot compute how much ${resource} is used: container ${container} of ${kind} ${target} has no request for it`,
        evidence: [said],
        cause: { object: refOf(scaled), field },
        since: time(active.lastTransitionTime),
        directness: 0.9,
        blames: [],
        recommendations: [
          setField(
            refOf(scaled),
            field,
            resource === 'memory' ? '128Mi' : '100m',
            'Utilisation is measured against the request; adjust the amount.',
          ),
        ],
      }
    }
    const api = /\(get (?:pods|nodes)?\.?((?:\w+\.)*metrics\.k8s\.io)\)|(custom|external|resource) metrics API|metrics\.k8s\.io/.exec(
      active.message ?? '',
    )
    const rivalled = active.reason === 'AmbiguousSelector' ? besideRival(snapshot, hpa) : null
    if (rivalled) return { ...base, since: time(active.lastTransitionTime), evidence: [said], ...rivalled }
    const isSelector = active.reason === 'InvalidSelector'
    const isUnready = /did not receive metrics for (?:any ready|targeted) pods|no metrics returned|no pods returned/i.test(
      active.message ?? '',
    )
    const served = snapshot.all('APIService').find((a) => a.spec?.service && String(active.message).includes(a.spec.group))
    return {
      ...base,
      blames: [...(served ? [refOf(served)] : []), ...base.blames],
      summary: `${name} cannot read its metrics: ${String(active.message).slice(0, 200)}`,
      evidence: [said],
      cause: { object, field: isSelector ? 'spec.scaleTargetRef' : 'spec.metrics' },
      since: time(active.lastTransitionTime),
      directness: api && !isUnready ? 0.65 : 0.5,
      open: isUnready || api !== null,
      tentative: isUnready,
      recommendations: [inspect('See whether the metrics API answers', String(active.message).slice(0, 200), 'kubectl get apiservices')],
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
