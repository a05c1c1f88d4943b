import { hash } from '#kit/ids'
import type { Notification } from './notification.ts'

/**
 * The identity of what was delivered: a repeat of it has the same one, whichever of an HA pair sends it. `externalURL` and the order of the
 * alerts are therefore no part of it. `unread` is what was sent and could not be read: other rubbish is another notification.
 */
export function notificationKey(source: string, notification: Notification, unread: readonly string[] = []): string {
  const alerts = notification.alerts.map(
    ({ fingerprint, status, startsAt, endsAt }) => `${fingerprint} ${status} ${startsAt} ${endsAt ?? ''}`,
  )
  return hash(source, notification.receiver, notification.groupKey, ...alerts.sort(), ...unread)
}
