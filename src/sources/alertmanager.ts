import { z } from 'zod'
import { InputError } from '#kit/errors'
import type { Alert } from '#alert'
import type { RejectedAlert } from '#store'
import { excerptOf, type Payload } from './payload.ts'
import { readAlert } from './read-alert.ts'

/** The envelope of webhook version 4; also what Grafana sends ("version": "1"). Only the alerts are needed. */
const Envelope = z.object({
  version: z.unknown().optional(),
  receiver: z.string().catch(''),
  groupKey: z.string().catch(''),
  groupLabels: z.record(z.string(), z.string()).catch({}),
  truncatedAlerts: z.int().min(0).max(1_000_000_000).catch(0),
  alerts: z.array(z.unknown()),
})

/**
 * Alertmanager's webhook. Whatever has readable alerts is taken, whatever version it names: a 4xx would end the sender's attempts, and the
 * alerts would be lost.
 */
export function parseAlertmanager(body: unknown, now: Date): Payload {
  const parsed = Envelope.safeParse(body)
  if (!parsed.success) throw notOurs(body)
  const { version, receiver, groupKey, groupLabels, truncatedAlerts, alerts: sent } = parsed.data
  const alerts: Alert[] = []
  const rejected: RejectedAlert[] = []
  sent.forEach((one, index) => {
    const alert = readAlert(one, now)
    if ('reason' in alert) rejected.push({ index, reason: alert.reason, excerpt: excerptOf(one) })
    else alerts.push(alert)
  })
  return {
    notification: { receiver: unquoted(receiver), groupKey, groupLabels, truncatedAlerts, alerts },
    rejected,
    oddities: [
      ...(version === '4'
        ? []
        : [`the payload's version is ${JSON.stringify(version) ?? 'missing'} and not "4"; it was read as version 4`]),
      ...(truncatedAlerts === 0 ? [] : [`the sender left out ${truncatedAlerts} alerts: raise max_alerts of its receiver`]),
    ],
  }
}

/** Alertmanager writes the receiver as a regular expression that matches it: Go's QuoteMeta, undone. */
const unquoted = (receiver: string): string => receiver.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1')

function notOurs(body: unknown): InputError {
  const version = typeof body === 'object' && body !== null && 'version' in body ? ` (version ${JSON.stringify(body.version)})` : ''
  return new InputError(`this is not an Alertmanager webhook${version}: it has no list "alerts"`, {
    field: 'alerts',
    remedy: 'Send webhook version 4: point a webhook_config of Alertmanager here.',
  })
}
