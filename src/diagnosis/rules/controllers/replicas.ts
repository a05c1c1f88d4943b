import { refOf, type KubeObject } from '#cluster'
import { customOwner, customTop } from '../../snapshot/custom-links.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { holdsOf } from '../../snapshot/holds.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { change } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const scaledToZero: Rule = {
  id: 'scaled-to-zero',
  title: 'A workload is scaled to zero',
  means: 'Somebody, or an autoscaler, set replicas to 0: there is no pod. That is a fault only when something needs it.',
  looksAt: 'spec.replicas of Deployments, StatefulSets and ReplicaSets, and spec.paused of Deployments.',
  mend: 'Scale it up again.',
  look: (snapshot) => snapshot.workloads.flatMap((workload): Seen[] => [...zero(snapshot, workload), ...paused(workload)]),
}

function zero(snapshot: Snapshot, workload: KubeObject): Seen[] {
  if (workload.spec?.replicas !== 0 || !['Deployment', 'StatefulSet', 'ReplicaSet'].includes(workload.kind)) return []
  const object = refOf(workload)
  const scaled = snapshot.eventsOf(workload).find((e) => e.reason === 'ScalingReplicaSet' && /Scaled down .* to 0/.test(e.message))
  const edit = editsOf(workload).find((e) => e.field === 'spec.replicas')
  const scaler = scalerOf(snapshot, workload)
  const before = Number(/from (\d+)/.exec(scaled?.message ?? '')?.[1] ?? 1) || 1
  const command = `kubectl scale ${workload.kind.toLowerCase()}/${workload.metadata.name} -n ${workload.metadata.namespace} --replicas=${before}`
  return [
    {
      on: object,
      failure: 'rollout',
      severity: 'warning',
      summary: `${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} is scaled to zero`,
      evidence: [fromObject(workload, 'spec.replicas = 0')],
      cause: scaler ?? { object, field: 'spec.replicas' },
      ...(scaler ? { alternatives: [{ object, field: 'spec.replicas', summary: 'It is scaled to zero' }] } : {}),
      since: scaled?.last ?? edit?.at ?? null,
      directness: 0.88,
      tentative: true,
      recommendations: [change('Scale it up again', 'Something needs it, and it has no pod.', command, 'low')],
    },
  ]
}

/** A custom resource that scales or keeps it, and so says how many there are: by a switch that holds it, or its own number. */
function scalerOf(snapshot: Snapshot, workload: KubeObject): Place | null {
  const { name, namespace } = workload.metadata
  const isScaler = ({ metadata, spec }: KubeObject): boolean =>
    metadata.namespace === namespace && spec?.scaleTargetRef?.name === name && (spec.scaleTargetRef.kind ?? 'Deployment') === workload.kind
  const owner = customOwner(snapshot, workload)
  for (const keeper of [...snapshot.customs.filter(isScaler), ...(owner ? [owner, customTop(snapshot, owner)] : [])]) {
    const none = leavesOf(keeper.spec ?? {}, 'spec').find((l) => NUMBER.test(l.key) && l.value === '0')
    const field = holdsOf(keeper)[0]?.field ?? none?.field
    if (field) return { object: refOf(keeper), field }
  }
  return null
}

/** How operators call the number of pods that they keep. */
const NUMBER = /^(?:(?:min|idle)?[Rr]eplica(?:s|Count)|instances|size|nodes|count)$/

function paused(workload: KubeObject): Seen[] {
  if (workload.kind !== 'Deployment' || workload.spec?.paused !== true) return []
  const behind = (workload.status?.updatedReplicas ?? 0) < (workload.spec?.replicas ?? 1)
  if (!behind) return []
  const object = refOf(workload)
  return [
    {
      on: object,
      failure: 'rollout',
      severity: 'warning',
      summary: `The roll-out of Deployment ${workload.metadata.namespace}/${workload.metadata.name} is paused with ${workload.status?.updatedReplicas ?? 0} of ${workload.spec?.replicas ?? 1} pods updated`,
      evidence: [fromObject(workload, 'spec.paused = true')],
      cause: { object, field: 'spec.paused' },
      directness: 0.85,
      tentative: true,
      recommendations: [
        change(
          'Go on with the roll-out',
          'It is paused half-way.',
          `kubectl rollout resume deployment/${workload.metadata.name} -n ${workload.metadata.namespace}`,
          'low',
        ),
      ],
    },
  ]
}
