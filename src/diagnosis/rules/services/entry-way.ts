import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { editsOf, lastWrite } from '../../snapshot/edits.ts'
import { servicesOf } from '../../snapshot/entry.ts'
import { time } from '../../snapshot/events.ts'
import { entry as fieldOf, podSpecOf } from '../../snapshot/field-path.ts'
import { configMapsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { proxySettings } from './entry-settings.ts'
import type { HeardEntry } from './entry-lines.ts'
import type { Place } from '../rule.ts'

/** Something on the way of a request that was written. */
export interface WayChange {
  cause: Place
  /** ms */
  at: number
  how: string
  /** The entry itself; a key that is asked for and is not there any more; anything else. */
  what: 'entry' | 'lost' | 'other'
}

/** What was changed of an entry, of what its proxies are told, and of the Services, programs and configuration behind it. */
export function changesOnTheWay(snapshot: Snapshot, { entry, rivals, proxies }: HeardEntry): WayChange[] {
  const services = servicesOf(entry).flatMap((s) => snapshot.get('Service', s.namespace, s.name) ?? [])
  const behind = new Set(
    services.flatMap((s) => snapshot.podsSelected(s.metadata.namespace ?? '', s.spec?.selector).map((pod) => snapshot.workloadOf(pod))),
  )
  const named = Object.values(entry.metadata.annotations ?? {}).join(' ')
  const customs = snapshot.customs.filter(
    (o) => o.metadata.namespace === entry.metadata.namespace && o.metadata.name.length >= 4 && named.includes(o.metadata.name),
  )
  const maps = new Set(
    proxies.flatMap((p) => proxySettings(snapshot, p)).flatMap(({ object }) => (object.kind === 'ConfigMap' ? [object.name] : [])),
  )
  const ofProxies = proxies.flatMap((p) => [...maps].flatMap((name) => snapshot.get('ConfigMap', p.metadata.namespace ?? null, name) ?? []))
  return [
    ...written(entry, 'entry'),
    ...rivals.flatMap(rivalling),
    ...[...services, ...customs, ...new Set(ofProxies)].flatMap((o) => written(o, 'other')),
    ...[...behind].flatMap((workload) => ofWorkload(snapshot, workload)),
  ]
}

/** An Ingress that takes requests of another: edited, or made; of a canary what is its share. */
function rivalling(rival: KubeObject): WayChange[] {
  const edits = written(rival, 'entry')
  const at = time(rival.metadata.creationTimestamp)
  if (edits.length > 0 || at === null) return edits
  const share = Object.keys(rival.metadata.annotations ?? {}).find((key) => /canary-(?:weight|by-)/.test(key))
  const field = share ? fieldOf('metadata.annotations', share) : 'spec.rules[0].host'
  return [{ cause: { object: refOf(rival), field }, at, how: 'was made', what: 'entry' }]
}

const written = (object: KubeObject, what: WayChange['what']): WayChange[] =>
  editsOf(object).flatMap((e) => (e.at === null ? [] : [{ cause: { object: refOf(object), field: e.field }, at: e.at, how: e.how, what }]))

function ofWorkload(snapshot: Snapshot, workload: KubeObject): WayChange[] {
  const rolled = changesOf(snapshot, workload).flatMap((c): WayChange[] =>
    c.at === null || /annotations/.test(c.field)
      ? []
      : [{ cause: { object: refOf(workload), field: c.field }, at: c.at, how: `changed by ${c.how}`, what: 'other' }],
  )
  const maps = configMapsOf(podSpecOf(workload)).flatMap(
    (name) => snapshot.get('ConfigMap', workload.metadata.namespace ?? null, name) ?? [],
  )
  return [...rolled, ...maps.flatMap((map) => ofMap(workload, map))]
}

/** Who takes a key away leaves no trace of it but the pods that still ask for it, without insisting. */
function ofMap(workload: KubeObject, map: KubeObject): WayChange[] {
  const edits = written(map, 'other')
  const at = lastWrite(map)
  if (at === null || at <= (time(map.metadata.creationTimestamp) ?? 0) + 1_000) return edits
  const lost = (podSpecOf(workload)?.containers ?? [])
    .flatMap((c: any) => c.env ?? [])
    .map((e: any) => e.valueFrom?.configMapKeyRef)
    .filter((ref: any) => ref?.optional && ref.name === map.metadata.name && !Object.hasOwn(map.data ?? {}, ref.key))
  const gone = lost.map((ref: any): WayChange => ({
    cause: { object: refOf(map), field: fieldOf('data', ref.key) },
    at,
    how: 'is not there any more since the ConfigMap was written',
    what: 'lost',
  }))
  return edits.length + gone.length > 0
    ? [...edits, ...gone]
    : [{ cause: { object: refOf(map), field: 'data' }, at, how: 'written', what: 'other' }]
}
