import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { createHttpClient, type HttpClient } from '#kit/http'
import { silentLogger } from '#kit/log'
import { resultOf, usageWithoutModel } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import { makeSink, type Message, type SinkContext } from './sinks.ts'

const MESSAGE: Message = {
  state: 'completed',
  title: 'KubePodCrashLooping',
  text: '**KubePodCrashLooping**: investigated.\n',
  templated: false,
  incident: { id: 'i1', status: 'firing', startsAt: '2026-08-01T00:00:00Z', labels: { alertname: 'KubePodCrashLooping' } },
  investigation: { namespace: 'shop', name: 'kube-pod-crash-looping-0123456789', id: 'id', link: 'http://inquest.example/1' },
  alert: { labels: { alertname: 'KubePodCrashLooping' }, annotations: {} },
  result: resultOf(
    { target: null, healthy: true, rootCause: null, alternatives: [], problems: [], findings: [], recommendations: [], incomplete: [] },
    usageWithoutModel(1),
  ),
  outputs: { ticket: 'no' },
}
const SECRETS: Record<string, string> = {
  'hook/url': '',
  'hook/token': 'Bearer s3cret\n',
  'hook/hmac': 'key',
  'hook/bad': 'not a url',
  'hook/umlaut': 'a\u0100b',
}

let http: HttpClient
let written: string[]
let context: SinkContext
beforeEach(() => {
  http = createHttpClient({ profile: 'configured' })
  written = []
  context = {
    http,
    clock: systemClock,
    log: silentLogger,
    write: (text) => void written.push(text),
    secret: async ({ name, key }) => SECRETS[`${name}/${key}`] ?? Promise.reject(new InputError(`Secret shop/${name} has no key "${key}"`)),
  }
})
afterEach(() => http.close())

const sinkOf = (spec: Sink['spec']): Sink => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind: 'Sink',
  metadata: { name: 's', namespace: 'shop' },
  spec,
})
const deliver = (spec: Sink['spec'], message = MESSAGE, signal = AbortSignal.timeout(10_000)) =>
  makeSink(sinkOf(spec), context).deliver({ message, key: 'key-1', previous: null, repeated: false }, signal)

describe('stdout', () => {
  test.each<[string, Sink['spec'], Partial<Message>, string]>([
    [
      'text: the report of a terminal',
      { stdout: {} },
      {},
      '─── KubePodCrashLooping: completed · shop/kube-pod-crash-looping-0123456789 · http://inquest.example/1\n✓ Healthy: nothing explains a fault of what was looked at.\n\nNo model was asked · 1.0s\n\n',
    ],
    [
      'text with a template: what it said',
      { stdout: {}, template: 'x' },
      { text: 'by template\n\x1b[2J' },
      '─── KubePodCrashLooping: completed · shop/kube-pod-crash-looping-0123456789 · http://inquest.example/1\nby template\n\n',
    ],
    [
      'text before the end: what the step said',
      { stdout: {} },
      { state: 'update', text: 'looking', result: null },
      '─── KubePodCrashLooping: update · shop/kube-pod-crash-looping-0123456789 · http://inquest.example/1\nlooking\n\n',
    ],
    ['markdown', { stdout: { format: 'markdown' } }, {}, '**KubePodCrashLooping**: investigated.\n\n'],
    ['json: one line', { stdout: { format: 'json' } }, {}, `${JSON.stringify(MESSAGE)}\n`],
  ])('%s', async (_, spec, more, expected) => {
    await expect(deliver(spec, { ...MESSAGE, ...more })).resolves.toEqual({ url: null, data: {} })
    expect(written).toEqual([expected])
  })
})

describe('webhook', () => {
  interface Got {
    method: string | undefined
    headers: IncomingHttpHeaders
    body: string
  }
  let got: Got[]
  let answer: { status: number; headers?: Record<string, string>; body?: string }
  let url: string
  let stop: () => Promise<unknown>
  beforeEach(async () => {
    got = []
    answer = { status: 204 }
    const server = createServer((req, res) => {
      let body = ''
      req.on('data', (chunk) => (body += chunk))
      req.on('end', () => {
        got.push({ method: req.method, headers: req.headers, body })
        res.writeHead(answer.status, answer.headers).end(answer.body)
      })
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    SECRETS['hook/url'] = `${url}\n`
    stop = () => new Promise((done) => (server.closeAllConnections(), server.close(done)))
  })
  afterEach(() => stop())

  test('POSTs the message with its key, headers and signature', async () => {
    const spec = {
      urlSecretKeyRef: { name: 'hook', key: 'url' },
      headers: [
        { name: 'X-Team', value: 'shop' },
        { name: 'Authorization', valueFrom: { secretKeyRef: { name: 'hook', key: 'token' } } },
      ],
      hmac: { secretKeyRef: { name: 'hook', key: 'hmac' } },
    }
    await expect(deliver({ webhook: spec })).resolves.toEqual({ url: null, data: { status: '204' } })
    expect(got).toHaveLength(1)
    const [{ method, headers, body }] = got as [Got]
    expect(method).toBe('POST')
    expect(JSON.parse(body)).toEqual(MESSAGE)
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
      'x-team': 'shop',
      authorization: 'Bearer s3cret',
      'x-inquest-signature': `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}`,
    })
    expect(makeSink(sinkOf({ webhook: { url } }), context).dedupes).toBe(true)
  })

  test.each([
    [
      { status: 429, headers: { 'retry-after': '3' } },
      { name: 'RetryableError', retryAfterMs: 3_000 },
    ],
    [{ status: 503 }, { name: 'RetryableError' }],
    [
      { status: 400, body: 'no such field' },
      { name: 'TerminalError', message: expect.stringMatching(/answered 400: no such field$/) },
    ],
    [
      { status: 302, headers: { location: '/else' } },
      { name: 'TerminalError', message: expect.stringContaining('write the final address') },
    ],
  ])('an answer of %j is %j', async (said, error) => {
    answer = said
    await expect(deliver({ webhook: { url } })).rejects.toMatchObject(error)
  })

  test('a long answer does not matter', async () => {
    answer = { status: 200, body: 'x'.repeat(6_000_000) }
    await expect(deliver({ webhook: { url } })).resolves.toMatchObject({ data: { status: '200' } })
  })

  test('nobody there may be tried again; a missing or useless Secret is said without its value', async () => {
    await stop()
    await expect(deliver({ webhook: { url } })).rejects.toMatchObject({ name: 'RetryableError' })
    const from = (key: string) => deliver({ webhook: { urlSecretKeyRef: { name: 'hook', key } } })
    await expect(from('gone')).rejects.toMatchObject({ name: 'InputError' })
    await expect(from('bad')).rejects.toMatchObject({
      name: 'TerminalError',
      message: 'key "bad" of Secret hook holds no http or https URL',
    })
    await expect(
      deliver({ webhook: { url, headers: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'hook', key: 'umlaut' } } }] } }),
    ).rejects.toThrow('header X has characters')
  })

  test.each([
    [[{ name: 'Content-Length', value: '1' }], 'spec.webhook.headers[0].name', 'set by Inquest'],
    [
      [
        { name: 'X-A', value: '1' },
        { name: 'x-a', value: '2' },
      ],
      'spec.webhook.headers[1].name',
      'set twice',
    ],
  ])('%j is refused when the sink is made', (headers, field, message) => {
    expect(() => makeSink(sinkOf({ webhook: { url, headers } }), context)).toThrow(
      expect.objectContaining({ name: 'InputError', field, message: expect.stringContaining(message) }),
    )
  })
})
