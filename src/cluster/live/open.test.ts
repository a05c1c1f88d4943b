import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { InputError } from '#kit/errors'
import { serveBundle } from '../bundle-api/server.ts'
import { openBundle } from '../bundle/open.ts'
import { crashing, folderOf, listOf, namespace, pod, tempFolder } from '../fixture.ts'
import { ReadError } from '../reader.ts'
import { builtin, findResource, guessResource } from '../resources.ts'
import { openLiveCluster, type LiveReader } from './open.ts'

const Pod = builtin('Pod')

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 'never sent over http' } }],
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'test',
  })

async function withServer<T>(
  answer: (request: IncomingMessage, url: URL, response: ServerResponse) => void,
  use: (reader: LiveReader) => Promise<T>,
  options: { timeoutMs?: number; maxBytes?: number } = {},
): Promise<T> {
  const server = createServer((request, response) => answer(request, new URL(request.url!, 'http://x'), response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using folder = await tempFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix`))
  const reader = await openLiveCluster({ kubeconfig, ...options })
  try {
    return await use(reader)
  } finally {
    await reader.close()
    server.closeAllConnections()
    server.close()
  }
}

const send = (response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body))
}
const status = (code: number, reason: string, message: string, details?: object): object => ({
  kind: 'Status',
  code,
  reason,
  message,
  details,
})
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => `no error but ${JSON.stringify(value)}`,
    (error: unknown) => error,
  )
const podNamed = (name: string): object => ({ metadata: { name, namespace: 'shop' } })

describe('a live reader and a bundle reader see the same', () => {
  it('objects, logs, clock and types', async () => {
    await using folder = await folderOf({
      'cluster-resources/namespaces.json': listOf('v1', 'Namespace', [namespace('shop')]),
      'cluster-resources/pods/shop.json': listOf('v1', 'Pod', [
        ...Array.from({ length: 1_100 }, (_, i) => pod('shop', `web-${i}`)),
        crashing('shop', 'api'),
      ]),
      'cluster-resources/nodes.json': listOf('v1', 'Node', []),
      'cluster-resources/custom-resources/widgets.acme.dev/shop.json': [
        { apiVersion: 'acme.dev/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } },
      ],
      'cluster-resources/pods/logs/shop/api/app.log': 'one\ntwo\n',
    })
    const bundle = await openBundle(folder.path)
    const served = await serveBundle(bundle)
    const kubeconfig = join(folder.path, 'kubeconfig')
    await writeFile(kubeconfig, served.kubeconfig)
    const live = await openLiveCluster({ kubeconfig })
    try {
      expect(live.title).toBe('context bundle')
      // Three pages.
      expect(await live.list(Pod, {})).toEqual(await bundle.list(Pod, {}))
      const some = { namespace: 'shop', labelSelector: 'app in (api,web-7)', fieldSelector: 'metadata.name!=api' }
      expect((await live.list(Pod, some)).map((o) => o.metadata.name)).toEqual(['web-7'])
      expect(await live.get(Pod, 'shop', 'api')).toEqual(await bundle.get(Pod, 'shop', 'api'))
      expect(await live.get(Pod, 'shop', 'nope')).toBeNull()
      expect((await live.now()).toISOString().slice(0, 19)).toBe((await bundle.now()).toISOString().slice(0, 19))
      const log = { namespace: 'shop', pod: 'api', container: 'app', previous: false, tailLines: 1 }
      expect(await live.logs(log)).toBe('two\n')
      expect(await live.logs({ ...log, pod: 'web-1', previous: true })).toBeNull()
      const widget = findResource('widgets', await live.types())!
      expect(await live.list(widget, {})).toMatchObject([{ apiVersion: 'acme.dev/v1', kind: 'Widget', metadata: { name: 'w' } }])
      expect(await errorOf(live.list(builtin('Service'), {}))).toMatchObject({
        reason: 'NoSuchResource',
        message: expect.stringContaining('not recorded'),
      })
    } finally {
      await live.close()
      await served.close()
    }
  })
})

describe('lists', () => {
  // An API server writes the metadata first; then the next page is asked for before this one is parsed.
  const metadataFirst = (metadata: object, items: object[]) => ({ kind: 'PodList', apiVersion: 'v1', metadata, items })
  const itemsFirst = (metadata: object, items: object[]) => ({ items, metadata })
  const orders = [
    ['metadata first', metadataFirst],
    ['items first', itemsFirst],
  ] as const

  it.each(orders)('follow `continue`, and begin anew once when the list has expired (%s)', async (_, list) => {
    const asked: (string | null)[] = []
    const objects = await withServer(
      (_, url, response) => {
        const next = url.searchParams.get('continue')
        asked.push(next)
        if (next === 'old') send(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'))
        else if (next === null) send(response, 200, list({ continue: asked.length === 1 ? 'old' : 'new' }, [podNamed('b')]))
        else send(response, 200, list({}, [podNamed('a')]))
      },
      (reader) => reader.list(Pod, { namespace: 'shop' }),
    )
    expect(asked).toEqual([null, 'old', null, 'new'])
    expect(objects).toEqual([podNamed('a'), podNamed('b')].map((object) => ({ ...object, apiVersion: 'v1', kind: 'Pod' })))
  })

  it('ask for the next page before they read the one that came', async () => {
    const asked: (string | null)[] = []
    const error = await withServer(
      (_, url, response) => {
        asked.push(url.searchParams.get('continue'))
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"x"},"items":[no JSON')
      },
      async (reader) => {
        const failed = await errorOf(reader.list(Pod, {}))
        await vi.waitFor(() => expect(asked).toEqual([null, 'x']))
        return failed
      },
    )
    expect(error).toMatchObject({ name: 'ReadError', reason: 'Unreachable' })
  })

  it.each(orders)('give up when it expires again (%s)', async (_, list) => {
    const error = await withServer(
      (_, url, response) => {
        if (url.searchParams.get('continue')) send(response, 410, status(410, 'Expired', 'too old'))
        else send(response, 200, list({ continue: 'x' }, []))
      },
      (reader) => errorOf(reader.list(Pod, {})),
    )
    expect(error).toMatchObject({ name: 'ReadError', reason: 'Timeout' })
  })

  it('ask where and for what they were told to, in pages', async () => {
    const urls: string[] = []
    await withServer(
      (request, _, response) => {
        urls.push(request.url!)
        send(response, 200, { items: [] })
      },
      async (reader) => {
        await reader.list(Pod, {})
        await reader.list(builtin('Deployment'), { namespace: 'shop', labelSelector: 'a=b' })
        await reader.list(guessResource('acme.dev/v1', 'Widget', true), { fieldSelector: 'metadata.name=x' })
      },
    )
    expect(urls).toEqual([
      '/prefix/api/v1/pods?limit=500',
      '/prefix/apis/apps/v1/namespaces/shop/deployments?limit=500&labelSelector=a%3Db',
      '/prefix/apis/acme.dev/v1/widgets?limit=500&fieldSelector=metadata.name%3Dx',
    ])
  })

  it('unpack gzip', async () => {
    const objects = await withServer(
      (request, _, response) => {
        expect(request.headers['accept-encoding']).toBe('gzip')
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(JSON.stringify({ items: [podNamed('a')] })))
      },
      (reader) => reader.list(Pod, {}),
    )
    expect(objects).toHaveLength(1)
  })

  it('refuse an answer that is too large, packed or not', async () => {
    const large = JSON.stringify({ items: [podNamed('a'.repeat(5_000))] })
    for (const packed of [true, false]) {
      const error = await withServer(
        (_, __, response) => {
          if (packed) response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(large))
          else response.end(large)
        },
        (reader) => errorOf(reader.list(Pod, {})),
        { maxBytes: 1_000 },
      )
      expect(error).toMatchObject({ reason: 'Unreachable', message: expect.stringContaining('larger than') })
    }
  })
})

describe('Secrets', () => {
  it('only their metadata is asked for; their keys are read off managedFields', async () => {
    const accepts: (string | undefined)[] = []
    const metadata = {
      name: 'db',
      namespace: 'shop',
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:data': { '.': {}, 'f:password': {}, 'f:user': {} }, 'f:type': {} } }],
    }
    const [listed, got, bare] = await withServer(
      (request, url, response) => {
        accepts.push(request.headers.accept)
        if (url.pathname.endsWith('/db')) send(response, 200, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata })
        else if (url.pathname.endsWith('/bare'))
          send(response, 200, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'bare' } })
        else
          send(response, 200, {
            kind: 'PartialObjectMetadataList',
            items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }],
          })
      },
      async (reader) => [
        await reader.list(builtin('Secret'), { namespace: 'shop' }),
        await reader.get(builtin('Secret'), 'shop', 'db'),
        await reader.get(builtin('Secret'), 'shop', 'bare'),
      ],
    )
    expect(accepts).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ])
    expect(listed).toMatchObject([{ kind: 'Secret', apiVersion: 'v1', data: { password: '', user: '' } }])
    expect(got).toMatchObject({ kind: 'Secret', data: { password: '', user: '' } })
    expect(bare).not.toHaveProperty('data')
  })
})

describe('failures', () => {
  it.each<[number, object | string, string, RegExp]>([
    [
      403,
      status(403, 'Forbidden', 'pods is forbidden: User "eyes" cannot list resource "pods" in API group "" in the namespace "shop"'),
      'Forbidden',
      /cannot list pods in namespace shop: .*User "eyes"/,
    ],
    [401, status(401, 'Unauthorized', 'Unauthorized'), 'Forbidden', /context test does not accept the credentials/],
    [404, '404 page not found', 'NoSuchResource', /404 page not found/],
    [500, status(500, 'InternalError', 'etcd is gone'), 'Unreachable', /answered 500: etcd is gone/],
    [200, '<html>login</html>', 'Unreachable', /does not answer as a Kubernetes API server/],
  ])('%i %j → %s', async (code, body, reason, message) => {
    const error = await withServer(
      (_, __, response) => send(response, code, body),
      (reader) => errorOf(reader.list(Pod, { namespace: 'shop' })),
    )
    expect(error).toBeInstanceOf(ReadError)
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message) })
  })

  it('a selector that the server does not take is an InputError', async () => {
    const error = await withServer(
      (_, __, response) => send(response, 400, status(400, 'BadRequest', 'field label not supported: foo')),
      (reader) => errorOf(reader.list(Pod, { fieldSelector: 'foo=1' })),
    )
    expect(error).toBeInstanceOf(InputError)
  })

  it('an unknown object is null, an unknown type is an error', async () => {
    await withServer(
      (_, url, response) => {
        if (url.pathname.includes('/pods/')) send(response, 404, status(404, 'NotFound', 'pods "x" not found', { name: 'x', kind: 'pods' }))
        else send(response, 404, '404 page not found')
      },
      async (reader) => {
        expect(await reader.get(Pod, 'shop', 'x')).toBeNull()
        expect(await errorOf(reader.get(builtin('Gateway'), 'shop', 'x'))).toMatchObject({ reason: 'NoSuchResource' })
      },
    )
  })

  it('a busy server is asked again after the time it wants, and no more than three times', async () => {
    let requests = 0
    const list = (busyFor: number): Promise<unknown> => {
      requests = 0
      return withServer(
        (_, __, response) => {
          if (requests++ < busyFor) send(response, 429, status(429, 'TooManyRequests', 'slow down'), { 'Retry-After': '0' })
          else send(response, 200, { items: [] })
        },
        (reader) => errorOf(reader.list(Pod, {})),
      )
    }
    expect(await list(3)).toBe('no error but []')
    expect(requests).toBe(4)
    expect(await list(99)).toMatchObject({ reason: 'Timeout', message: expect.stringContaining('too busy') })
    expect(requests).toBe(4)
  })

  it('a silent server is a Timeout, a closed port Unreachable, an abort an abort', async () => {
    expect(
      await withServer(
        () => {},
        (reader) => errorOf(reader.list(Pod, {})),
        { timeoutMs: 50 },
      ),
    ).toMatchObject({ reason: 'Timeout' })
    const stop = new AbortController()
    const aborted = await withServer(
      () => stop.abort(new Error('enough')),
      (reader) => errorOf(reader.list(Pod, { signal: stop.signal })),
    )
    expect(aborted).toMatchObject({ message: 'enough' })
    await using folder = await tempFolder()
    const kubeconfig = join(folder.path, 'kubeconfig')
    await writeFile(kubeconfig, kubeconfigOf('http://127.0.0.1:1'))
    const reader = await openLiveCluster({ kubeconfig })
    expect(await errorOf(reader.list(Pod, {}))).toMatchObject({ reason: 'Unreachable', message: expect.stringContaining('ECONNREFUSED') })
    await reader.close()
  })

  it('sends no credential over plain http', async () => {
    let authorization: string | undefined = 'not asked'
    await withServer(
      (request, _, response) => {
        authorization = request.headers.authorization
        send(response, 200, { items: [] })
      },
      (reader) => reader.list(Pod, {}),
    )
    expect(authorization).toBeUndefined()
  })
})

describe('logs', () => {
  const log = { namespace: 'shop', pod: 'web', container: 'app', previous: true, tailLines: 3 }
  it.each<[string, number, object | string, string | null]>([
    ['are text', 200, 'a\nb\nc\nd\n', 'b\nc\nd\n'],
    [
      'are null when the container never ran',
      400,
      status(400, 'BadRequest', 'previous terminated container "app" in pod "web" not found'),
      null,
    ],
    ['are null when the pod is gone', 404, status(404, 'NotFound', 'pods "web" not found'), null],
    ['are null when the kubelet has lost them', 200, 'unable to retrieve container logs for containerd://0a1b', null],
  ])('%s', async (_, code, body, expected) => {
    expect(
      await withServer(
        (_, __, response) => send(response, code, body),
        (reader) => reader.logs(log),
      ),
    ).toBe(expected)
  })

  it('fail when the kubelet cannot be reached, or when they may not be read', async () => {
    const fail = (code: number, message: string): Promise<unknown> =>
      withServer(
        (_, __, response) => send(response, code, status(code, '', message)),
        (reader) => errorOf(reader.logs(log)),
      )
    expect(await fail(500, 'Get "https://10.0.0.1:10250/": dial tcp: connection refused')).toMatchObject({ reason: 'Unreachable' })
    expect(await fail(403, 'User "eyes" cannot get resource "pods/log"')).toMatchObject({ reason: 'Forbidden' })
  })

  it('of very long lines keep the end, which the server would cut off', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${String(i).padStart(3, '0')} ${'x'.repeat(95)}\n`)
    const asked: string[] = []
    const text = await withServer(
      (_, url, response) => {
        asked.push(url.searchParams.get('tailLines')!)
        const tail = lines.slice(-Number(url.searchParams.get('tailLines'))).join('')
        send(response, 200, tail.slice(0, Number(url.searchParams.get('limitBytes'))))
      },
      (reader) => reader.logs({ ...log, tailLines: 150, limitBytes: 1_000 }),
    )
    expect(asked).toHaveLength(2)
    expect(text!.length).toBeLessThanOrEqual(1_000)
    expect(text!.split('\n').at(-2)).toBe(lines.at(-1)!.trimEnd())
  })
})

describe('credentials', () => {
  it.each<[string, string, { context?: string }, RegExp]>([
    ['an unknown context', kubeconfigOf('http://127.0.0.1:1'), { context: 'nope' }, /there is no context nope/],
    ['no current context', JSON.stringify({ clusters: [], users: [], contexts: [] }), {}, /no context is chosen/],
    ['a kubeconfig that is none', '{', {}, /cannot read the kubeconfig/],
    [
      'a context without a cluster',
      JSON.stringify({ clusters: [], users: [], contexts: [{ name: 'a', context: { cluster: 'x', user: 'y' } }], 'current-context': 'a' }),
      {},
      /names no cluster/,
    ],
  ])('%s is an InputError', async (_, content, options, message) => {
    await using folder = await tempFolder()
    const kubeconfig = join(folder.path, 'kubeconfig')
    await writeFile(kubeconfig, content)
    const error = await errorOf(openLiveCluster({ kubeconfig, ...options }))
    expect(error).toBeInstanceOf(InputError)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
  })

  it('a kubeconfig that is not there is an InputError', async () => {
    expect(await errorOf(openLiveCluster({ kubeconfig: '/nowhere/config' }))).toBeInstanceOf(InputError)
  })
})
