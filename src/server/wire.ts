import { z } from 'zod'
import { ObjectRef, Result } from '#kinds/result'

/**
 * What the API says: the shapes of `/api/v1`. The CLI and the console know these and nothing else of the server.
 * Times are RFC 3339. Lists are newest first.
 */
const Time = z.string()
const Labels = z.record(z.string(), z.string())

export const InvestigationSummary = z.object({
  id: z.string(),
  namespace: z.string(),
  name: z.string(),
  title: z.string(),
  workflow: z.string(),
  incidentId: z.string().nullable(),
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']),
  reason: z.string().nullable(),
  message: z.string().nullable(),
  attempt: z.number(),
  createdAt: Time,
  startedAt: Time.nullable(),
  completedAt: Time.nullable(),
  /** Of the result, once there is one. */
  rootCause: z.string().nullable(),
  object: ObjectRef.nullable(),
  confidence: z.number().nullable(),
  costUSD: z.number().nullable(),
})
export type InvestigationSummary = z.infer<typeof InvestigationSummary>

export const DeliveryView = z.object({
  key: z.string(),
  sink: z.string(),
  state: z.string(),
  status: z.enum(['intended', 'delivered', 'failed', 'skipped']),
  tries: z.number(),
  possiblyDuplicate: z.boolean(),
  error: z.string().nullable(),
  /** Where a person finds the message, if there is such a place. */
  url: z.string().nullable(),
  createdAt: Time,
  finishedAt: Time.nullable(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

/** The whole of a long output of a tool: redacted, at most 1 MiB, read at `artifacts/<name>` of its investigation. */
const ArtifactView = z.object({
  id: z.string(),
  attempt: z.number(),
  step: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  /** How much of its middle was left out. */
  truncatedBytes: z.number(),
  createdAt: Time,
})

export const InvestigationDetail = InvestigationSummary.extend({
  result: Result.nullable(),
  outputs: z.record(z.string(), z.unknown()).nullable(),
  deliveries: z.array(DeliveryView),
  artifacts: z.array(ArtifactView),
})
export type InvestigationDetail = z.infer<typeof InvestigationDetail>

/** One entry of the append-only timeline; `id` orders them, and is where a stream goes on (`Last-Event-ID`). */
export const TimelineEvent = z.object({
  id: z.number(),
  attempt: z.number(),
  step: z.string(),
  at: Time,
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type TimelineEvent = z.infer<typeof TimelineEvent>

export const IncidentSummary = z.object({
  id: z.string(),
  source: z.string(),
  title: z.string(),
  labels: Labels,
  status: z.enum(['open', 'resolved']),
  outcome: z.string().nullable(),
  openedAt: Time,
  lastSeenAt: Time,
  resolvedAt: Time.nullable(),
  /** When an investigation is to start. */
  investigateAt: Time.nullable(),
  /** No new investigation before. */
  cooldownUntil: Time.nullable(),
  /** From firing to resolved, and those of them that fire now. */
  alerts: z.number(),
  firing: z.number(),
  investigations: z.number(),
})
export type IncidentSummary = z.infer<typeof IncidentSummary>

export const AlertView = z.object({
  id: z.string(),
  source: z.string(),
  fingerprint: z.string(),
  incidentId: z.string().nullable(),
  filtered: z.boolean(),
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels,
  generatorURL: z.string(),
  startsAt: Time,
  endsAt: Time.nullable(),
  firstSeenAt: Time,
  lastSeenAt: Time,
  seen: z.number(),
})
export type AlertView = z.infer<typeof AlertView>

export const List = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) })
export const ApiError = z.object({ error: z.string(), remedy: z.string().optional() })
