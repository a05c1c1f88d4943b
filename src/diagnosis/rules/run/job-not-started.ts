import { refOf, type KubeObject } from '#cluster'
import { time } from '../../snapshot/events.ts'
import { queuesOf, unwellCustoms } from '../../snapshot/custom-links.ts'
import { ownerOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import { fromEvent, fromObject, type Seen } from '../rule.ts'

const NOT_STARTED = new Set([
  'UnparseableSchedule',
  'InvalidSchedule',
  'UnknownTimeZone',
  'TooManyMissedTimes',
  'MissSchedule',
  'FailedNeedsStart',
  'FailedCreate',
])

/** A CronJob whose controller says that it cannot start a Job. */
export function notStarted(snapshot: Snapshot, cron: KubeObject): Seen | null {
  const event = snapshot.eventsOf(cron).find((e) => NOT_STARTED.has(e.reason))
  const object = refOf(cron)
  const name = `CronJob ${cron.metadata.namespace}/${cron.metadata.name}`
  if (cron.spec?.suspend) return suspended(snapshot, cron, name)
  const last = time(cron.status?.lastScheduleTime) ?? 0
  if (!event || (event.last ?? 0) < last) return null
  const field =
    event.reason === 'UnknownTimeZone'
      ? 'spec.timeZone'
      : /Miss|NeedsStart/.test(event.reason)
        ? 'spec.startingDeadlineSeconds'
        : event.reason === 'FailedCreate'
          ? 'spec.jobTemplate'
          : 'spec.schedule'
  return {
    on: object,
    failure: 'job',
    severity: 'critical',
    summary: `${name} cannot start a Job: ${event.message.slice(0, 200)}`,
    evidence: [fromEvent(event)],
    cause: { object, field },
    since: event.first,
    directness: 0.85,
    recommendations: [advise(`Correct ${field}`, event.message.slice(0, 200))],
  }
}

/** Meant by somebody, mostly; it counts when an alert asks about it. */
export function suspended(snapshot: Snapshot, target: KubeObject, name: string): Seen {
  const object = refOf(target)
  return {
    on: object,
    failure: 'job',
    severity: 'warning',
    summary: `${name} is suspended`,
    evidence: [fromObject(target, 'spec.suspend = true')],
    cause: { object, field: 'spec.suspend' },
    directness: 0.8,
    // A queue that holds Jobs back keeps its own record of each.
    blames: [...unwellCustoms(snapshot).values()]
      .filter((u) => ownerOf(u.object)?.uid === target.metadata.uid)
      .map((u) => refOf(u.object))
      .concat(queuesOf(snapshot, target)),
    tentative: true,
    recommendations: [setField(object, 'spec.suspend', false, 'Nothing is started while it is suspended.')],
  }
}
