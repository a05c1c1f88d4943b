import { refOf } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { podField } from '../../snapshot/field-path.ts'
import { groupPods, podNames, unreadySince } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, podsText, type Rule } from '../rule.ts'

const PATIENCE = 120_000

export const readinessGate: Rule = {
  id: 'readiness-gate',
  title: 'A readiness gate is not passed',
  means: 'All containers are ready, but the pod also waits for a condition that a controller outside must set, and it has not.',
  looksAt: 'Pods that are not ready with reason ReadinessGatesNotReady, and their readinessGates.',
  mend: 'Bring the controller that sets the condition back, or take the gate out of the workload.',
  look: (snapshot) =>
    groupPods(snapshot, (pod) => {
      const ready = condition(pod, 'Ready')
      if (ready?.reason !== 'ReadinessGatesNotReady' || snapshot.now - (time(ready.lastTransitionTime) ?? 0) < PATIENCE) return null
      const at = (pod.spec?.readinessGates ?? []).findIndex((g: any) => condition(pod, g.conditionType)?.status !== 'True')
      return { key: String(at), data: { at, message: String(ready.message ?? '') } }
    }).map(({ workload, pods, data: { at, message } }) => ({
      on: refOf(workload),
      failure: 'unready' as const,
      severity: 'critical' as const,
      summary: `${podsText(pods.length, workload)} wait for the readiness gate ${pods[0]!.spec?.readinessGates?.[at]?.conditionType ?? ''}`,
      evidence: [fromObject(pods[0]!, `Ready = False: ReadinessGatesNotReady: ${message}`)],
      cause: { object: refOf(workload), field: podField(workload, at < 0 ? 'readinessGates' : `readinessGates[${at}]`) },
      since: unreadySince(pods),
      directness: 0.85,
      pods: podNames(pods),
      recommendations: [advise('Find the controller that sets this condition', message)],
    })),
}
