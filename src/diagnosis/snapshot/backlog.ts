/** Alerts about what waits to be worked off. */

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
  BACKLOG.test(
    [
      (labels['alertname'] ?? '').replace(/([a-z])([A-Z])/g, '$1 $2'),
      ...Object.entries(annotations).flatMap(([key, value]) => (/url|runbook|dashboard/i.test(key) ? [] : [value])),
    ].join('\n'),
  )
