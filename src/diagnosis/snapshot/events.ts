import type { KubeObject } from '#cluster'

/** An event in one form, whichever of its two API versions and three ways of counting it was written in. Times in ms. */
export interface KubeEvent {
  /** `event/shop/payments.17a`. */
  ref: string
  kind: string
  namespace: string | null
  name: string
  uid: string
  /** The container, of `spec.containers{app}`; empty when the whole object is meant. */
  container: string
  /** The component that tells it. */
  by: string
  type: string
  reason: string
  message: string
  count: number
  first: number | null
  last: number | null
}

/** RFC 3339 → ms; null when absent or unreadable. */
export function time(text: unknown): number | null {
  if (typeof text !== 'string' || text === '') return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}

export function toEvent(raw: KubeObject): KubeEvent {
  const about = raw['involvedObject'] ?? raw['regarding'] ?? {}
  const first =
    time(raw['firstTimestamp'] ?? raw['deprecatedFirstTimestamp']) ?? time(raw['eventTime']) ?? time(raw.metadata.creationTimestamp)
  const last = time(raw['series']?.lastObservedTime) ?? time(raw['lastTimestamp'] ?? raw['deprecatedLastTimestamp']) ?? first
  return {
    ref: `event/${raw.metadata.namespace ?? ''}/${raw.metadata.name}`,
    kind: about.kind ?? '',
    namespace: about.namespace ?? null,
    name: about.name ?? '',
    uid: about.uid ?? '',
    container: /\{(.+)\}$/.exec(about.fieldPath ?? '')?.[1] ?? '',
    by: raw['reportingComponent'] || raw['reportingController'] || (raw['source'] ?? raw['deprecatedSource'])?.component || '',
    type: raw['type'] ?? '',
    reason: raw['reason'] ?? '',
    message: String(raw['message'] ?? raw['note'] ?? '').trim(),
    count: raw['series']?.count ?? raw['count'] ?? raw['deprecatedCount'] ?? 1,
    first,
    last,
  }
}

/** Newest first; equal times by reference, so that the order never depends on how they were listed. */
export const newestFirst = (a: KubeEvent, b: KubeEvent): number =>
  (b.last ?? 0) - (a.last ?? 0) || (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0)
