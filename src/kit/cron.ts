import { Cron } from 'croner'
import { InputError } from './errors.ts'

/** A cron schedule: five fields in a time zone, as in a Kubernetes CronJob. */
export interface Schedule {
  /** The first slot after that moment; null: never again. */
  next(after: Date): Date | null
  /** The last slot at or before that moment; null: there was none. */
  last(until: Date): Date | null
  /** The shortest time between two slots, milliseconds, as far as a sample of a hundred shows. */
  shortestMs(): number
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const SAMPLE = 100

/**
 * When the clocks go forward, a slot in the hour that is left out is at its end; when they go back, one in the hour that comes twice is
 * once. Throws an InputError for an expression that is none or names a day that never comes, and for a time zone that is not in the IANA database.
 */
export function parseSchedule(expression: string, timeZone = 'UTC', field = 'cron'): Schedule {
  const text = MACROS[expression.trim()] ?? expression.trim()
  if (text.split(/\s+/).length !== 5)
    throw new InputError(`"${expression}" has not five fields`, {
      field,
      remedy: 'Write minute, hour, day of month, month, day of week: "0 3 * * *".',
    })
  if (!isTimeZone(timeZone))
    throw new InputError(`"${timeZone}" is no time zone`, {
      field: field.replace(/cron$/, 'timeZone'),
      remedy: 'Write an IANA name such as Europe/Berlin, or leave it out for UTC.',
    })
  let cron: Cron
  try {
    cron = new Cron(text, { timezone: timeZone, paused: true, mode: '5-part' })
  } catch (error) {
    throw new InputError(`"${expression}" cannot be read: ${(error as Error).message}`, {
      field,
      remedy: 'Write minute, hour, day of month, month, day of week: "0 3 * * *".',
    })
  }
  if (!cron.nextRun(new Date(0)))
    throw new InputError(`"${expression}" names a day that never comes`, { field, remedy: 'Look at the day of the month and the month.' })
  return {
    shortestMs() {
      const slots = cron.nextRuns(SAMPLE, new Date(0)).map((slot) => slot.getTime())
      return Math.min(...slots.slice(1).map((slot, i) => slot - slots[i]!))
    },
    next: (after) => cron.nextRun(after),
    // Before that second, so that one on it counts.
    last: (until) => cron.previousRuns(1, new Date(until.getTime() + 1_000))[0] ?? null,
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}
