import { refOf } from '#cluster'
import { podSpecOf } from '../../snapshot/field-path.ts'
import { time } from '../../snapshot/events.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { quotedField } from '../start/quoted-field.ts'
import { advise } from '../recommend.ts'
import { fromObject, podsText, type Rule, type Seen } from '../rule.ts'
import type { KubeObject } from '#cluster'

export const podRejected: Rule = {
  id: 'pod-rejected',
  title: 'The kubelet rejects a pod',
  means:
    'The scheduler has given the pod to a node, and the node does not take it: a sysctl that is not allowed, a profile or a feature that it does not have.',
  looksAt: 'Pods of the last hour that failed before any container was started, with the kubelet’s reason.',
  mend: 'Take out of the pod what the node does not allow, or allow it on the node.',
  look: (snapshot) => {
    const groups = new Map<string, KubeObject[]>()
    for (const pod of snapshot.all('Pod')) {
      if (!isRejected(snapshot, pod)) continue
      const key = keyOf(snapshot.workloadOf(pod))
      groups.set(key, [...(groups.get(key) ?? []), pod])
    }
    return [...groups.values()].flatMap((pods) => rejected(snapshot, pods))
  },
}

const HOUR = 3_600_000
/** What befalls pods that ran, or that another rule tells. */
const OTHERS = /^(?:Evicted|NodeLost|NodeShutdown|Terminated|Shutdown|Preempting|OutOf\w+|NodeAffinity|DeadlineExceeded)$/

const isRejected = (snapshot: Snapshot, { status, metadata }: KubeObject): boolean =>
  status?.phase === 'Failed' &&
  typeof status.reason === 'string' &&
  !OTHERS.test(status.reason) &&
  snapshot.now - (time(metadata.creationTimestamp) ?? 0) < HOUR &&
  (status.containerStatuses ?? []).every((s: any) => !s.state?.terminated?.startedAt)

function rejected(snapshot: Snapshot, pods: KubeObject[]): Seen[] {
  const first = pods[0]!
  const workload = snapshot.workloadOf(first)
  const container = podSpecOf(workload)?.containers?.[0]?.name ?? ''
  const said = `${first.status.reason}: ${first.status.message ?? ''}`
  const field = quotedField(workload, container, said)
  // The kubelet quotes the name of a sysctl, which stands beside its value.
  const list = field?.replace(/\[\d+\]\.name$/, '') ?? null
  return [
    {
      on: refOf(workload),
      failure: 'startup',
      severity: 'critical',
      summary: `The kubelet rejects ${podsText(pods.length, workload)}: ${said.slice(0, 200)}`,
      evidence: [fromObject(first, said.slice(0, 300))],
      cause: { object: refOf(workload), field: list },
      since: time(first.metadata.creationTimestamp),
      directness: list ? 0.9 : 0.5,
      open: list === null,
      pods: pods.map((p) => p.metadata.name).sort(),
      recommendations: [advise(list ? `Correct ${list}` : 'Mend what the kubelet names', said.slice(0, 200))],
    },
  ]
}
