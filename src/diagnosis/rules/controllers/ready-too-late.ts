import { refOf } from '#cluster'
import { objectText } from '#kinds/result'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const readyTooLate: Rule = {
  id: 'ready-too-late',
  title: 'Pods are ready and do not count as available',
  means: 'minReadySeconds wants a pod to be ready for long before it counts: a roll-out seems to stand still.',
  looksAt: 'Workloads whose pods are ready and not available, and minReadySeconds. It counts only when an alert asks about it.',
  mend: 'Lower minReadySeconds.',
  look: (snapshot) =>
    snapshot.workloads.flatMap((workload): Seen[] => {
      const { spec, status } = workload
      const wanted = workload.kind === 'DaemonSet' ? status?.desiredNumberScheduled : (spec?.replicas ?? 1)
      const ready = status?.readyReplicas ?? status?.numberReady ?? 0
      const available = status?.availableReplicas ?? status?.numberAvailable ?? 0
      if (!(spec?.minReadySeconds >= LONG) || !(ready >= wanted) || available >= wanted) return []
      const object = refOf(workload)
      return [
        {
          on: object,
          failure: 'rollout',
          severity: 'warning',
          summary: `${ready} pods of ${objectText(object)} are ready and ${available} count as available: minReadySeconds is ${spec.minReadySeconds}`,
          evidence: [fromObject(workload, `minReadySeconds ${spec.minReadySeconds}; ready ${ready}, available ${available} of ${wanted}`)],
          cause: { object, field: 'spec.minReadySeconds' },
          since: time(condition(workload, 'Available')?.lastTransitionTime),
          directness: 0.86,
          tentative: true,
          recommendations: [setField(object, 'spec.minReadySeconds', 30, 'Then a pod counts soon after it is ready.')],
        },
      ]
    }),
}

/** s */
const LONG = 300
