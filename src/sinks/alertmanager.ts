import { INCIDENT_LABEL } from '#alert'
import { parseDuration } from '#kit/duration'
import { InputError, TerminalError } from '#kit/errors'
import { keepAlert } from './alertmanager-alert.ts'
import { connect } from './alertmanager-api.ts'
import { keepSilence } from './alertmanager-silence.ts'
import type { MakeSink } from './sink-driver.ts'

const MIN_DURATION_MS = 60_000

/**
 * What stands in Alertmanager follows the incident: there is a silence, or an alert, as long as a root cause is known and the incident is not
 * resolved. Every message brings it to that state, so a repeat changes nothing.
 */
export const makeAlertmanagerSink: MakeSink<'alertmanager'> = (spec, context) => {
  const kind = spec.silence ? 'silence' : 'alert'
  const durationMs = parseDuration(spec[kind]?.duration ?? (spec.silence ? '1h' : '4h'))
  if (durationMs < MIN_DURATION_MS)
    throw new InputError('too short', { field: `spec.alertmanager.${kind}.duration`, remedy: 'Write at least 1m.' })
  if (/[?#]|\/api\/v[0-9]+\/?$/.test(spec.url))
    throw new InputError('not the address of an Alertmanager', {
      field: 'spec.alertmanager.url',
      remedy: 'Write it as in a browser and without the path of the API, such as http://alertmanager.monitoring:9093.',
    })
  return {
    dedupes: true,
    async deliver(delivery, signal) {
      const { alert, incident } = delivery.message
      if (INCIDENT_LABEL in incident.labels || INCIDENT_LABEL in (alert?.labels ?? {}))
        throw new TerminalError('this incident is about an alert that Inquest sent itself, and would never end')
      const api = await connect(spec, context, signal)
      const now = context.clock.now()
      return spec.silence
        ? keepSilence(api, delivery, { now, durationMs })
        : keepAlert(api, delivery, { now, durationMs, more: spec.alert?.labels ?? {} })
    },
  }
}
