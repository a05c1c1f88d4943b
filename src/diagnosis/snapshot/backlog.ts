import { wordsOf } from './named-settings.ts'

/** Alerts about what waits to be worked off, and about what was not done. */

/** The words of an alert. */
interface Words {
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
}

/** Labels by which exporters of brokers name what is kept for somebody. */
const KEPT_FOR =
  /^(?:exported_)?(?:queue|queue_?name|topic|consumer_?group|consumer|subscription|stream|stream_name|subject|channel|task_?queue|group)$/
const BACKLOG =
  /\b(?:queues?|queued|enqueued|backlog|consumers?|unacked|unacknowledged|unprocessed|undelivered|outbox|(?:ready|waiting|pending|stuck|unread) (?:messages|tasks|jobs|orders|events)|(?:messages|tasks|jobs|orders|events|items|documents) (?:\w+ ){0,3}(?:wait|waiting|pending|pile|piling|ready|stuck)|(?:consumer|offset) lag)\b/i

/** What the alert calls the queue, as its users are told it. */
export const keptNames = ({ labels }: Words): string[] =>
  Object.entries(labels).flatMap(([label, value]) => (KEPT_FOR.test(label) && value.length >= 4 ? [value] : []))

/** Whether an alert is about a queue that is not emptied. */
export const isBacklog = ({ labels, annotations }: Words): boolean =>
  BACKLOG.test([(labels['alertname'] ?? '').replace(/([a-z])([A-Z])/g, '$1 $2'), ...textsOf({ labels, annotations })].join('\n'))

/** Words by which an alert says that something has not been done for long. */
const OVERDUE =
  /\b(?:too old|older|old|stale|overdue|outdated|missing|missed|late|behind|not (?:been )?(?:run|ran|done|completed|succeeded|finished|started|executed|renewed|rotated|updated|synced|refreshed|sent)|no (?:recent|new|successful)|last|since|age|lag)\b/i

/** The words of an alert: of its name and its texts, in lower case. */
export const saidBy = (alert: Words): string => [alert.labels['alertname'] ?? '', ...textsOf(alert)].map(wordsOf).join(' ')

/** Whether an alert misses something that should have been done. */
export const isOverdue = (alert: Words): boolean => OVERDUE.test(saidBy(alert))

/** Its texts, without links. */
export const textsOf = ({ annotations }: Words): string[] =>
  Object.entries(annotations).flatMap(([key, value]) => (/url|runbook|dashboard/i.test(key) ? [] : [value]))
