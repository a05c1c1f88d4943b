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

/** Of a request, by lower-case name. */
export type Headers = Readonly<Record<string, string>>

/** Reads a body that was JSON. Throws an InputError when it is not this source's at all; a bad alert is only rejected. */
export type ParseWebhook = (body: unknown, now: Date, headers: Headers) => Payload

const MAX_EXCERPT = 1_024

/** What was sent, cut. */
export const excerptOf = (sent: unknown): string => (JSON.stringify(sent) ?? '').slice(0, MAX_EXCERPT)
