import { alertTitle, incidentGroup, isHeartbeat, isOwnAlert, notificationKey } from '#alert'
import { parseDuration } from '#kit/duration'
import { InputError } from '#kit/errors'
import { DEFAULT_WINDOW, type Source } from '#kinds/source'
import type { IntakeBatch, JudgedAlert } from '#store'
import { compileFilter } from './filter.ts'
import { parserOf } from './parsers.ts'
import type { Headers, Payload } from './payload.ts'

/** A body as the Source takes it: what is stored, and what was odd. */
export interface Judged {
  batch: IntakeBatch
  payload: Payload
  /** Alerts that the filter could not judge are let through, with the reason here. */
  filterErrors: readonly string[]
}

export type Judge = (body: Uint8Array, now: Date, headers: Headers) => Judged

/** What a Source says, made ready once. Throws an InputError when nothing may be posted to it, and later for a body that is not its own. */
export function compileSource(source: Source): Judge {
  const parse = parserOf(source)
  const judge = compileJudgement(source)
  return (body, now, headers) => judge(parse(readJson(body), now, headers))
}

/** What a Source does with what was read: which alerts are left out, and which belong together. */
export function compileJudgement(source: Source): (payload: Payload) => Judged {
  const name = `${source.metadata.namespace}/${source.metadata.name}`
  const filter = compileFilter(source)
  const by = source.spec.grouping?.by
  const windowMs = parseDuration(source.spec.grouping?.window ?? DEFAULT_WINDOW)
  return (payload) => {
    const { notification, rejected } = payload
    const filterErrors: string[] = []
    const alerts = notification.alerts.map((alert): JudgedAlert => {
      const { passes, error } = isHeartbeat(alert) ? { passes: true, error: null } : filter(alert)
      if (error !== null) filterErrors.push(error)
      const as = isHeartbeat(alert) ? 'heartbeat' : passes && !isOwnAlert(alert) ? 'incident' : 'filtered'
      return { alert, as, group: incidentGroup(name, alert, by, notification.groupLabels), title: alertTitle(alert) }
    })
    const excerpts = rejected.map(({ excerpt }) => excerpt)
    const key = notificationKey(name, notification, excerpts)
    return { batch: { source: name, key, notification, alerts, rejected, windowMs }, payload, filterErrors }
  }
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch (error) {
    throw new InputError(`the body is not JSON: ${(error as Error).message.slice(0, 200)}`, {
      remedy: 'Send the webhook as its sender writes it, and not a form.',
    })
  }
}
