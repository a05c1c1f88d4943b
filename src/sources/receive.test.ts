import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '#kit/errors'
import { silentLogger } from '#kit/log'
import { createRegistry } from '#kinds/registry'
import { Source } from '#kinds/source'
import { createWebhookReceiver, type ReceiverParts } from '#sources'
import { createStore, openDatabase, type Database, type Intake, type Store } from '#store'
import { freshDatabase } from '../../test/postgres.ts'

const SECRETS: Record<string, string> = { 'webhook/token': 's3cret\n', 'webhook/password': 'pässwörd', 'webhook/empty': '\n' }

const source = (name: string, spec: object) =>
  Source.parse({
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Source',
    metadata: { name, namespace: 'shop' },
    spec: { alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'triage' }, ...spec },
  })
const ref = (key: string, name = 'webhook') => ({ secretKeyRef: { name, key } })

const registry = createRegistry(async (_, { name, key }) => SECRETS[`${name}/${key}`])
registry.replace({
  sources: [
    source('open', {}),
    source('suspended', { suspend: true }),
    source('bearer', { auth: { bearer: ref('token') } }),
    source('basic', { auth: { basic: { username: 'am', passwordSecretKeyRef: ref('password').secretKeyRef } } }),
    source('no-secret', { auth: { bearer: ref('none') } }),
    source('empty-secret', { auth: { bearer: ref('empty') } }),
    source('account', { auth: { serviceAccount: { name: 'am' } } }),
    source('account-elsewhere', { auth: { serviceAccount: { name: 'am', namespace: 'monitoring' } } }),
    source('own', {}),
    { ...source('asked', {}), spec: { api: {}, auth: { none: {} }, workflowRef: { name: 'w' }, params: { team: 'a', region: 'eu' } } },
    source('filtered', { filter: 'alert.labels.severity == "critical"' }),
    source('numbers', { filter: 'int(alert.labels.pod) > 3' }),
    source('by-pod', { grouping: { by: ['pod'], window: '1h' } }),
  ],
  workflows: [],
  sinks: [],
})

let database: Database
let store: Store
let drop: () => Promise<void>
beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = () => fresh.drop()
  database = await openDatabase({ url: fresh.url })
  store = createStore(database)
})
afterAll(async () => {
  await database.close()
  await drop()
})

const payload = (...labels: Record<string, string>[]) => ({
  version: '4',
  receiver: 'inquest',
  groupKey: '{}:{}',
  groupLabels: { namespace: 'shop' },
  alerts: labels.map((own) => ({
    status: 'firing',
    labels: { alertname: 'A', namespace: 'shop', ...own },
    startsAt: '2026-01-31T12:00:00Z',
  })),
})

interface Sent {
  body?: unknown
  authorization?: string
  headers?: Record<string, string>
  parts?: Partial<ReceiverParts>
}

function post(name: string, { body = payload({ pod: 'a' }), authorization, headers = {}, parts }: Sent = {}) {
  const receive = createWebhookReceiver({
    registry,
    store,
    clock: { now: () => new Date('2026-01-31T12:30:00Z') },
    log: silentLogger,
    maxBodyBytes: 1_000_000,
    whoIs: async (token) => {
      if (token === 's3cret-late') throw new Error('the API server is away')
      return token.startsWith('s3cret-of-') ? { username: `system:serviceaccount:${token.slice(10)}` } : null
    },
    start: () => Promise.reject(new Error('nothing is asked for here')),
    ...parts,
  })
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  return receive({ namespace: 'shop', source: name, headers: { ...headers, ...(authorization ? { authorization } : {}) }, body: bytes })
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('a webhook is answered with', () => {
  test.each<[number, string, string, Sent]>([
    [200, 'one that needs no credentials', 'open', {}],
    [404, 'a Source that does not exist', 'none', {}],
    [503, 'a Source that is suspended', 'suspended', {}],
    [200, 'the bearer token', 'bearer', { authorization: 'Bearer s3cret' }],
    [200, 'the scheme in other letters', 'bearer', { authorization: 'bearer  s3cret' }],
    [401, 'no credentials', 'bearer', {}],
    [401, 'another token', 'bearer', { authorization: 'Bearer s3cre' }],
    [401, 'another scheme', 'bearer', { authorization: basic('am:s3cret') }],
    [401, 'a token without its scheme', 'bearer', { authorization: 's3cret' }],
    [200, 'user and password', 'basic', { authorization: basic('am:pässwörd') }],
    [401, 'another user', 'basic', { authorization: basic('ma:pässwörd') }],
    [401, 'another password', 'basic', { authorization: basic('am:password') }],
    [401, 'basic credentials that are none', 'basic', { authorization: 'Basic !!!' }],
    [503, 'a Secret that does not exist', 'no-secret', { authorization: 'Bearer undefined' }],
    [503, 'an empty Secret and an empty token', 'empty-secret', { authorization: 'Bearer x' }],
    [200, 'a token of the ServiceAccount', 'account', { authorization: 'Bearer s3cret-of-shop:am' }],
    [200, 'a token of the ServiceAccount of another namespace', 'account-elsewhere', { authorization: 'Bearer s3cret-of-monitoring:am' }],
    [401, 'a token of another ServiceAccount', 'account', { authorization: 'Bearer s3cret-of-shop:other' }],
    [401, 'a token of its namesake in another namespace', 'account', { authorization: 'Bearer s3cret-of-monitoring:am' }],
    [401, 'a token that the cluster does not know', 'account', { authorization: 'Bearer s3cret' }],
    [401, 'no token of a ServiceAccount', 'account', {}],
    [503, 'a token while the cluster cannot be asked', 'account', { authorization: 'Bearer s3cret-late' }],
    [413, 'too large a body', 'open', { parts: { maxBodyBytes: 10 } }],
    [400, 'no JSON', 'open', { body: '{"alerts": [' }],
    [400, 'no webhook', 'open', { body: { hello: 'world' } }],
    [200, 'no alerts', 'open', { body: payload() }],
    [200, 'bytes that are not UTF-8', 'open', { body: Buffer.from(JSON.stringify(payload({ pod: 'x\u00e9' })), 'latin1') }],
  ])('%i: %s', async (status, _, name, sent) => {
    const answer = await post(name, sent)
    expect(answer).toMatchObject({ status })
    expect(answer.retryAfter).toBe(status === 503 ? 5 : undefined)
    expect(JSON.stringify(answer.body)).not.toMatch(/s3cret|pässwörd/)
  })

  test.each([
    ['the manifests are not read yet', { isComplete: () => false, unusable: () => null }, 503],
    [
      'the Source cannot be used as it is',
      { isComplete: () => true, unusable: (kind: string, _: string, name: string) => (kind === 'Source' && name === 'none' ? 'no' : null) },
      503,
    ],
    ['another one cannot be used', { isComplete: () => true, unusable: () => null }, 404],
  ])('the status that keeps or drops the alert, when there is no such Source and %s', async (_, state, status) => {
    expect(await post('none', { parts: { registry: { ...registry, ...state } } })).toMatchObject({ status })
  })

  test('503 and when to come back, when the database is away', async () => {
    const fresh = await freshDatabase()
    const away = await openDatabase({ url: fresh.url })
    await fresh.drop()
    expect(await post('open', { parts: { store: createStore(away) } })).toEqual({
      status: 503,
      body: { error: 'it could not be stored now' },
      retryAfter: 5,
    })
    await away.close()
  })
})

describe('a stored webhook', () => {
  const stored = async (name: string) =>
    (
      await database.pool.query(
        `select labels->>'pod' as pod, filtered, incident_id is not null as incident from episodes where source = $1 order by 1`,
        [`shop/${name}`],
      )
    ).rows

  test('says what became of its alerts, and tells who waits for it', async () => {
    const told: Intake[] = []
    const body = { ...payload({ pod: 'p' }, { alertname: 'Watchdog' }), groupKey: 'told' }
    body.alerts.push({ status: 'firing', labels: {} as never, startsAt: '' })
    const answer = await post('open', { body, parts: { onStored: (intake) => void told.push(intake) } })
    expect(answer).toMatchObject({
      status: 200,
      body: { known: false, fresh: 1, seen: 0, closed: 0, heartbeats: 1, rejected: 1, filterErrors: 0 },
    })
    expect(told).toHaveLength(1)
    const { rows } = await database.pool.query('select rejected, alert_count from notifications where id = $1', [told[0]!.notificationId])
    expect(rows).toEqual([
      { rejected: [{ index: 2, reason: 'labels: there are none', excerpt: expect.stringContaining('"labels":{}') }], alert_count: 2 },
    ])
  })

  test('keeps what Inquest sent to Alertmanager itself, and investigates none of it', async () => {
    const body = payload({ pod: 'ours', alertname: 'InquestRootCause', inquest_incident: 'i' }, { pod: 'theirs' })
    expect((await post('own', { body })).body).toMatchObject({ fresh: 2 })
    expect(await stored('own')).toEqual([
      { pod: 'ours', filtered: true, incident: false },
      { pod: 'theirs', filtered: false, incident: true },
    ])
  })

  test('keeps filtered alerts without an incident', async () => {
    const body = payload({ pod: 'crit', severity: 'critical' }, { pod: 'info', severity: 'info' })
    expect((await post('filtered', { body })).body).toMatchObject({ fresh: 2, filterErrors: 0 })
    expect(await stored('filtered')).toEqual([
      { pod: 'crit', filtered: false, incident: true },
      { pod: 'info', filtered: true, incident: false },
    ])
  })

  test('lets an alert through that the filter cannot judge, and counts it', async () => {
    expect((await post('numbers', { body: payload({ pod: '7' }, { pod: '1' }, { pod: 'x' }) })).body).toMatchObject({ filterErrors: 1 })
    expect(await stored('numbers')).toEqual([
      { pod: '1', filtered: true, incident: false },
      { pod: '7', filtered: false, incident: true },
      { pod: 'x', filtered: false, incident: true },
    ])
  })

  test('makes an incident for each value of grouping.by', async () => {
    const answer = await post('by-pod', { body: payload({ pod: 'a' }, { pod: 'b' }, { pod: 'b', container: 'x' }) })
    expect(answer.body['incidents']).toHaveLength(2)
  })
})

describe('an investigation that is asked for', () => {
  const ask = async (body: unknown) => {
    const commands: unknown[] = []
    const start: ReceiverParts['start'] = async (command) => {
      commands.push(command)
      return { id: 'i', name: 'n' }
    }
    return { ...(await post('asked', { body, parts: { start } })), commands }
  }

  test('is started with what the Source says and what was sent', async () => {
    const target = { kind: 'Deployment', name: 'web' }
    const alert = { labels: { alertname: 'A', pod: 'p' }, startsAt: '2026-01-31T12:00:00Z' }
    const { status, body, started, commands } = await ask({ target, alert, params: { team: 'b' } })
    expect({ status, body, started }).toEqual({
      status: 202,
      body: { id: 'i', namespace: 'shop', name: 'n' },
      started: { namespace: 'shop', name: 'n' },
    })
    expect(commands).toMatchObject([
      {
        namespace: 'shop',
        workflow: 'w',
        target: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        alert: { ...alert, annotations: {} },
        params: { team: 'b', region: 'eu' },
        source: 'shop/asked',
      },
    ])
  })

  test('may be of everything', async () => {
    const { status, commands } = await ask('')
    expect([status, commands]).toEqual([202, [expect.not.objectContaining({ target: expect.anything() })]])
  })

  test.each<[says: string, body: unknown, error: RegExp]>([
    ['a member that there is not', { targt: {} }, /^targt: unknown field/],
    ['a target without a name', { target: { kind: 'Pod' } }, /^target\.name: missing/],
    ['a time that is none', { alert: { labels: {}, startsAt: 'now' } }, /^alert\.startsAt: "now" is no time/],
    ['a list', [], /^the body: a list is not an object/],
    ['a form', 'a=b', /is not JSON/],
  ])('is not started by %s', async (_, sent, error) => {
    const { status, body, commands } = await ask(sent)
    expect([status, body['error'], commands]).toEqual([400, expect.stringMatching(error), []])
  })

  test('whose Workflow is not there is refused with the remedy', async () => {
    const start = () => Promise.reject(new InputError('there is no Workflow shop/w', { remedy: 'Create it.' }))
    expect(await post('asked', { body: '', parts: { start } })).toMatchObject({
      status: 400,
      body: { error: 'there is no Workflow shop/w' },
    })
  })
})
