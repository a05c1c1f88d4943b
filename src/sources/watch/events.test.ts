import { expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import type { EventFilter } from '#kinds/kubernetes-source'
import { eventSelector, findTold, ownersOf, pruneEvent } from './events.ts'
import { pruneWatched } from './prune.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const ago = (seconds: number): string => new Date(NOW - seconds * 1_000).toISOString()

const owned = (kind: string, name: string, owner: { kind: string; name: string } | null, labels = {}): KubeObject =>
  pruneWatched({
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      labels,
      ...(owner && { ownerReferences: [{ apiVersion: 'x', uid: 'u', controller: true, ...owner }] }),
    },
  } as KubeObject)

const OWNERS = ownersOf({
  Pod: [
    ...['a', 'b'].map((end) => owned('Pod', `web-5d9c-${end}`, { kind: 'ReplicaSet', name: 'web-5d9c' }, { 'pod-template-hash': '5d9c' })),
    owned('Pod', 'db-0', { kind: 'StatefulSet', name: 'db' }),
    owned('Pod', 'nightly-1-x', { kind: 'Job', name: 'nightly-1' }),
    owned('Pod', 'pg-1', { kind: 'Cluster', name: 'pg' }),
  ],
  ReplicaSet: [owned('ReplicaSet', 'web-5d9c', { kind: 'Deployment', name: 'web' }), owned('ReplicaSet', 'bare', null)],
  Job: [owned('Job', 'nightly-1', { kind: 'CronJob', name: 'nightly' })],
})

let made = 0
/** As a kubelet or a controller writes it with the core API. */
const event = (about: string, reason: string, more: object = {}): KubeObject => {
  const [kind, name] = about.split('/')
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `e${made++}`, namespace: 'shop', creationTimestamp: ago(60) },
    involvedObject: { kind, name, namespace: 'shop', uid: 'u' },
    type: 'Warning',
    reason,
    message: `${reason} of ${name}`,
    count: 1,
    firstTimestamp: ago(60),
    lastTimestamp: ago(60),
    ...more,
  } as unknown as KubeObject
}
const find = (events: KubeObject[], filter: EventFilter = {}, minutes = 15) =>
  findTold(
    events.map((one) => pruneEvent(one, filter, true)),
    OWNERS,
    { resolveAfterMs: minutes * 60_000, minCount: filter.minCount ?? 1 },
    NOW,
  )
const labelsOf = (events: KubeObject[], filter?: EventFilter) =>
  [...find(events, filter).sick.values()].map(({ labels: { alertname, severity, namespace, ...labels } }) => {
    expect([alertname, severity]).toEqual(['KubeWarningEvent', 'warning'])
    return { ...(namespace !== 'shop' && { namespace }), ...labels }
  })

test.each<[string, object]>([
  ['Pod/web-5d9c-a', { deployment: 'web' }],
  ['ReplicaSet/web-5d9c', { deployment: 'web' }],
  ['ReplicaSet/bare', { replicaset: 'bare' }],
  ['Deployment/web', { deployment: 'web' }],
  ['Pod/db-0', { statefulset: 'db' }],
  ['Pod/nightly-1-x', { job_name: 'nightly-1' }],
  ['Job/nightly-1', { cronjob: 'nightly' }],
  ['Pod/pg-1', { pod: 'pg-1' }],
  ['PersistentVolumeClaim/data', { persistentvolumeclaim: 'data' }],
  ['HorizontalPodAutoscaler/web', { horizontalpodautoscaler: 'web' }],
  ['Certificate/tls', { certificate: 'tls' }],
])('an Event about %s belongs to %o', (about, labels) => {
  expect(labelsOf([event(about, 'Bad')])).toEqual([{ ...labels, reason: 'Bad' }])
})

test('of a node there is no namespace, and in a namespace nothing of nodes', () => {
  const node = event('Node/n1', 'SystemOOM', {
    involvedObject: { kind: 'Node', name: 'n1' },
    metadata: { name: 'n', namespace: 'default' },
  })
  expect(labelsOf([node])).toEqual([{ namespace: undefined, node: 'n1', reason: 'SystemOOM' }])
  expect(pruneEvent(node, {}, false)).not.toHaveProperty('about')
})

test('one alert a workload and reason, one incident a workload', () => {
  const events = ['FailedMount', 'FailedMount', 'Unhealthy'].map((reason, i) => event(`Pod/web-5d9c-${'aba'[i]}`, reason))
  const sick = [...find(events).sick.values()]
  expect(sick.map(({ labels, objects }) => [labels['reason'], objects])).toEqual([
    ['FailedMount', ['Pod web-5d9c-a', 'Pod web-5d9c-b']],
    ['Unhealthy', ['Pod web-5d9c-a']],
  ])
  expect(new Set(sick.map(({ group }) => JSON.stringify(group)))).toEqual(new Set(['{"namespace":"shop","deployment":"web"}']))
})

test.each<[string, EventFilter, string, string, boolean]>([
  ['no filter', {}, 'Pod/db-0', 'Unhealthy', true],
  ['its reason', { reasons: ['Unhealthy', 'FailedMount'] }, 'Pod/db-0', 'Unhealthy', true],
  ['another reason', { reasons: ['FailedMount'] }, 'Pod/db-0', 'Unhealthy', false],
  ['its kind', { kinds: ['Pod'] }, 'Pod/db-0', 'Unhealthy', true],
  ['another kind', { kinds: ['Node'] }, 'Pod/db-0', 'Unhealthy', false],
])('%s', (_, filter, about, reason, counts) => {
  expect(find([event(about, reason)], filter).sick.size).toBe(counts ? 1 : 0)
})

test('what is normal, and what is about a pod that is gone, is nothing', () => {
  expect(find([event('Pod/db-0', 'Started', { type: 'Normal' }), event('Pod/gone', 'Unhealthy')]).sick.size).toBe(0)
})

test('the API server is asked for no more than it can choose', () => {
  expect(eventSelector({})).toBe('type=Warning')
  expect(eventSelector({ reasons: ['FailedMount'], kinds: ['Pod'] })).toBe('type=Warning,reason=FailedMount,involvedObject.kind=Pod')
  expect(eventSelector({ reasons: ['A', 'B'], kinds: ['x,y'] })).toBe('type=Warning')
})

test.each<[string, object, { seconds: number; count: number }]>([
  ['core: told again', { count: 7, lastTimestamp: ago(20) }, { seconds: 20, count: 7 }],
  [
    'events.k8s.io: told once',
    { count: undefined, firstTimestamp: null, lastTimestamp: null, eventTime: ago(30) },
    { seconds: 30, count: 1 },
  ],
  [
    'events.k8s.io: a series',
    { count: undefined, firstTimestamp: null, lastTimestamp: null, eventTime: ago(900), series: { count: 9, lastObservedTime: ago(10) } },
    { seconds: 10, count: 9 },
  ],
  [
    'a series seen through the core API: the newer of both counts',
    { count: 1, lastTimestamp: ago(800), series: { count: 4, lastObservedTime: ago(40) } },
    { seconds: 40, count: 4 },
  ],
  ['nothing but its making', { count: undefined, firstTimestamp: null, lastTimestamp: null }, { seconds: 60, count: 1 }],
])('%s', (_, more, { seconds, count }) => {
  expect(pruneEvent(event('Pod/db-0', 'Unhealthy', more), {}, true)).toMatchObject({ last: NOW - seconds * 1_000, count })
})

test('it ends so long after it was told last, and says when', () => {
  const told = event('Pod/db-0', 'Unhealthy', {
    metadata: { name: 'e', namespace: 'shop', creationTimestamp: ago(3_000) },
    firstTimestamp: ago(3_000),
    lastTimestamp: ago(300),
  })
  expect([find([told]).sick.size, find([told]).until]).toEqual([1, NOW + 600_000])
  expect([find([told], {}, 5).sick.size, find([told], {}, 5).until]).toEqual([0, Infinity])
})

test('too seldom begins no alert and ends none; all Events of a reason count together', () => {
  const isIll = (...counts: number[]) =>
    [
      ...find(
        counts.map((count, i) => event(`Pod/web-5d9c-${'ab'[i]}`, 'Unhealthy', { count })),
        { minCount: 3 },
      ).sick.values(),
    ][0]!.isIll
  expect([isIll(2), isIll(3), isIll(1, 1), isIll(2, 1)]).toEqual([false, true, false, true])
})

test('the newest message is told, without secrets', () => {
  const one = (message: string, seconds: number) => event('Pod/db-0', 'Failed', { message, lastTimestamp: ago(seconds) })
  const [sick] = find([one('new, password=hunter2secret', 10), one('old', 50)]).sick.values()
  expect(sick!.message).toMatch(/^new, password=\[REDACTED/)
})

test('what does not count is kept in two hundred bytes, and what does in six hundred', () => {
  const large = { message: 'x'.repeat(10_000), metadata: { name: 'e', namespace: 'shop', annotations: { note: 'x'.repeat(10_000) } } }
  const size = (filter: EventFilter) => JSON.stringify(pruneEvent(event('Pod/db-0', 'Unhealthy', large), filter, true)).length
  expect(size({ reasons: ['Other'] })).toBeLessThan(200)
  expect(size({})).toBeLessThan(600)
})
