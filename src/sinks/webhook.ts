import { createHmac } from 'node:crypto'
import { parseDuration } from '#kit/duration'
import { InputError, TerminalError } from '#kit/errors'
import { expectSuccess } from '#kit/http'
import type { SecretKeyRef } from '#kinds/meta'
import { headerValue } from './header-value.ts'
import type { MakeSink, SinkContext } from './sink-driver.ts'

const DEFAULT_TIMEOUT = '10s'
/** What the transport sets, or what tells a repeat apart: not the manifest's to change. */
const OURS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'content-type',
  'idempotency-key',
  'x-inquest-signature',
  'user-agent',
])

/**
 * POSTs the message as JSON. `Idempotency-Key` is the same for every repeat of a delivery, so a receiver that honours it
 * gets each message once. Secrets are read at every delivery: a rotated one works at once.
 */
export const makeWebhookSink: MakeSink<'webhook'> = (spec, context) => {
  const timeoutMs = parseDuration(spec.timeout ?? DEFAULT_TIMEOUT)
  spec.headers?.forEach(({ name }, i) => {
    const where = { field: `spec.webhook.headers[${i}].name` }
    if (OURS.has(name.toLowerCase())) throw new InputError(`${name} is set by Inquest`, { ...where, remedy: 'Leave it out.' })
    if (spec.headers!.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) < i)
      throw new InputError(`${name} is set twice`, { ...where, remedy: 'Leave one out.' })
  })
  return {
    dedupes: true,
    async deliver({ message, key }, signal) {
      const body = JSON.stringify(message)
      const url = spec.url ?? (await urlFrom(context, spec.urlSecretKeyRef!))
      const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': key }
      for (const { name, value, valueFrom } of spec.headers ?? [])
        headers[name.toLowerCase()] = headerValue(name, value ?? (await context.secret(valueFrom!.secretKeyRef)))
      if (spec.hmac)
        headers['x-inquest-signature'] = `sha256=${createHmac('sha256', await context.secret(spec.hmac.secretKeyRef))
          .update(body)
          .digest('hex')}`
      // A receiver's answer is of no use but for its status; a long one is not its fault.
      const response = await context.http.request({ url, method: 'POST', headers, body, signal, timeoutMs, truncate: true })
      expectSuccess(response)
      return { url: null, data: { status: String(response.status) } }
    },
  }
}

/** Says which Secret is wrong and not what it holds. */
async function urlFrom(context: SinkContext, ref: SecretKeyRef): Promise<string> {
  const url = (await context.secret(ref)).trim()
  if (!/^https?:\/\/[^\s]+$/.test(url) || !URL.canParse(url))
    throw new TerminalError(`key "${ref.key}" of Secret ${ref.name} holds no http or https URL`)
  return url
}
