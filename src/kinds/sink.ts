import { z } from 'zod'
import { API_VERSION, Duration, exactlyOneOf, Expression, Metadata, SecretKeyRef, Template } from './meta.ts'

/** Writes to the server's standard output. */
export const StdoutSink = z.strictObject({ format: z.enum(['text', 'json', 'markdown']).optional() })

/** `value` or `valueFrom`: a header of a webhook. */
export const Header = exactlyOneOf(
  {
    name: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[-A-Za-z0-9]+$/),
    value: z.string().max(4096).optional(),
    valueFrom: z.strictObject({ secretKeyRef: SecretKeyRef }).optional(),
  },
  ['value', 'valueFrom'],
)

/** POSTs JSON, with an `Idempotency-Key`; 2xx is delivered, 408, 425, 429 and 5xx are tried again, everything else is final. */
export const WebhookSink = exactlyOneOf(
  {
    url: z
      .string()
      .max(2048)
      .regex(/^https?:\/\/[^\s]+$/)
      .optional(),
    urlSecretKeyRef: SecretKeyRef.optional(),
    headers: z.array(Header).max(16).optional(),
    /** Signs the body: header `X-Inquest-Signature: sha256=<hex HMAC-SHA256>`. */
    hmac: z.strictObject({ secretKeyRef: SecretKeyRef }).optional(),
    /** For one attempt. Default 10s. */
    timeout: Duration.optional(),
  },
  ['url', 'urlSecretKeyRef'],
)

export const SINK_TYPES = ['stdout', 'webhook'] as const
export type SinkType = (typeof SINK_TYPES)[number]

export const SinkSpec = exactlyOneOf(
  {
    stdout: StdoutSink.optional(),
    webhook: WebhookSink.optional(),
    /** CEL over `result`, `alert`, `params`, `outputs`: false sends nothing. */
    when: Expression.optional(),
    /** Liquid over the same names: the text of the message. Default: the house's own report. */
    template: Template.optional(),
  },
  SINK_TYPES,
)

export const Sink = z.strictObject({ apiVersion: z.literal(API_VERSION), kind: z.literal('Sink'), metadata: Metadata, spec: SinkSpec })
export type Sink = z.infer<typeof Sink>
