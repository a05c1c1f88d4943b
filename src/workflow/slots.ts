import { parseSchedule, type Schedule } from '#kit/cron'
import { parseDuration } from '#kit/duration'
import { hash } from '#kit/ids'
import { DEFAULT_STARTING_DEADLINE, type ScheduleSource } from '#kinds/schedule-source'

/** When a schedule's looks begin: the slots of its cron, each a little later by its jitter. Pure. */
export interface Slots {
  /** The slot that is to be dealt with now, if any: the last that has begun since `after`. `late`: it is too late for it. */
  due(after: Date, now: Date): { slot: Date; late: boolean } | null
  /** Milliseconds until the next one begins; undefined: never. */
  nextMs(after: Date, now: Date): number | undefined
}

/** More slots than fit between a slot and its jitter are not looked through. */
const MAX_LOOKS = 50

export function slotsOf(source: string, spec: ScheduleSource): Slots {
  const schedule: Schedule = parseSchedule(spec.cron, spec.timeZone)
  const jitterMs = spec.jitter ? parseDuration(spec.jitter) : 0
  const deadlineMs = parseDuration(spec.startingDeadline ?? DEFAULT_STARTING_DEADLINE)
  // The same on every replica, another one for each slot.
  const begins = (slot: Date): number =>
    slot.getTime() + (jitterMs === 0 ? 0 : Math.floor((parseInt(hash(source, slot.toISOString()).slice(0, 8), 16) / 2 ** 32) * jitterMs))
  return {
    due(after, now) {
      let slot = schedule.last(now)
      for (let looks = 0; slot && slot > after && looks < MAX_LOOKS; looks++) {
        if (begins(slot) <= now.getTime()) return { slot, late: now.getTime() - begins(slot) > deadlineMs }
        slot = schedule.last(new Date(slot.getTime() - 1_000))
      }
      return null
    },
    nextMs(after, now) {
      const next = schedule.next(after)
      return next ? Math.max(0, begins(next) - now.getTime()) : undefined
    },
  }
}
