import { expect, test } from 'vitest'
import { silentLogger } from '#kit/log'
import type { InvestigationDetailView, TimelineView } from '#store'
import { createMetrics } from './metrics.ts'
import { webhookApp, type WebhookParts } from './webhooks.ts'

const event = (id: number): TimelineView => ({ id, attempt: 1, step: 'look', at: '2026-01-31T12:00:00.000Z', type: 'progress', data: {} })

/** An investigation that is looked at three times before it has ended, with an event more each time. */
function app(answer: Awaited<ReturnType<WebhookParts['receive']>>) {
  let looks = 0
  return webhookApp({
    receive: async () => answer,
    views: {
      investigation: async () =>
        ({ id: 'i', phase: ++looks < 3 ? 'Running' : 'Succeeded', result: { healthy: true } }) as unknown as InvestigationDetailView,
      timeline: async (_, after) => Array.from({ length: looks }, (_, i) => event(i + 1)).filter(({ id }) => id > after),
    },
    pollMs: 1,
    ready: async () => ({ ok: true, reason: 'ok' }),
    maxBodyBytes: 1_000,
    metrics: createMetrics(async () => ({}) as never),
    log: silentLogger,
  })
}
const STARTED = { status: 202, body: { id: 'i', namespace: 'shop', name: 'n' }, started: { namespace: 'shop', name: 'n' } } as const
const post = (answer: Awaited<ReturnType<WebhookParts['receive']>>, query = '') =>
  app(answer).request(`/webhooks/shop/asked${query}`, { method: 'POST', body: '{}' })

test('what was started is answered at once', async () => {
  const response = await post(STARTED)
  expect([response.status, await response.json()]).toEqual([202, STARTED.body])
})

test('or streamed to its end: each entry once, then how it ended and what was found', async () => {
  const response = await post(STARTED, '?wait')
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const text = await response.text()
  const events = text
    .split('\n\n')
    .map((block) => /^event: (\w+)/m.exec(block)?.[1])
    .filter(Boolean)
  expect(events).toEqual(['started', 'timeline', 'timeline', 'timeline', 'end', 'result'])
  expect(text).toContain('data: {"healthy":true}')
})

test('what was refused is not waited for', async () => {
  expect((await post({ status: 400, body: { error: 'x' } }, '?wait')).status).toBe(400)
})
