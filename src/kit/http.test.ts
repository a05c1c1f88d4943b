import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { createGuard } from './http-guard.ts'
import { createHttpClient, expectSuccess, parseRetryAfter, type HttpClient, type HttpClientOptions } from './http.ts'

const closers: (() => Promise<unknown>)[] = []
const clients: HttpClient[] = []
afterEach(async () => void (await Promise.all(clients.splice(0).map((c) => c.close()))))
afterAll(async () => void (await Promise.all(closers.map((close) => close()))))

/** A real server on loopback; returns its port. */
async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  closers.push(() => new Promise((done) => (server.closeAllConnections(), server.close(done))))
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ profile: 'configured', ...options })
  clients.push(made)
  return made
}

describe('which addresses', () => {
  const cases: [profile: 'configured' | 'untrusted', address: string, allowed: boolean][] = [
    ['configured', '10.0.0.7', true],
    ['configured', '127.0.0.1', true],
    ['configured', '93.184.216.34', true],
    ['configured', 'fd12::1', true],
    ['configured', '::1', true],
    ['configured', '169.254.169.254', false],
    ['configured', '::ffff:169.254.169.254', false],
    ['configured', '::ffff:a9fe:a9fe', false],
    ['configured', '64:ff9b::a9fe:a9fe', false],
    ['configured', '2002:a9fe:a9fe::', false],
    ['configured', 'fe80::1', false],
    ['configured', 'fd00:ec2::254', false],
    ['configured', '100.100.100.200', false],
    ['configured', '168.63.129.16', false],
    ['configured', '0.0.0.0', false],
    ['configured', '::', false],
    ['configured', '255.255.255.255', false],
    ['untrusted', '93.184.216.34', true],
    ['untrusted', '2606:2800:220:1::1', true],
    ['untrusted', '10.0.0.7', false],
    ['untrusted', '172.31.255.255', false],
    ['untrusted', '192.168.1.1', false],
    ['untrusted', '100.64.0.1', false],
    ['untrusted', '127.0.0.1', false],
    ['untrusted', '::1', false],
    ['untrusted', '::ffff:10.0.0.1', false],
    ['untrusted', 'fd12::1', false],
    ['untrusted', '169.254.169.254', false],
  ]
  const verdict = (profile: 'configured' | 'untrusted', address: string): string => {
    try {
      createGuard({ profile }).check('name.test', 443, address)
      return 'reached'
    } catch (error) {
      return (error as Error).name
    }
  }
  test.each(cases)('%s %s: %s', (profile, address, allowed) => {
    expect(verdict(profile, address)).toBe(allowed ? 'reached' : 'TerminalError')
  })

  test('an allowed host may be private, but never link-local', () => {
    const guard = createGuard({ profile: 'untrusted', allow: ['prometheus.test:9090', 'Loki.test'] })
    expect(() => guard.check('prometheus.test', 9090, '10.0.0.1')).not.toThrow()
    expect(() => guard.check('loki.test', 3100, '10.0.0.1')).not.toThrow()
    expect(() => guard.check('prometheus.test', 22, '10.0.0.1')).toThrow('not a public address')
    expect(() => guard.check('loki.test', 80, '169.254.1.1')).toThrow('link-local')
  })

  test('the API server is refused by name and by address', () => {
    const guard = createGuard({ profile: 'configured', refuse: ['10.96.0.1:443', 'kubernetes.default.svc:443'] })
    expect(() => guard.check('any.test', 443, '10.96.0.1')).toThrow('API server')
    expect(() => guard.check('kubernetes.default.svc.', 443, '10.1.1.1')).toThrow('API server')
    expect(() => guard.check('any.test', 8443, '10.96.0.1')).not.toThrow()
  })
})

describe('request', () => {
  test('sends and reads', async () => {
    const port = await serve((req, res) => {
      let body = ''
      req.on('data', (d) => (body += d))
      req.on('end', () =>
        res
          .writeHead(201, { 'x-answer': 'yes' })
          .end(`${req.method} ${req.url} ${req.headers['x-a']} ${req.headers['user-agent']} ${body}`),
      )
    })
    const response = await client().request({ url: `http://127.0.0.1:${port}/p?q=1`, method: 'POST', headers: { 'x-a': 'b' }, body: 'hi' })
    expect(response).toMatchObject({
      status: 201,
      text: 'POST /p?q=1 b inquest hi',
      truncated: false,
      headers: { 'x-answer': 'yes' },
      retryAfterMs: null,
    })
  })

  test('connects to the address that was checked, resolved once', async () => {
    const port = await serve((req, res) => res.end(req.headers.host))
    const asked: string[] = []
    const http = client({ resolve: async (name) => (asked.push(name), [{ address: '127.0.0.1', family: 4 }]) })
    expect((await http.request({ url: `http://shop.test:${port}/` })).text).toBe(`shop.test:${port}`)
    expect(asked).toEqual(['shop.test'])
  })

  test.each([
    ['a name that resolves to a metadata address', 'configured', 'evil.test', '169.254.169.254', /link-local or metadata/],
    ['a name that also resolves to a private address', 'untrusted', 'evil.test', '10.0.0.1', /not a public address/],
  ] as const)('refuses %s', async (_, profile, host, address, message) => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address, family: 4 },
    ]
    await expect(client({ profile, resolve }).request({ url: `http://${host}/` })).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringMatching(message),
    })
  })

  test.each(['http://169.254.169.254/latest', 'http://[::ffff:169.254.169.254]/', 'http://0xa9fea9fe/', 'http://2852039166/'])(
    'refuses the literal %s',
    async (url) => {
      await expect(client().request({ url })).rejects.toMatchObject({ name: 'TerminalError' })
    },
  )

  test('untrusted does not reach loopback unless allowed', async () => {
    const port = await serve((_, res) => res.end('ok'))
    const url = `http://127.0.0.1:${port}/`
    await expect(client({ profile: 'untrusted' }).request({ url })).rejects.toThrow('not a public address')
    expect((await client({ profile: 'untrusted', allow: ['127.0.0.1'] }).request({ url })).text).toBe('ok')
  })

  test('checks every hop of a redirect, and takes no credentials to another origin', async () => {
    const other = await serve((req, res) => res.end(`${req.headers['authorization']} ${req.headers['x-key']}`))
    const port = await serve((req, res) => {
      const to = {
        '/same': '/end',
        '/other': `http://127.0.0.1:${other}/`,
        '/meta': 'http://169.254.169.254/',
        '/file': 'file:///etc/passwd',
        '/loop': '/loop',
      }[req.url!]
      if (to) res.writeHead(302, { location: to }).end()
      else res.end(`${req.headers['authorization']}`)
    })
    const get = (path: string) =>
      client().request({ url: `http://127.0.0.1:${port}${path}`, headers: { authorization: 'secret', 'x-key': 'k' } })
    expect((await get('/same')).text).toBe('secret')
    expect((await get('/other')).text).toBe('undefined undefined')
    await expect(get('/meta')).rejects.toThrow('link-local')
    await expect(get('/file')).rejects.toThrow('no plain http')
    await expect(get('/loop')).rejects.toThrow('more than 5 times')
    await expect(client().request({ url: `http://127.0.0.1:${port}/same`, method: 'POST', body: '' })).rejects.toThrow(
      'write the final address',
    )
  })

  test('an answer that is too large is refused, or cut when asked, also when packed', async () => {
    const port = await serve((req, res) => {
      if (req.url === '/gzip') res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a'.repeat(1_000_000)))
      else res.end('a'.repeat(2_000))
    })
    const http = client({ maxBytes: 1_000 })
    await expect(http.request({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('more than 1000 bytes'),
    })
    expect(await http.request({ url: `http://127.0.0.1:${port}/gzip`, truncate: true })).toMatchObject({
      truncated: true,
      text: 'a'.repeat(1_000),
    })
  })

  test('nobody there, silence and a stalled body may be tried again; an abort is the caller’s own', async () => {
    const port = await serve((req, res) => {
      if (req.url === '/stall') res.writeHead(200).write('a')
    })
    const at = (path: string) => `http://127.0.0.1:${port}${path}`
    await expect(client().request({ url: at('/silent'), timeoutMs: 50 })).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining('did not answer within 0.05 s'),
    })
    await expect(client().request({ url: at('/stall'), timeoutMs: 50 })).rejects.toMatchObject({ name: 'RetryableError' })
    await expect(client().request({ url: `http://127.0.0.1:${await closedPort()}/` })).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    await expect(client({ resolve: async () => [] }).request({ url: 'http://no.test/' })).rejects.toMatchObject({ name: 'RetryableError' })
    const reason = new Error('stopped')
    await expect(client().request({ url: at('/silent'), signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test.each(['', 'shop', 'ftp://x/', 'http://u:p@host/'])('%j is an input error', async (url) => {
    await expect(client().request({ url })).rejects.toMatchObject({ name: 'InputError', field: 'url' })
  })
})

describe('expectSuccess', () => {
  const answer = async (status: number) => {
    const port = await serve((_, res) => res.writeHead(status, { 'retry-after': '7' }).end(status === 204 ? undefined : 'token=abcdef no'))
    return client().request({ url: `http://127.0.0.1:${port}/` })
  }
  test.each([200, 201, 204])('%d passes', async (status) => {
    const response = await answer(status)
    expect(expectSuccess(response)).toBe(response)
  })
  test.each([400, 401, 404, 410])('%d is final', async (status) => {
    const response = await answer(status)
    expect(() => expectSuccess(response)).toThrow(
      expect.objectContaining({ name: 'TerminalError', message: expect.stringMatching(/answered 4..: token=\[REDACTED:token\] no$/) }),
    )
  })
  test.each([408, 425, 429, 500, 503])('%d may be tried again', async (status) => {
    const response = await answer(status)
    expect(() => expectSuccess(response)).toThrow(expect.objectContaining({ name: 'RetryableError', retryAfterMs: 7_000 }))
  })

  test.each([
    ['120', 120_000],
    ['Sat, 01 Aug 2026 00:00:30 GMT', 30_000],
    ['Sat, 01 Aug 2020 00:00:00 GMT', 0],
    ['999999', 3_600_000],
    ['soon', null],
    [null, null],
  ])('Retry-After %j is %s ms', (header, ms) => expect(parseRetryAfter(header, new Date('2026-08-01T00:00:00Z'))).toBe(ms))
})
