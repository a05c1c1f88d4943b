import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvestigationDetail } from '#server'
import { inquest, serve, until, type Served } from './inquest.ts'
import { freshDatabase, temporaryFolder } from './postgres.ts'

const root = join(import.meta.dirname, '..')
const bundle = join(root, 'scenarios/checkout-rollout/bundle.tgz')
const alert = readFileSync(join(root, 'scenarios/checkout-rollout/alert.json'), 'utf8')

/** What the sink gets, and how it answers. */
async function startChat() {
  const got: { headers: IncomingHttpHeaders; body: any }[] = []
  const answers: number[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      got.push({ headers: request.headers, body: JSON.parse(body) })
      response.writeHead(answers.shift() ?? 204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    got,
    answers,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

describe.each(['PostgreSQL', 'the embedded database'])('inquest serve on %s', (kind) => {
  let folder: { path: string; remove(): Promise<void> }
  let database: { url: string; drop(): Promise<void> } | undefined
  let chat: Awaited<ReturnType<typeof startChat>>
  let server: Served
  let env: NodeJS.ProcessEnv
  const at = (path: string): string => join(folder.path, path)
  const start = () =>
    serve(['--manifests', at('manifests'), '--secrets-dir', at('secrets'), '--data-dir', at('data'), '--bundle', bundle], env)
  const post = (body: string, token = 'good-token', source = 'alertmanager') =>
    fetch(`${server.webhookUrl}/webhooks/shop/${source}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })
  const get = async (...args: string[]) => {
    const { code, out, err } = await inquest(['get', ...args, '--server', server.apiUrl, '--data-dir', at('data')])
    if (code !== 0) throw new Error(err)
    return out
  }

  beforeAll(async () => {
    folder = await temporaryFolder()
    chat = await startChat()
    cpSync(join(root, 'examples/demo'), at('manifests'), { recursive: true })
    for (const [path, value] of Object.entries({
      'alertmanager-webhook/token': 'good-token',
      'chat/url': chat.url,
      'chat/signing-key': 'key',
    })) {
      mkdirSync(join(at('secrets/shop'), path, '..'), { recursive: true })
      writeFileSync(join(at('secrets/shop'), path), value)
    }
    database = kind === 'PostgreSQL' ? await freshDatabase() : undefined
    env = database ? { DATABASE_URL: database.url } : {}
    server = await start()
  })
  afterAll(async () => {
    server?.child.kill('SIGKILL')
    await server?.ended
    await chat?.close()
    await database?.drop()
    await folder?.remove()
  })

  test('says who it is, and keeps its token from others', async () => {
    for (const url of [server.webhookUrl, server.apiUrl]) {
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
    }
    expect(statSync(at('data/api-token')).mode & 0o777).toBe(0o600)
    expect((await fetch(`${server.apiUrl}/api/v1/investigations`)).status).toBe(401)
    expect((await fetch(`${server.apiUrl}/api/v1/investigations`, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
  })

  test.each([
    ['a wrong token', () => post(alert, 'bad-token'), 401],
    ['a source that is not there', () => post(alert, 'good-token', 'nobody'), 404],
    ['a body that is no JSON', () => post('{"version": "4", '), 400],
  ])('refuses %s', async (_, send, status) => {
    const answer = await send()
    expect(answer.status).toBe(status)
    expect(await answer.json()).toHaveProperty('error')
  })

  test('turns a notification into one investigation with the true root cause, delivered once, although it is sent three times', async () => {
    for (let i = 0; i < 3; i++) expect((await post(alert)).status).toBe(200)
    const { items } = await until(async () => {
      const list = JSON.parse(await get('investigations', '-o', 'json'))
      return list.items[0]?.phase === 'Succeeded' ? list : null
    })
    expect(items).toHaveLength(1)
    await until(() => chat.got.length > 0)
    const detail = InvestigationDetail.parse(JSON.parse(await get('investigation', items[0].name, '-n', 'shop', '--watch', '-o', 'json')))
    expect(detail.result?.rootCause).toMatchObject({
      object: { kind: 'Deployment', name: 'payments' },
      field: 'spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value',
    })
    expect(detail.outputs).toEqual({ culprit: 'payments' })
    expect(detail.deliveries).toMatchObject([{ sink: 'shop/chat', status: 'delivered', tries: 1, possiblyDuplicate: false }])
    expect(chat.got).toHaveLength(1)
    expect(chat.got[0]!.headers['idempotency-key']).toBe(detail.deliveries[0]!.key)
    expect(chat.got[0]!.body.result.rootCause).toEqual(detail.result!.rootCause)
    expect(await get('alerts')).toContain('KubeDeploymentReplicasMismatch')
    expect(await get('incidents')).toMatch(/shop\/alertmanager +open/)
  })

  test('updates the thread when the alert resolves', async () => {
    const resolved = JSON.parse(alert)
    resolved.status = 'resolved'
    for (const one of resolved.alerts) Object.assign(one, { status: 'resolved', endsAt: '2026-09-17T15:00:00Z' })
    expect((await post(JSON.stringify(resolved))).status).toBe(200)
    await until(() => chat.got.length > 1)
    expect(chat.got[1]!.body).toMatchObject({ state: 'resolved', incident: { status: 'resolved' } })
    expect(chat.got[1]!.headers['idempotency-key']).not.toBe(chat.got[0]!.headers['idempotency-key'])
  })

  test('counts in its metrics what the database holds', async () => {
    const metrics = await (await fetch(`${server.apiUrl}/metrics`)).text()
    expect(metrics).toContain('inquest_investigations{phase="Succeeded"} 1')
    expect(metrics).toContain('inquest_incidents{status="resolved"} 1')
    expect(metrics).toMatch(/inquest_webhook_duration_seconds_count\{status="200"\} 4/)
  })

  test('refuses a broken manifest with file, line, field and remedy, and keeps working with the last good set', async () => {
    writeFileSync(
      at('manifests/broken.yaml'),
      'apiVersion: inquest.dev/v1alpha1\nkind: Sink\nmetadata: {name: broken}\nspec:\n  stdout:\n    fromat: text\n',
    )
    const line = await until(() => server.logs().find((one) => String(one['file']).endsWith('broken.yaml')))
    expect(line['line']).toBe(6)
    expect(line['msg']).toMatch(/fromat.*format/)
    expect((await post(alert)).status).toBe(200)
    rmSync(at('manifests/broken.yaml'))
    const count = server.logs().filter((one) => one['msg'] === 'manifests are in force').length
    await until(() => server.logs().filter((one) => one['msg'] === 'manifests are in force').length > count - 1)
  })

  test('drains on SIGTERM and has lost nothing at the next start', async () => {
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    server = await start()
    expect(JSON.parse(await get('investigations', '-o', 'json')).items).toMatchObject([{ phase: 'Succeeded' }])
    expect(chat.got).toHaveLength(2)
  })
})

describe('inquest serve refuses to start', () => {
  test.each([
    ['without manifests and without a cluster', ['--kubeconfig', '/nowhere/config'], '--manifests'],
    ['with what only a folder needs', ['--secrets-dir', '/nowhere'], '--secrets-dir'],
    ['with what only a cluster needs', ['--manifests', 'examples/demo', '--watch-namespaces', 'shop'], '--watch-namespaces'],
    ['with names that no namespace has', ['--watch-namespaces', 'shop,,Web'], '--watch-namespaces'],
    ['with a database URL of another database', ['--manifests', 'examples/demo', '--database-url', 'mysql://x'], '--database-url'],
    ['with an address without a port', ['--manifests', 'examples/demo', '--api-listen', 'localhost'], '--api-listen'],
    [
      'with a program that is not there',
      ['--manifests', 'examples/demo', '--allowed-commands', '/bin/sh,/nowhere/x'],
      '/nowhere/x is not there',
    ],
    [
      'with a folder as a program',
      ['--manifests', 'examples/demo', '--allowed-commands', '/tmp'],
      '--allowed-commands: /tmp is no program',
    ],
    [
      'with a program of a folder, but no folder',
      ['--allowed-commands', '/bin/sh'],
      '--allowed-commands: programs of this machine are for',
    ],
    ['with a folder that is not there', ['--manifests', '/nowhere'], '/nowhere'],
    [
      'with a database that does not answer',
      ['--manifests', 'examples/demo', '--database-url', 'postgres://inquest:hunter2@127.0.0.1:1/x'],
      '127.0.0.1:1',
    ],
  ])('%s, and says which setting', async (_, args, said) => {
    const folder = await temporaryFolder()
    try {
      const { code, err } = await inquest(['serve', ...args, '--data-dir', folder.path, '--bundle', bundle], { env: {} })
      expect(err).toContain(said)
      expect(err).not.toContain('hunter2')
      expect(code).not.toBe(0)
    } finally {
      await folder.remove()
    }
  })
})
