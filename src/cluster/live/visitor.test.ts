import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../fixture.ts'
import { openVisitor, type Visitor } from './visitor.ts'

async function visit<T>(
  user: object,
  use: (visitor: Visitor) => Promise<T>,
  server = 'https://127.0.0.1:1',
  context: object = {},
): Promise<T> {
  await using folder = await tempFolder()
  const kubeconfig = join(folder.path, 'config')
  const config = {
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u', ...context } }],
    'current-context': 'prod',
  }
  await writeFile(kubeconfig, JSON.stringify(config))
  const visitor = await openVisitor({ kubeconfig })
  try {
    return await use(visitor)
  } finally {
    visitor.close()
  }
}

const problemOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(String, (error: unknown) => error)

describe('what a visitor shows', () => {
  it('is the token of the kubeconfig', async () => {
    expect(await visit({ token: 'mine' }, (visitor) => visitor.token())).toBe('mine')
  })

  it.each([
    ['a certificate', { 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==' }, /context prod has no token to show/],
    ['a password', { username: 'ada', password: 'secret' }, /has no token to show/],
    ['a token that acts as another', { token: 'mine', as: 'eve' }, /acts as eve, which its token does not show/],
  ])('is not %s: the remedy is a token of an account', async (_, user, message) => {
    expect(await visit(user, (visitor) => problemOf(visitor.token()))).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('--service-account'),
    })
  })
})

it.each([
  [{ namespace: 'shop' }, 'shop'],
  [{}, 'default'],
])('a context %j is in namespace %s', async (context, expected) => {
  expect(await visit({ token: 'mine' }, async ({ namespace }) => namespace, undefined, context)).toBe(expected)
})

describe('the way through the API server', () => {
  const service = { namespace: 'inquest', name: 'inquest-api', port: 'api' }
  async function answered(listener: RequestListener): Promise<unknown> {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      return await visit(
        {},
        (visitor) =>
          problemOf(visitor.get(service, '/api/v1/alerts?limit=3&namespace=a%20b', { 'X-Token': 't' }).then((a) => JSON.stringify(a))),
        url,
      )
    } finally {
      server.close()
    }
  }

  it('keeps path, query and headers', async () => {
    const said = await answered((request, response) => response.end(`${decodeURIComponent(request.url!)} ${request.headers['x-token']}`))
    expect(JSON.parse(String(said))).toEqual({
      status: 200,
      body: expect.stringMatching(
        /^\/api\/v1\/namespaces\/inquest\/services\/inquest-api:api\/proxy\/api\/v1\/alerts\?limit=3&namespace=a.b t$/,
      ),
      waitMs: null,
    })
  })

  it.each<[string, number, object, object]>([
    ["Inquest's own refusal is an answer", 403, { error: 'ada may not' }, { status: 403 }],
    ["Inquest's own 404 is an answer", 404, { error: 'no such investigation' }, { status: 404 }],
  ])('%s', async (_, code, body, expected) => {
    const said = await answered((_request, response) => response.writeHead(code).end(JSON.stringify(body)))
    expect(JSON.parse(String(said))).toMatchObject({ ...expected, body: JSON.stringify(body) })
  })

  it.each<[string, number, string, object]>([
    [
      'no such Service',
      404,
      'services "inquest-api" not found',
      { name: 'InputError', field: '--inquest-namespace', remedy: expect.stringContaining('--server') },
    ],
    [
      'no right to go there',
      403,
      'User "ada" cannot get resource "services/proxy"',
      { name: 'InputError', message: expect.stringContaining('ada'), remedy: expect.stringContaining('inquest-api-access') },
    ],
    [
      'nobody there',
      503,
      'no endpoints available',
      { name: 'ReadError', reason: 'Unreachable', message: expect.stringContaining('inquest/inquest-api') },
    ],
  ])("the API server's own refusal is an error: %s", async (_, code, message, expected) => {
    const status = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message })
    const said = await answered((_request, response) => response.writeHead(code, { 'Retry-After': '0' }).end(status))
    expect(said).toMatchObject(expected)
  })
})
