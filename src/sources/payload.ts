import type { Notification } from '#alert'
import type { RejectedAlert } from '#store'

/** What was read of a request's body. */
export interface Payload {
  notification: Notification
  /** Alerts that could not be read; the others are taken. */
  rejected: readonly RejectedAlert[]
  /** What else was odd, one sentence each, for the log. */
  oddities: readonly string[]
}

/** Reads a body that was JSON. Throws an InputError when it is not this source's at all; a bad alert is only rejected. */
export type ParseWebhook = (body: unknown, now: Date) => Payload
