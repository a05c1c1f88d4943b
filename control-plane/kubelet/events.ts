import type { Json } from '../api.ts'
import type { Occurrence } from './life.ts'
import { stamp } from './pod-status.ts'

interface Counted {
  first: Occurrence
  /** As of the last time it was sent. */
  lastAt: number
  count: number
}

/** client-go's EventSourceObjectSpamFilter: 25 events at once for an object, then one in 5 minutes. */
const BURST = 25
const REFILL_MS = 300_000

/**
 * What the API server holds of an object's events by now: equal ones are counted, and what exceeds the recorder's rate is counted but not sent,
 * which is why a long crash loop's BackOff shows a large count and an old time.
 */
export function counted(occurrences: readonly Occurrence[], now: number): Counted[] {
  const sent = new Map<string, Counted>()
  const seen = new Map<string, { first: Occurrence; count: number }>()
  let tokens = BURST
  let refilled = -Infinity
  for (const o of occurrences.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
    const key = [o.container?.name, o.type, o.reason, o.message].join('\0')
    const entry = seen.get(key) ?? { first: o, count: 0 }
    entry.count++
    seen.set(key, entry)
    tokens = Math.min(BURST, tokens + (o.at - refilled) / REFILL_MS)
    refilled = o.at
    if (tokens < 1) continue
    tokens--
    sent.set(key, { first: entry.first, lastAt: o.at, count: entry.count })
  }
  return [...sent.values()]
}

export function eventObjects(object: Json, occurrences: readonly Occurrence[], node: string, now: number): Json[] {
  return counted(occurrences, now).map(({ first, lastAt, count }, index) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      // As client-go names them: the object's name and the nanoseconds of the first, in hexadecimal.
      name: `${object.metadata.name}.${(BigInt(Math.round(first.at)) * 1_000_000n + BigInt(index * 7919 + 104_729)).toString(16)}`,
      namespace: object.metadata.namespace ?? 'default',
    },
    involvedObject: {
      kind: object.kind,
      apiVersion: object.apiVersion,
      name: object.metadata.name,
      ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
      uid: object.metadata.uid,
      ...(object.metadata.resourceVersion ? { resourceVersion: object.metadata.resourceVersion } : {}),
      ...(first.container ? { fieldPath: `spec.${first.container.init ? 'initContainers' : 'containers'}{${first.container.name}}` } : {}),
    },
    type: first.type,
    reason: first.reason,
    message: first.message,
    ...reporterOf(first.reason, node),
    firstTimestamp: stamp(first.at),
    lastTimestamp: stamp(lastAt),
    count,
  }))
}

/** Attaching is a controller's work, all else the kubelet's. */
function reporterOf(reason: string, node: string): Json {
  const attaching = reason === 'FailedAttachVolume'
  const component = attaching ? 'attachdetach-controller' : 'kubelet'
  return {
    source: attaching ? { component } : { component, host: node },
    reportingComponent: component,
    reportingInstance: attaching ? '' : node,
  }
}
