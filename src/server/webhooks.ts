import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamSSE, type SSEStreamingApi } from 'hono/streaming'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Views } from '#store'
import { followTimeline } from './follow.ts'
import { health, type Ready } from './health.ts'
import type { Metrics } from './metrics.ts'

/** What a source's handler is given and answers; the server knows nothing else of sources. */
export interface WebhookRequest {
  namespace: string
  source: string
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}
export interface WebhookResponse {
  status: 200 | 202 | 400 | 401 | 403 | 404 | 413 | 503
  body: Readonly<Record<string, unknown>>
  /** Seconds, for `Retry-After`. */
  retryAfter?: number
  /** What was started: with `?wait` it is streamed to its end. */
  started?: { namespace: string; name: string }
}

export interface WebhookParts {
  receive(request: WebhookRequest): Promise<WebhookResponse>
  views: Pick<Views, 'investigation' | 'timeline'>
  /** How often an investigation that is waited for is looked at, milliseconds. */
  pollMs: number
  ready: Ready
  maxBodyBytes: number
  metrics: Metrics
  log: Logger
}

/** The listener that senders reach: webhooks and the probes. Whatever goes wrong on our side is a 503, the only answer that Alertmanager tries again. */
export function webhookApp(parts: WebhookParts): Hono {
  const app = health(new Hono(), parts.ready)
  app.post(
    '/webhooks/:namespace/:source',
    bodyLimit({
      maxSize: parts.maxBodyBytes,
      onError: (c) =>
        c.json(
          {
            error: `the body is larger than ${parts.maxBodyBytes} bytes`,
            remedy: 'Raise --max-body-bytes, or set max_alerts in the receiver of Alertmanager.',
          },
          413,
        ),
    }),
    async (c) => {
      const { namespace, source } = c.req.param()
      const stop = parts.metrics.webhook({ namespace, source })
      const body = new Uint8Array(await c.req.arrayBuffer())
      const answer = await parts.receive({ namespace, source, headers: c.req.header(), body })
      stop(answer.status)
      const { started } = answer
      if (started && c.req.query('wait') !== undefined) return streamSSE(c, (stream) => untilItsEnd(stream, parts, started))
      return c.json(answer.body, answer.status, answer.retryAfter === undefined ? {} : { 'Retry-After': String(answer.retryAfter) })
    },
  )
  app.notFound((c) =>
    c.json({ error: `nothing is served at ${c.req.path}`, remedy: 'Alerts go to POST /webhooks/<namespace>/<source>.' }, 404),
  )
  app.onError((error, c) => {
    parts.log.error({ err: error, path: c.req.path }, 'a webhook failed')
    return c.json({ error: errorText(error) }, 503, { 'Retry-After': '5' })
  })
  return app
}

/** Its timeline, and at the end what it found. */
async function untilItsEnd(
  stream: SSEStreamingApi,
  { views, pollMs }: WebhookParts,
  started: { namespace: string; name: string },
): Promise<void> {
  await stream.writeSSE({ event: 'started', data: JSON.stringify(started) })
  if (!(await followTimeline(stream, { views, ...started, pollMs }))) return
  const found = await views.investigation(started.namespace, started.name)
  await stream.writeSSE({ event: 'result', data: JSON.stringify(found?.result ?? null) })
}
