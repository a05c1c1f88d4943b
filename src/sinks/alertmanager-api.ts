import type { z } from 'zod'
import { TerminalError } from '#kit/errors'
import { expectSuccess, type HttpResponse } from '#kit/http'
import type { Sink } from '#kinds/sink'
import { headerValue } from './header-value.ts'
import type { SinkContext } from './sink-driver.ts'

type AlertmanagerSpec = NonNullable<Sink['spec']['alertmanager']>

/** Alertmanager's API v2. Any status is an answer. */
export interface AlertmanagerApi {
  /** Its address, for links. */
  url: string
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<HttpResponse>
}

export async function connect({ url, auth }: AlertmanagerSpec, context: SinkContext, signal: AbortSignal): Promise<AlertmanagerApi> {
  const base = url.replace(/\/+$/, '')
  const headers: Record<string, string> = { accept: 'application/json' }
  if (auth?.bearer) headers['authorization'] = headerValue('Authorization', `Bearer ${await context.secret(auth.bearer.secretKeyRef)}`)
  if (auth?.basic) {
    const password = (await context.secret(auth.basic.passwordSecretKeyRef)).replace(/\r?\n$/, '')
    headers['authorization'] = `Basic ${Buffer.from(`${auth.basic.username}:${password}`).toString('base64')}`
  }
  return {
    url: base,
    call: (method, path, body) =>
      context.http.request({
        url: `${base}/api/v2${path}`,
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      }),
  }
}

/** What a good answer holds. */
export function answerOf<T>(response: HttpResponse, schema: z.ZodType<T>): T {
  const { text } = expectSuccess(response)
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new TerminalError(
      `${new URL(response.url).host} does not answer as Alertmanager does: is this its own address, and not a page before it?`,
    )
  }
}
