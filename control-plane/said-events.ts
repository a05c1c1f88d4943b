import type { Api, Json } from './api.ts'
import { stamp } from './kubelet/pod-status.ts'
import type { Resources } from './resources.ts'
import type { SaidEvent, Step } from './scenario.ts'
import { momentOf } from './timeline.ts'

/** Posts events of controllers that are not played, as client-go's recorder would have left them. */
export async function sayEvents(api: Api, resources: Resources, events: NonNullable<Step['events']>, end: number): Promise<void> {
  for (const [index, event] of (await listed(api, events)).entries()) {
    const { object, first, last = first, component, type, reason, message, count = 1 } = event
    const { metadata } = await api.get(await resources.path(object))
    const namespace = object.namespace ?? 'default'
    const from = momentOf(first, end)
    await api.create(`/api/v1/namespaces/${namespace}/events`, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${object.name}.${(BigInt(Math.round(from)) * 1_000_000n + BigInt(index * 7919 + 612_337)).toString(16)}`,
        namespace,
      },
      involvedObject: { ...object, uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      type,
      reason,
      message,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      firstTimestamp: stamp(from),
      lastTimestamp: stamp(momentOf(last, end)),
      count,
    })
  }
}

async function listed(api: Api, events: NonNullable<Step['events']>): Promise<readonly SaidEvent[]> {
  if (typeof events !== 'function') return events
  const { items } = await api.get('/api/v1/pods')
  return events((namespace, namePrefix = '') =>
    items.filter(({ metadata }: Json) => metadata.namespace === namespace && metadata.name.startsWith(namePrefix)),
  )
}
