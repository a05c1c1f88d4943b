import { refOf, type KubeObject } from '#cluster'
import { time } from '../../snapshot/events.ts'
import { containerField, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { groupOver } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromObject, podsText, type Rule } from '../rule.ts'

export const endingSlowly: Rule = {
  id: 'ending-slowly',
  title: 'A pod takes very long to end',
  means:
    'It was told to end and may take its time: its grace period is long, and it uses it. A roll-out or a drain waits for it meanwhile.',
  looksAt:
    'Pods on their way out with a grace period of many minutes, and their preStop hooks. It counts only when an alert asks about it.',
  mend: 'Shorten terminationGracePeriodSeconds or the preStop hook, or let the program end when it is told to.',
  look: (snapshot) =>
    groupOver(snapshot, (pod) => waited(pod, snapshot.now) > PATIENCE).map(({ workload, pods }) => {
      const object = refOf(workload)
      const [first] = pods
      const hook = (podSpecOf(workload)?.containers ?? []).find((c: any) => /sleep/.test(JSON.stringify(c.lifecycle?.preStop ?? '')))
      const grace = podField(workload, 'terminationGracePeriodSeconds')
      return {
        on: object,
        failure: 'ending' as const,
        severity: 'warning' as const,
        summary: `${podsText(pods.length, workload)} ${pods.length === 1 ? 'is' : 'are'} ending for ${Math.round(waited(first!, snapshot.now) / 60_000)} minutes, and may take ${Math.round(graceOf(first!) / 60)}`,
        evidence: [fromObject(first!, `deletionGracePeriodSeconds ${graceOf(first!)}, to end by ${first!.metadata.deletionTimestamp}`)],
        cause: { object, field: grace },
        since: snapshot.now - waited(first!, snapshot.now),
        directness: 0.84,
        tentative: true,
        pods: pods.map((p) => p.metadata.name).sort(),
        alternatives: hook
          ? [{ object, field: containerField(workload, hook.name, 'lifecycle.preStop'), summary: 'Its preStop hook waits' }]
          : [],
        recommendations: [advise(`Shorten ${grace}, or let the program end when it is told to`, 'Until then its successor is not made.')],
      }
    }),
}

const LONG = 600
const PATIENCE = 600_000

const graceOf = ({ metadata }: KubeObject): number => Number(metadata['deletionGracePeriodSeconds'] ?? 0)

/** How long ago it was told to end, of one that may still take its time; else 0. ms */
function waited(pod: KubeObject, now: number): number {
  const end = time(pod.metadata.deletionTimestamp)
  return end === null || end < now || graceOf(pod) < LONG ? 0 : now - (end - graceOf(pod) * 1_000)
}
