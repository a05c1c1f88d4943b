import type { Alert } from '#alert'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { parseAlertmanager } from './alertmanager.ts'
import { readAlert } from './read-alert.ts'

const REMEDY = 'Give the JSON that Alertmanager sent, a list of `GET /api/v2/alerts`, or one alert with its labels.'

/** The alerts of a text: Alertmanager's webhook payload, a list of its API, or a single alert. Throws an InputError for anything else, and for a bad alert. */
export function parseAlerts(text: string, now: Date = systemClock.now()): Alert[] {
  const body = parseJson(text)
  if (typeof body === 'object' && body !== null && 'alerts' in body) {
    const { notification, rejected } = parseAlertmanager(body, now)
    if (rejected[0]) throw new InputError(rejected[0].reason, { field: `alerts[${rejected[0].index}]`, remedy: REMEDY })
    return [...notification.alerts]
  }
  const list = Array.isArray(body) ? body : [body]
  return list.map((one, i) => {
    const alert = readAlert(one, now)
    if ('reason' in alert) throw new InputError(alert.reason, { field: Array.isArray(body) ? `[${i}]` : '', remedy: REMEDY })
    return alert
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InputError(`this is not JSON: ${(error as Error).message}`, { remedy: REMEDY })
  }
}
