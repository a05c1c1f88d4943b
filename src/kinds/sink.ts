import { z } from 'zod'
import { ObjectStatus } from './conditions.ts'
import { API_VERSION, Duration, exactlyOneOf, Expression, HeaderName, HttpUrl, Metadata, SecretKeyRef, Template } from './meta.ts'

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

export const SINK_TYPES = ['stdout', 'webhook'] as const
export type SinkType = (typeof SINK_TYPES)[number]

const SinkSpec = exactlyOneOf(
  {
    stdout: StdoutSink.optional().describe("Writes to the server's standard output."),
    webhook: WebhookSink.optional().describe(
      'POSTs the message as JSON, with an `Idempotency-Key`. 2xx is delivered; 408, 425, 429 and 5xx are tried again; everything else is final.',
    ),
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
