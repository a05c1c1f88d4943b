import type { Json } from './api.ts'

const COMBINED = '(combined from similar events): '

/** Objects whose trouble lasted to the end, by uid. */
export type Troubled = ReadonlySet<string>

/**
 * Events of controllers that try again and again by the real clock. In the seconds of a recording they tried a few times; in the virtual hours they
 * stand for they would have tried much more often, and last a moment ago. What is unchanged is what happened first.
 */
const REPEATS: Record<string, (elapsed: number) => { count: number; last: number }> = {
  // Unschedulable pods are flushed back into the queue every five minutes.
  FailedScheduling: every(300),
  // The volume controller looks at unbound claims every 15 seconds.
  ProvisioningFailed: every(15),
  FailedBinding: every(15),
  WaitForFirstConsumer: every(15),
  FailedGetResourceMetric: every(15),
  FailedComputeMetricsReplicas: every(15),
  // A work queue's own back-off: 5 ms, doubled up to 1000 s.
  FailedCreate: (elapsed) => {
    let count = 1
    let at = 0
    for (let delay = 5; at + delay <= elapsed; delay = Math.min(2 * delay, 1_000_000)) {
      at += delay
      count++
    }
    return { count, last: at }
  },
}

function every(seconds: number) {
  return (elapsed: number) => ({
    count: 1 + Math.floor(elapsed / (seconds * 1000)),
    last: Math.floor(elapsed / (seconds * 1000)) * seconds * 1000,
  })
}

/** What an event of a lasting trouble looks like at `now`; an event in other words (the first ten of FailedCreate) happened once and stays. */
export function prolonged(event: Json, now: number, troubled: Troubled): Json {
  const repeats = REPEATS[event.reason]
  if (!repeats || !troubled.has(event.involvedObject.uid)) return event
  // A StatefulSet's pods keep their names, so all its tries are one event; of others' tries the last stands for those that follow.
  const isOne = event.involvedObject.kind === 'StatefulSet' || event.message.startsWith(COMBINED) || troubled.has(event.metadata.uid)
  if (event.reason === 'FailedCreate' && !isOne) return event
  const first = Date.parse(event.firstTimestamp ?? event.eventTime)
  const { count, last } = repeats(now - first)
  if (count <= (event.series?.count ?? event.count ?? 1)) return event
  const lastAt = new Date(first + last).toISOString()
  for (const field of event.metadata.managedFields ?? []) field.time = `${lastAt.slice(0, 19)}Z`
  const message =
    isOne && event.involvedObject.kind !== 'StatefulSet' && !event.message.startsWith(COMBINED) ? COMBINED + event.message : event.message
  if (event.eventTime) return { ...event, series: { count, lastObservedTime: lastAt.replace('Z', '000Z') } }
  return { ...event, message, count, lastTimestamp: `${lastAt.slice(0, 19)}Z` }
}

/** Everything that is in such trouble now. */
export function troubledOf(lists: {
  pods: Json[]
  claims: Json[]
  replicaSets: Json[]
  autoscalers: Json[]
  sets: Json[]
  jobs: Json[]
  events: Json[]
}): Troubled {
  const isTrue = (type: string) => (o: Json) => o.status?.conditions?.some((c: Json) => c.type === type && c.status === 'True')
  const isFalse = (type: string) => (o: Json) => o.status?.conditions?.some((c: Json) => c.type === type && c.status === 'False')
  const jobs = lists.jobs.filter(({ status }) => !status.active && !status.conditions?.length).map(uid)
  const sets = lists.replicaSets.filter(isTrue('ReplicaFailure')).map(uid)
  const tries = [...jobs, ...sets].map((job) => lists.events.findLast((e) => e.reason === 'FailedCreate' && e.involvedObject.uid === job))
  return new Set([
    ...lists.pods.filter((pod) => !pod.spec.nodeName).map(uid),
    ...lists.claims.filter((claim) => claim.status?.phase === 'Pending').map(uid),
    ...sets,
    ...lists.sets.filter(isShort).map(uid),
    ...jobs,
    ...tries.filter((event) => event !== undefined).map(uid),
    ...lists.autoscalers.filter(isFalse('ScalingActive')).map(uid),
  ])
}

/** StatefulSets and DaemonSets. */
const isShort = ({ spec, status }: Json): boolean =>
  (status.replicas ?? status.currentNumberScheduled) < (spec.replicas ?? status.desiredNumberScheduled)

const uid = ({ metadata }: Json): string => metadata.uid
