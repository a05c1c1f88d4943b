import { z } from 'zod'
import { ObjectStatus } from './conditions.ts'
import { KubernetesSource } from './kubernetes-source.ts'
import {
  API_VERSION,
  Duration,
  exactlyOneOf,
  Expression,
  HeaderName,
  Label,
  LocalRef,
  Metadata,
  Name,
  SecretKeyRef,
  StringMap,
  Text,
  withRules,
} from './meta.ts'
import { ScheduleSource } from './schedule-source.ts'
import { WebhookSource } from './webhook-source.ts'

/** How a sender proves who it is. There is no default: a Source without `auth` is refused; `none: {}` says it aloud. */
const SourceAuth = exactlyOneOf(
  {
    none: z.strictObject({}).optional().describe('Anyone who reaches the address may send. Say so with `none: {}`.'),
    bearer: z.strictObject({ secretKeyRef: SecretKeyRef }).optional().describe('`Authorization: Bearer` with the token of this Secret.'),
    basic: z
      .strictObject({ username: Text(256).describe('The user name.'), passwordSecretKeyRef: SecretKeyRef.describe('The password.') })
      .optional()
      .describe('`Authorization: Basic` with this name and password.'),
    hmac: z
      .strictObject({
        secretKeyRef: SecretKeyRef.describe('The shared secret.'),
        header: HeaderName.optional().describe('Where the signature is. Default X-Hub-Signature-256.'),
      })
      .optional()
      .describe('HMAC-SHA256 of the body in hex, bare or after `name=`: GitHub, PagerDuty (X-PagerDuty-Signature), Grafana.'),
    serviceAccount: z
      .strictObject({
        name: Name.describe('Its name.'),
        namespace: Label.optional().describe("Default: the Source's own."),
      })
      .optional()
      .describe(
        '`Authorization: Bearer` with a token of this ServiceAccount and the audience inquest.dev, from a projected volume: no Secret to keep. Not with --manifests.',
      ),
  },
  ['none', 'bearer', 'basic', 'hmac', 'serviceAccount'],
)

const AlertmanagerSource = z.strictObject({})

const Grouping = z.strictObject({
  by: z
    .array(Text(317))
    .min(1)
    .max(16)
    .optional()
    .describe("Labels whose values make the incident. Default: Alertmanager's own groupLabels."),
  window: Duration.optional().describe(
    'How long to wait for more alerts, and for an early resolve, before the investigation starts. Default 5s.',
  ),
  cooldown: Duration.optional().describe(
    'How long after an investigation started the same incident is not investigated again. Default 1h.',
  ),
})

const SOURCE_TYPES = ['alertmanager', 'webhook', 'kubernetes', 'schedule', 'api'] as const

const SourceSpec = withRules(
  exactlyOneOf(
    {
      alertmanager: AlertmanagerSource.optional().describe("Prometheus Alertmanager's webhook, version 4."),
      webhook: WebhookSource.optional().describe('Any JSON that is posted, mapped to alerts by CEL.'),
      kubernetes: KubernetesSource.optional().describe("Alerts straight from the cluster's objects, without Prometheus."),
      schedule: ScheduleSource.optional().describe('Looks made by the clock.'),
      api: z.strictObject({}).optional().describe('Investigations that somebody asks for by a POST.'),
      auth: SourceAuth.optional().describe('How a sender proves who it is. Whatever is posted to needs it; there is no default.'),
      filter: Expression.optional().describe('CEL over `alert`: an alert for which it is false is stored as filtered and starts nothing.'),
      grouping: Grouping.optional().describe('Which alerts are one incident, and when it is investigated.'),
      workflowRef: LocalRef.describe('The Workflow that investigates.'),
      params: StringMap({ entries: 64, key: 63, value: 4096 }).optional().describe('Handed to the Workflow as `params`.'),
      suspend: z
        .boolean()
        .optional()
        .describe('true: notifications are answered with 503, so that Alertmanager keeps them; a schedule or a watch rests.'),
    },
    SOURCE_TYPES,
  ),
  [
    {
      rule: 'has(self.schedule) || has(self.kubernetes) || has(self.auth)',
      message: 'auth is missing: say how a sender proves who it is, or `none: {}`',
      holds: ({ schedule, kubernetes, auth }) => (schedule ?? kubernetes ?? auth) !== undefined,
    },
    {
      rule: '!has(self.api) || !(has(self.filter) || has(self.grouping))',
      message: 'an investigation that is asked for is no alert: it has no filter or grouping',
      holds: ({ api, filter, grouping }) => api === undefined || !(filter ?? grouping),
    },
    {
      rule: '!has(self.kubernetes) || !has(self.auth)',
      message: 'nothing is sent to a kubernetes source: it has no auth',
      holds: ({ kubernetes, auth }) => kubernetes === undefined || auth === undefined,
    },
    {
      rule: '!has(self.schedule) || !(has(self.auth) || has(self.filter) || has(self.grouping))',
      message: 'nothing is sent to a schedule: it has no auth, filter or grouping',
      holds: ({ schedule, auth, filter, grouping }) => schedule === undefined || !(auth ?? filter ?? grouping),
    },
  ],
)

export const Source = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Source'),
    metadata: Metadata,
    spec: SourceSpec,
    status: ObjectStatus.optional(),
  })
  .describe('Where alerts come from, which of them belong together, and which Workflow investigates them.')
export type Source = z.infer<typeof Source>

export const DEFAULT_SIGNATURE_HEADER = 'X-Hub-Signature-256'
export const DEFAULT_WINDOW = '5s'
export const DEFAULT_COOLDOWN = '1h'
