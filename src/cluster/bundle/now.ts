import type { KubeObject } from '../reader.ts'

/**
 * When a bundle was recorded: the newest thing that happened in it. The wall clock is never asked: a bundle of 2022 is judged in 2022.
 *
 * A cluster never rests: nodes report, leases are renewed, pods change state. The newest of these is the clock. When an object was made may
 * push it on a little, but not by years: bundles exist whose ConfigMaps were recorded from another cluster, two years later. Those are
 * named as an oddity. `deletionTimestamp` and certificates' ends lie in the future and never count.
 */
export interface BundleClock {
  observe(object: KubeObject): void
  now(): Date
  /** What does not fit the clock, for people; null when all does. */
  oddity(): string | null
}

/** How much later than the newest activity something may have been made and still be of the same recording, ms. */
const SLACK_MS = 3_600_000

export function createBundleClock(): BundleClock {
  let activity = -Infinity
  let steady = false
  const made: { at: number; kind: string }[] = []

  const saw = (time: unknown): void => {
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
    if (at > activity) activity = at
  }
  const limit = (): number => (steady ? activity + SLACK_MS : Infinity)
  const now = (): Date => {
    const end = limit()
    const newest = made.reduce((newest, { at }) => (at <= end && at > newest ? at : newest), activity)
    return new Date(newest === -Infinity ? 0 : newest)
  }

  return {
    observe(object) {
      const { metadata, kind, status } = object
      for (const time of [metadata.creationTimestamp, ...(metadata.managedFields ?? []).map((entry: any) => entry?.time)]) {
        const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
        if (!Number.isNaN(at)) made.push({ at, kind })
      }
      if (kind === 'Event' || kind === 'Lease' || kind === 'Node') steady = true
      for (const time of timesOf(object)) saw(time)
      for (const condition of Array.isArray(status?.conditions) ? status.conditions : []) {
        for (const field of ['lastHeartbeatTime', 'lastUpdateTime', 'lastTransitionTime', 'lastProbeTime']) saw(condition?.[field])
      }
    },
    now,
    oddity() {
      if (made.length === 0 && activity === -Infinity)
        return 'Nothing in the bundle carries a time: ages and "recently" mean nothing in it.'
      const late = made.filter(({ at }) => at > limit())
      if (late.length === 0) return null
      const kinds = [...new Set(late.map(({ kind }) => kind))].sort().join(', ')
      return `Objects (${kinds}) were written after ${now().toISOString()}, the newest activity of the bundle: they were recorded at another time and do not move its clock.`
    },
  }
}

function timesOf({ kind, spec, status, ...object }: KubeObject): unknown[] {
  switch (kind) {
    case 'Event':
      return [
        object['lastTimestamp'],
        object['firstTimestamp'],
        object['eventTime'],
        object['series']?.lastObservedTime,
        object.metadata.creationTimestamp,
      ]
    case 'Lease':
      return [spec?.renewTime, spec?.acquireTime]
    case 'Pod':
      return [
        status?.startTime,
        ...[...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])]
          .flatMap((container: any) => [container?.state, container?.lastState])
          .flatMap((state: any) => [state?.running?.startedAt, state?.terminated?.startedAt, state?.terminated?.finishedAt]),
      ]
    case 'Job':
    case 'CronJob':
      return [status?.startTime, status?.completionTime, status?.lastScheduleTime, status?.lastSuccessfulTime]
    case 'HorizontalPodAutoscaler':
      return [status?.lastScaleTime]
    default:
      return []
  }
}
