import { RetryableError } from '#kit/errors'
import { createHttpClient, type HttpClientOptions } from '#kit/http'
import type { Fetch } from './model.ts'

/** An answer of a model comes whole and late: the waits are bounded by each model's own time-out. */
const LONGEST_MS = 900_000
const MAX_BYTES = 8 * 1024 * 1024

export interface ModelFetch {
  fetch: Fetch
  close(): Promise<void>
}

/** kit's way out in the shape that the vendors' packages take. One for all models of a process. */
export function createModelFetch(options: Omit<HttpClientOptions, 'timeouts' | 'maxBytes'>): ModelFetch {
  const timeouts = { headers: LONGEST_MS, body: LONGEST_MS, total: LONGEST_MS }
  const client = createHttpClient({ ...options, timeouts, maxBytes: MAX_BYTES })
  return {
    close: () => client.close(),
    fetch: async (input, init = {}) => {
      if (typeof init.body !== 'string') throw new TypeError('a model is asked with JSON')
      const { status, headers, text } = await client.request({
        url: String(input),
        method: 'POST',
        headers: Object.fromEntries(new Headers(init.headers)),
        body: init.body,
        ...(init.signal ? { signal: init.signal } : {}),
      })
      // The text is unpacked already, and its length is not that of the body that was sent.
      const kept = Object.entries(headers).filter(([name]) => !['content-encoding', 'content-length', 'transfer-encoding'].includes(name))
      return new Response(text, { status, headers: kept })
    },
  }
}

/** What kit says about an answer that did not arrive. */
export const brokeOnTheWay = (error: unknown): boolean =>
  error instanceof RetryableError || (error instanceof Error && error.cause !== undefined && brokeOnTheWay(error.cause))
