import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { createLogger } from '#kit/log'
import { InvestigationDetail, type TimelineEvent } from '#server'
import { ServerConfig } from '../src/cli/config.ts'
import { startServer, type RunningServer } from '../src/cli/start-server.ts'
import { inquest, until } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startModelServer, type ModelServer } from './model-server.ts'
import { freshDatabase, temporaryFolder } from './postgres.ts'

/**
 * Each example of a provider as a user starts it, with the real server, the real SDK and the real kubectl; only the vendor
 * is a stand-in, which speaks the vendor's wire format and refuses what the vendor would refuse.
 */
const root = join(import.meta.dirname, '..')
const scenario = (file: string): string => join(root, 'scenarios/checkout-rollout', file)
const ADDED = 'Only LEDGER_HOST differs between the revisions.'
const conclusion = {
  rootCause: {
    summary: 'LEDGER_HOST is wrong',
    object: { kind: 'Deployment', namespace: 'shop', name: 'payments' },
    confidence: 0.9,
    cites: ['f1', 'o1'],
  },
  added: ADDED,
}

let vendor: ModelServer
let folder: { path: string; remove(): Promise<void> }
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  const look = { name: 'kubectl', input: { command: 'kubectl rollout history deployment/payments -n shop --revision=7' } }
  vendor = await startModelServer((_, index) =>
    index === 0 ? { text: 'I compare the revisions.', calls: [look] } : { calls: [{ name: 'conclude', input: conclusion }] },
  )
  folder = await temporaryFolder()
})
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
  await vendor.close()
  await folder.remove()
})

/** The server on a copy of the example, whose model is asked at the stand-in. */
async function serveExample(name: string, baseURL: string | null, edit: (dir: string) => void = () => undefined): Promise<RunningServer> {
  const dir = join(folder.path, name)
  cpSync(join(root, 'examples', name), dir, { recursive: true })
  if (baseURL) {
    const workflow = parseDocument(readFileSync(join(dir, 'workflow.yaml'), 'utf8'))
    workflow.setIn(['spec', 'model', 'baseURL'], baseURL)
    writeFileSync(join(dir, 'workflow.yaml'), String(workflow))
  }
  edit(dir)
  // As in the example, but for the wait before a new incident is looked at.
  const source = readFileSync(join(dir, 'source.yaml'), 'utf8')
  writeFileSync(join(dir, 'source.yaml'), source.replace('  workflowRef:', '  grouping: {window: 100ms}\n  workflowRef:'))
  const secret = join(folder.path, 'secrets/default', name, 'api-key')
  mkdirSync(dirname(secret), { recursive: true })
  writeFileSync(secret, `${name}-key\n`)
  const database = await freshDatabase()
  stops.push(() => database.drop())
  const config = ServerConfig.parse({
    manifests: dir,
    secretsDir: join(folder.path, 'secrets'),
    dataDir: join(folder.path, `${name}-data`),
    databaseUrl: database.url,
    bundle: scenario('bundle.tgz'),
    webhookListen: '127.0.0.1:0',
    apiListen: '127.0.0.1:0',
  })
  const env = { PATH: [dirname(await kubectlPath()), '/usr/bin'].join(delimiter) }
  const server = await startServer(config, {
    log: createLogger('error'),
    env,
    write: () => undefined,
    onFatal: (error) => {
      throw error
    },
  })
  stops.push(() => server.stop())
  return server
}

/** From the alert to the end of its investigation, by the server's own API. */
async function investigated({ webhookUrl, apiUrl, token }: RunningServer) {
  const headers = { authorization: 'Bearer change-me', 'content-type': 'application/json' }
  const posted = await fetch(`${webhookUrl}/webhooks/default/alertmanager`, {
    method: 'POST',
    body: readFileSync(scenario('alert.json'), 'utf8'),
    headers,
  })
  expect(posted.status).toBe(200)
  const get = async (path: string): Promise<any> =>
    (await fetch(`${apiUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).json()
  const name = await until(async () => {
    const { items } = await get('/investigations')
    return items[0]?.completedAt ? (items[0].name as string) : null
  }, 60_000)
  const detail = InvestigationDetail.parse(await get(`/investigations/default/${name}`))
  const { items } = await get(`/investigations/default/${name}/events`)
  return { detail, events: items as TimelineEvent[] }
}

test.each([
  ['anthropic', 'anthropic', 'anthropic/claude-sonnet-5', { 'x-api-key': 'anthropic-key' }, true],
  ['openai', 'openai', 'openai/gpt-5', { authorization: 'Bearer openai-key' }, true],
  ['ollama', 'compatible', 'openai-compatible/qwen3:14b', {}, false],
] as const)('examples/%s', async (name, wire, id, headers, isPriced) => {
  vendor.requests.length = 0
  const server = await serveExample(name, vendor.baseURL(wire))
  const { detail, events } = await investigated(server)
  await stops.pop()!()
  expect(vendor.requests.map((request) => request.wire)).toEqual([wire, wire])
  expect(vendor.requests[0]!.headers).toMatchObject(headers)
  expect(detail).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
  expect(detail.result).toMatchObject({ added: ADDED, incomplete: [], rootCause: { by: 'diagnosis', object: { name: 'payments' } } })
  expect(detail.result!.usage).toMatchObject({ modelCalls: 2, toolCalls: 1, inputTokens: 2_000, byModel: { [id]: { modelCalls: 2 } } })
  expect(detail.result!.usage.costUSD! > 0).toBe(isPriced)
  const told = events.filter(({ step }) => step === 'ask').map(({ type, data }) => [type, data['text']])
  expect(told).toEqual([
    ['step-started', undefined],
    ['model-asked', `asking ${id}`],
    ['model-answered', expect.stringContaining('I compare the revisions.')],
    ['tool-called', 'kubectl rollout history deployment/payments -n shop --revision=7'],
    ['tool-answered', expect.stringMatching(/^o1 \d+ rows/)],
    ['model-asked', `asking ${id}`],
    ['model-answered', expect.stringContaining('calls conclude')],
    ['step-succeeded', `concluded: ${ADDED}`],
  ])
  expect(events.find(({ type }) => type === 'tool-answered')!.data['output']).toContain('revision #7')
})

test('examples/scripted says that it is scripted', async () => {
  vendor.requests.length = 0
  const server = await serveExample('scripted', null)
  const { detail } = await investigated(server)
  await stops.pop()!()
  expect(detail).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
  expect(Object.keys(detail.result!.usage.byModel)).toEqual(['scripted/checkout.conversation.yaml'])
  expect(detail.result!.usage).toMatchObject({ modelCalls: 3, toolCalls: 4, costUSD: 0 })
  expect(detail.outputs).toEqual({ added: expect.stringContaining('ledger-db still has its endpoint') })
  expect(vendor.requests).toEqual([])
})

test('the whole of a long output can be read afterwards', async () => {
  const everything = 'kubectl get deployments,replicasets,services,endpointslices -A -o yaml'
  const turns = [
    { toolCalls: [{ name: 'kubectl', input: { command: everything } }] },
    { toolCalls: [{ name: 'conclude', input: conclusion }] },
  ]
  const server = await serveExample('scripted', null, (dir) =>
    writeFileSync(join(dir, 'checkout.conversation.yaml'), JSON.stringify({ turns })),
  )
  const { detail } = await investigated(server)
  const get = (...args: string[]) =>
    inquest(['get', 'investigation', detail.name, '--server', server.apiUrl, '--token', server.token, ...args])
  const shown = await get()
  const whole = await get('--artifact', 'o1-kubectl.txt')
  const none = await get('--artifact', 'o9-kubectl.txt')
  await stops.pop()!()
  expect(shown.out).toMatch(/Whole outputs \(read one with --artifact NAME\)\n {2}o1-kubectl\.txt {2}ask {2}\d+ KiB/)
  expect(whole.out.slice(0, 100)).toContain(`$ ${everything}`)
  expect(Buffer.byteLength(whole.out)).toBe(detail.artifacts[0]!.bytes)
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('has no artifact o9-kubectl.txt') })
})
