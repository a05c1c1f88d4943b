import { z } from 'zod'
import { ObjectStatus } from './conditions.ts'
import {
  API_VERSION,
  Duration,
  exactlyOneOf,
  Expression,
  HeaderName,
  HttpUrl,
  Metadata,
  SecretKeyRef,
  SlackChannelId,
  StringMap,
  Template,
  Text,
} from './meta.ts'

const StdoutSink = z.strictObject({
  format: z
    .enum(['text', 'json', 'markdown'])
    .optional()
    .describe('`text` for a terminal (default), `json` for the whole message, or `markdown`.'),
})

const Header = exactlyOneOf(
  {
    name: HeaderName.describe("The header's name."),
    value: z.string().max(4096).optional().describe('Its value, as it is.'),
    valueFrom: z.strictObject({ secretKeyRef: SecretKeyRef }).optional().describe('Its value, from a Secret.'),
  },
  ['value', 'valueFrom'],
)

const WebhookSink = exactlyOneOf(
  {
    url: HttpUrl.optional().describe('Where to POST.'),
    urlSecretKeyRef: SecretKeyRef.optional().describe('Where to POST, when the address itself is a secret.'),
    headers: z.array(Header).max(16).optional().describe('Sent with every delivery, such as Authorization.'),
    hmac: z
      .strictObject({ secretKeyRef: SecretKeyRef })
      .optional()
      .describe('Signs the body: header `X-Inquest-Signature: sha256=<hex HMAC-SHA256>`.'),
    timeout: Duration.optional().describe('For one attempt. Default 10s.'),
  },
  ['url', 'urlSecretKeyRef'],
)

const SlackSink = z.strictObject({
  tokenSecretKeyRef: SecretKeyRef.describe(
    'A bot token (`xoxb-…`) with the scopes chat:write and, to find its own message after a crash, channels:history (groups:history in a private channel).',
  ),
  channel: SlackChannelId.describe("The channel's ID, such as C0123456789; the app must be a member: `/invite` it."),
  apiUrl: HttpUrl.optional().describe("Where Slack's Web API is. Default https://slack.com/api/; GovSlack: https://slack-gov.com/api/."),
})

const AlertmanagerAuth = exactlyOneOf(
  {
    bearer: z.strictObject({ secretKeyRef: SecretKeyRef }).optional().describe('`Authorization: Bearer` with the token of this Secret.'),
    basic: z
      .strictObject({ username: Text(256).describe('The user name.'), passwordSecretKeyRef: SecretKeyRef.describe('The password.') })
      .optional()
      .describe('`Authorization: Basic` with this name and password.'),
  },
  ['bearer', 'basic'],
)

const AlertmanagerSink = exactlyOneOf(
  {
    url: HttpUrl.describe('Its address as in a browser, such as http://alertmanager.monitoring:9093.'),
    auth: AlertmanagerAuth.optional().describe('How Inquest proves who it is. Default: not.'),
    silence: z
      .strictObject({ duration: Duration.optional().describe('From the last message on. Default 1h.') })
      .optional()
      .describe('Silences what the alerts of the incident have in common, once their root cause is known, until the incident is resolved.'),
    alert: z
      .strictObject({
        duration: Duration.optional().describe('From the last message on. Default 4h.'),
        labels: StringMap({ entries: 16, key: 128, value: 1024 })
          .optional()
          .describe("In addition to the incident's labels or in their place, such as `severity: info`."),
      })
      .optional()
      .describe(
        'Sends an alert InquestRootCause with the labels of the incident, once the root cause is known, until the incident is resolved.',
      ),
  },
  ['silence', 'alert'],
)

export const SINK_TYPES = ['stdout', 'webhook', 'slack', 'alertmanager'] as const
export type SinkType = (typeof SINK_TYPES)[number]

const SinkSpec = exactlyOneOf(
  {
    stdout: StdoutSink.optional().describe("Writes to the server's standard output."),
    webhook: WebhookSink.optional().describe(
      'POSTs the message as JSON, with an `Idempotency-Key`. 2xx is delivered; 408, 425, 429 and 5xx are tried again; everything else is final.',
    ),
    slack: SlackSink.optional().describe(
      'Posts to a Slack channel: one thread an incident, whose first message always says how the incident stands.',
    ),
    alertmanager: AlertmanagerSink.optional().describe('Tells Prometheus Alertmanager (API v2), by a silence or by an alert of its own.'),
    when: Expression.optional().describe('CEL over `result`, `outputs`, `alert`, `alerts`, `params`, `incident`: false sends nothing.'),
    template: Template.optional().describe(
      "Liquid over `result`, `outputs`, `state`, `alert`, `alerts`, `params`, `incident`, `investigation`: the text of the message. Default: the house's own report.",
    ),
  },
  SINK_TYPES,
)

export const Sink = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Sink'),
    metadata: Metadata,
    spec: SinkSpec,
    status: ObjectStatus.optional(),
  })
  .describe('Where the results of investigations go.')
export type Sink = z.infer<typeof Sink>
