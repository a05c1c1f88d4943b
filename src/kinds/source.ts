import { z } from 'zod'
import { API_VERSION, Duration, exactlyOneOf, Expression, LocalRef, Metadata, SecretKeyRef, Text } from './meta.ts'

/** How a sender proves who it is. There is no default: a Source without `auth` is refused; `none: {}` says it aloud. */
export const SourceAuth = exactlyOneOf(
  {
    none: z.strictObject({}).optional(),
    bearer: z.strictObject({ secretKeyRef: SecretKeyRef }).optional(),
    basic: z.strictObject({ username: Text(256), passwordSecretKeyRef: SecretKeyRef }).optional(),
  },
  ['none', 'bearer', 'basic'],
)

/** Prometheus Alertmanager's webhook, version 4. */
export const AlertmanagerSource = z.strictObject({})

/** Which alerts are one incident, and when it is investigated. */
export const Grouping = z.strictObject({
  /** Labels whose values make the incident. Default: Alertmanager's own groupLabels. */
  by: z.array(Text(317)).min(1).max(16).optional(),
  /** How long to wait for more alerts, and for an early resolve, before the investigation starts. Default 5s. */
  window: Duration.optional(),
  /** How long after an investigation started the same incident is not investigated again. Default 1h. */
  cooldown: Duration.optional(),
})

export const SourceSpec = exactlyOneOf(
  {
    alertmanager: AlertmanagerSource.optional(),
    auth: SourceAuth,
    /** CEL over `alert`: an alert for which it is false is stored as filtered and starts nothing. */
    filter: Expression.optional(),
    grouping: Grouping.optional(),
    workflowRef: LocalRef,
    /** Handed to the Workflow as `params`. */
    params: z.record(z.string().max(63), z.string().max(4096)).optional(),
    /** true: notifications are answered with 503, so that Alertmanager keeps them. */
    suspend: z.boolean().optional(),
  },
  ['alertmanager'],
)

export const Source = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Source'),
  metadata: Metadata,
  spec: SourceSpec,
})
export type Source = z.infer<typeof Source>

export const DEFAULT_WINDOW = '5s'
export const DEFAULT_COOLDOWN = '1h'
