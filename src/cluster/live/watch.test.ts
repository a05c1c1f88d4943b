import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubeObject } from '../reader.ts'
import { createApi } from './api.ts'
import { watchResource, type Watch, type WatchOptions, type WatchTrouble } from './watch.ts'

/** Only ends a test that has failed; the machine may be busy. */
const WAIT = { timeout: 15_000, interval: 5 }
/** An API server as far as one type goes: what it has, what it was asked, and the watches that are open. */
interface Server {
  objects: KubeObject[]
  version: string
  /** What to answer instead, once each, by what is asked for. */
  refusals: { list: Refusal[]; watch: Refusal[] }
  asked: URL[]
  open: ServerResponse[]
  port: number
}
interface Refusal {
  code: number
  message?: string
  headers?: Record<string, string>
}

const type = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', plural: 'sinks', namespaced: true }
const sink = (name: string, version: string, more: object = {}): KubeObject =>
  ({ metadata: { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion: version }, spec: {}, ...more }) as KubeObject

let server: Server
let http: ReturnType<typeof createServer>
let watch: Watch
let changed: string[]
let troubles: (WatchTrouble | null)[]

async function listen(port = 0): Promise<void> {
  http = createServer((request, response) => {
    const url = new URL(request.url!, 'http://x')
    const query = url.searchParams
    server.asked.push(url)
    const refusal = server.refusals[query.has('watch') ? 'watch' : 'list'].shift()
    if (refusal) {
      const { code, message = '', headers = {} } = refusal
      response.writeHead(code, headers).end(JSON.stringify({ kind: 'Status', code, message }))
      return
    }
    if (query.has('watch')) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders()
      server.open.push(response)
      return
    }
    const namespace = /namespaces\/([^/]+)/.exec(url.pathname)?.[1]
    const found = server.objects.filter(({ metadata }) => !namespace || metadata.namespace === namespace)
    const from = Number(query.get('continue') ?? 0)
    const rest = from + 2 < found.length ? { continue: String(from + 2) } : {}
    response.end(JSON.stringify({ items: found.slice(from, from + 2), metadata: { resourceVersion: server.version, ...rest } }))
  })
  http.listen(port, '127.0.0.1')
  await once(http, 'listening')
  server.port = (http.address() as AddressInfo).port
}

/** A gone server takes its connections with it. */
async function shut(): Promise<void> {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
}

beforeEach(async () => {
  server = { objects: [], version: '100', refusals: { list: [], watch: [] }, asked: [], open: [], port: 0 }
  changed = []
  troubles = []
  await listen()
})
afterEach(async () => {
  await watch.close()
  await shut()
})

function start(options: Partial<WatchOptions> = {}): void {
  const url = new URL(`http://127.0.0.1:${server.port}`)
  const credentials = {
    title: 'test',
    namespace: 'default',
    server: url,
    apply: async () => ({}),
    refused: () => false,
    kubeconfig: async () => '',
    close: () => {},
  }
  watch = watchResource(createApi(credentials, { timeoutMs: 5_000 }), 'test', type, {
    onChange: (key) => changed.push(key),
    onTrouble: (trouble) => troubles.push(trouble),
    timing: { firstRetryMs: 5, maxRetryMs: 20 },
    ...options,
  })
}

const names = (): string[] =>
  watch
    .list()
    .map(({ metadata }) => metadata.name)
    .toSorted()
const opened = (count: number) => vi.waitFor(() => expect(server.open).toHaveLength(count), { timeout: 10_000, interval: 5 })
const queries = (): string[] => server.asked.map(({ searchParams }) => searchParams.get('resourceVersion') ?? 'list')
function say(what: string, object: object): void {
  server.open.at(-1)!.write(`${JSON.stringify({ type: what, object })}\n`)
}

test('lists in pages, then follows what is added, changed and deleted', async () => {
  server.objects = [sink('a', '1'), sink('b', '2'), sink('c', '3')]
  start()
  await watch.synced
  expect(names()).toEqual(['a', 'b', 'c'])
  expect(watch.get('shop/a')).toMatchObject({ apiVersion: type.apiVersion, kind: 'Sink', metadata: { uid: 'uid-a' } })
  expect(changed).toEqual(['shop/a', 'shop/b', 'shop/c'])
  await opened(1)
  expect(server.asked.map(({ pathname }) => pathname)).toEqual(Array.from({ length: 3 }, () => '/apis/inquest.dev/v1alpha1/sinks'))
  expect(Object.fromEntries(server.asked[2]!.searchParams)).toMatchObject({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '100',
    timeoutSeconds: expect.stringMatching(/^(3\d\d|4[0-4]\d|450)$/),
  })

  changed.length = 0
  say('ADDED', sink('d', '101'))
  say('MODIFIED', sink('a', '102', { spec: { stdout: {} } }))
  say('DELETED', sink('b', '103'))
  await vi.waitFor(() => expect(changed).toEqual(['shop/d', 'shop/a', 'shop/b']), WAIT)
  expect(names()).toEqual(['a', 'c', 'd'])
  expect(watch.get('shop/a')!.spec).toEqual({ stdout: {} })
  expect(troubles).toEqual([])
})

test.each<[string, (response: ServerResponse) => void]>([
  ['is ended by the server', (response) => response.end()],
  ['is cut', (response) => response.destroy()],
  ['ends in the middle of a line', (response) => response.end('{"type":"ADDED","obj')],
  ['says what is no JSON', (response) => response.write('<html>\n')],
  ['says what is no event', (response) => response.write('{"kind":"Sink"}\n')],
  ['fails for the server’s own reasons', (response) => response.write('{"type":"ERROR","object":{"kind":"Status","code":500}}\n')],
])('goes on from the last version when a watch %s', async (_, end) => {
  server.objects = [sink('a', '1')]
  start()
  await opened(1)
  say('BOOKMARK', { metadata: { resourceVersion: '150' } })
  say('ADDED', sink('b', '151'))
  await vi.waitFor(() => expect(watch.get('shop/b')).toBeDefined(), WAIT)
  end(server.open[0]!)
  await opened(2)
  expect(queries()).toEqual(['list', '100', '151'])
  expect(names()).toEqual(['a', 'b'])
  expect(troubles).toEqual([])
})

test.each<[string, () => void]>([
  ['when it asks', () => server.refusals.watch.push({ code: 410 })],
  ['in the watch', () => {}],
])('lists anew, and tells the differences only, when its version is forgotten: %s', async (where, refuse) => {
  server.objects = [sink('same', '1'), sink('edited', '2'), sink('gone', '3'), sink('replaced', '4')]
  start()
  await opened(1)
  changed.length = 0
  server.objects = [
    sink('same', '1'),
    sink('edited', '20'),
    { ...sink('replaced', '4'), metadata: { ...sink('replaced', '4').metadata, uid: 'another' } },
    sink('new', '5'),
  ]
  server.version = '200'
  refuse()
  if (where === 'in the watch') say('ERROR', { kind: 'Status', code: 410 })
  else server.open[0]!.end()
  await opened(2)
  expect(queries().slice(-3)).toEqual(['list', 'list', '200'])
  expect(changed.toSorted()).toEqual(['shop/edited', 'shop/gone', 'shop/new', 'shop/replaced'])
  expect(names()).toEqual(['edited', 'new', 'replaced', 'same'])
})

test('lists anew when going on from the last version fails again and again', async () => {
  start()
  await opened(1)
  server.refusals.watch.push({ code: 500 }, { code: 500 })
  server.open[0]!.end()
  await opened(2)
  expect(queries()).toEqual(['list', '100', '100', '100', 'list', '100'])
})

test('opens a watch again that says nothing at all', async () => {
  start({ timing: { firstRetryMs: 5, silentMs: 40 } })
  await opened(3)
  expect(queries()).toEqual(['list', '100', '100', '100'])
})

test('waits as long as a busy server wishes', async () => {
  start()
  await opened(1)
  server.refusals.watch.push({ code: 429, headers: { 'Retry-After': '1' } })
  const began = performance.now()
  server.open[0]!.end()
  await opened(2)
  expect(performance.now() - began).toBeGreaterThanOrEqual(1_000)
})

test('a server that ends every watch at once is asked ever more rarely', async () => {
  start({ timing: { firstRetryMs: 20, maxRetryMs: 10_000 } })
  const began = performance.now()
  for (let count = 1; count <= 5; count++) {
    await opened(count)
    server.open[count - 1]!.end()
  }
  // Half of 20 + 40 + 80 + 160, at the least.
  expect(performance.now() - began).toBeGreaterThanOrEqual(150)
})

test('says who refuses what, waits, and heals', async () => {
  const message = 'sinks.inquest.dev is forbidden: User "op" cannot list resource "sinks"'
  server.refusals.list.push({ code: 403, message }, { code: 403, message }, { code: 404, message: 'the server could not find it' })
  server.objects = [sink('a', '1')]
  start()
  await watch.synced
  expect(troubles).toEqual([
    { since: expect.any(String), reason: 'Forbidden', message: `cannot list sinks.inquest.dev: ${message}` },
    { since: troubles[0]!.since, reason: 'NoSuchResource', message: 'cannot list sinks.inquest.dev: the server could not find it' },
    null,
  ])
  expect(watch.trouble()).toBeNull()
})

test('a verb that is missing is told, though the list was allowed', async () => {
  server.refusals.watch.push({ code: 403, message: 'cannot watch resource "sinks"' })
  start()
  await vi.waitFor(
    () => expect(troubles).toMatchObject([{ message: 'cannot watch sinks.inquest.dev: cannot watch resource "sinks"' }, null]),
    WAIT,
  )
})

test('keeps what it has while the server is away, and catches up', async () => {
  server.objects = [sink('a', '1')]
  start()
  await opened(1)
  await shut()
  await vi.waitFor(() => expect(watch.trouble()).toMatchObject({ reason: 'Unreachable' }), WAIT)
  expect(names()).toEqual(['a'])
  server.objects = [sink('b', '2')]
  server.refusals.watch.push({ code: 410 })
  await listen(server.port)
  await vi.waitFor(() => expect(names()).toEqual(['b']), WAIT)
  expect(watch.trouble()).toBeNull()
})

test('waits for a server that is not there yet', async () => {
  await shut()
  start()
  await vi.waitFor(() => expect(watch.trouble()).not.toBeNull(), WAIT)
  await listen(server.port)
  await watch.synced
})

test('reads letters that two packets share', async () => {
  start()
  await opened(1)
  const line = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: sink('a', '101', { spec: { text: 'größer' } }) })}\n`)
  const middle = line.indexOf(0xc3) + 1
  server.open[0]!.write(line.subarray(0, middle))
  await new Promise((resolve) => setTimeout(resolve, 20))
  server.open[0]!.write(line.subarray(middle))
  await vi.waitFor(() => expect(watch.get('shop/a')?.spec).toEqual({ text: 'größer' }), WAIT)
})

test('keeps of an object what the caller wants', async () => {
  server.objects = [sink('a', '1', { spec: { big: true } })]
  start({ prune: ({ metadata, kind, apiVersion }) => ({ metadata, kind, apiVersion }) })
  await opened(1)
  say('ADDED', sink('b', '2', { spec: { big: true } }))
  await vi.waitFor(() => expect(watch.list()).toHaveLength(2), WAIT)
  expect(watch.list().every((object) => !('spec' in object))).toBe(true)
})

test('looks into the namespaces that it is told, and no others', async () => {
  const of = (namespace: string): KubeObject => ({ ...sink('a', '1'), metadata: { ...sink('a', '1').metadata, namespace } })
  server.objects = [of('shop'), of('bank'), of('kube-system')]
  start({ namespaces: ['shop', 'bank'] })
  await watch.synced
  expect(watch.list().map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'bank'])
  expect(watch.get('bank/a')).toBeDefined()
  await opened(2)
  expect(new Set(server.asked.map(({ pathname }) => pathname))).toEqual(
    new Set(['shop', 'bank'].map((name) => `/apis/inquest.dev/v1alpha1/namespaces/${name}/sinks`)),
  )
})

test('closes its connection, and whoever waits for it hears so', async () => {
  start()
  await opened(1)
  const closed = once(server.open[0]!, 'close')
  await watch.close()
  await closed
  server.refusals.list.push(...Array.from({ length: 10_000 }, () => ({ code: 403 })))
  start()
  await vi.waitFor(() => expect(watch.trouble()).not.toBeNull(), WAIT)
  const waiting = watch.synced
  await watch.close()
  await expect(waiting).rejects.toThrow('closed before the first list came')
})
