import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { InvestigationDetail, type TimelineEvent } from '#server'
import { serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startModelServer, type ModelServer, type Play } from './model-server.ts'
import { temporaryFolder } from './postgres.ts'

/**
 * kill -9 in the middle of an agent's run, twice: while the model is asked, and while tools are at work. The vendor, kubectl
 * and the sink count; the process is the real `inquest serve`.
 */
const root = join(import.meta.dirname, '..')
const scenario = (file: string): string => join(root, 'scenarios/checkout-rollout', file)

const kubectl = (command: string) => ({ name: 'kubectl', input: { command: `kubectl ${command} -n shop` } })
const conclusion = {
  rootCause: {
    summary: 'LEDGER_HOST is wrong',
    object: { kind: 'Deployment', namespace: 'shop', name: 'payments' },
    confidence: 0.9,
    cites: ['f1', 'o1', 'o4'],
  },
  added: 'Only LEDGER_HOST differs.',
}
/** What the model says, by the number of its answers that a request already holds. */
const ANSWERS: Play[] = [
  { text: 'first', calls: [kubectl('get pods'), kubectl('get services')] },
  { text: 'second', calls: [kubectl('get events'), kubectl('get deployments')] },
  { calls: [{ name: 'conclude', input: conclusion }] },
]
const answersIn = (body: any): number => body.messages.filter(({ role }: { role: string }) => role === 'assistant').length

const WORKFLOW = (baseURL: string): string => `
apiVersion: inquest.dev/v1alpha1
kind: Workflow
metadata: {name: investigate}
spec:
  model: {provider: anthropic, name: claude-sonnet-5, baseURL: "${baseURL}", apiKeySecretRef: {name: llm, key: key}}
  steps: [{name: look, diagnose: {}}, {name: ask, agent: {tools: [kubectl]}}]
  sinks: [{sinkRef: {name: chat}}]
---
apiVersion: inquest.dev/v1alpha1
kind: Source
metadata: {name: am}
spec: {alertmanager: {}, auth: {none: {}}, grouping: {window: 100ms}, workflowRef: {name: investigate}}
---
apiVersion: v1
kind: Secret
metadata: {name: llm}
stringData: {key: sk-1}
`

let folder: { path: string; remove(): Promise<void> }
let vendor: ModelServer
let server: Served | undefined
const at = (path: string): string => join(folder.path, path)
/** What the vendor does with the next request instead of answering. */
let hangAt: number | null = null
const delivered: unknown[] = []
const chat = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', () => {
    delivered.push(JSON.parse(text))
    response.writeHead(204).end()
  })
})

beforeAll(async () => {
  folder = await temporaryFolder()
  chat.listen(0, '127.0.0.1')
  await once(chat, 'listening')
  vendor = await startModelServer(({ body }) => {
    const turn = answersIn(body)
    return turn === hangAt ? { hang: true } : ANSWERS[turn]!
  })
  mkdirSync(at('manifests'))
  const sink = `---\napiVersion: inquest.dev/v1alpha1\nkind: Sink\nmetadata: {name: chat}\nspec: {webhook: {url: "http://127.0.0.1:${(chat.address() as AddressInfo).port}/"}}\n`
  writeFileSync(at('manifests/all.yaml'), WORKFLOW(vendor.baseURL('anthropic')) + sink)
  // The real kubectl, counted, and held while a file says so.
  const calls = at('kubectl-calls')
  writeFileSync(calls, '')
  const program = `#!/bin/sh\necho "$*" >> ${calls}\ncase "$*" in *" get "*events*) while [ -e ${at('hold')} ]; do sleep 0.05; done;; esac\nexec ${await kubectlPath()} "$@"\n`
  writeFileSync(at('kubectl'), program)
  chmodSync(at('kubectl'), 0o755)
})
afterAll(async () => {
  server?.child.kill('SIGKILL')
  await server?.ended
  await vendor.close()
  chat.close()
  chat.closeAllConnections()
  await folder.remove()
})

const start = async (): Promise<Served> =>
  (server = await serve([
    '--manifests',
    at('manifests'),
    '--data-dir',
    at('data'),
    '--bundle',
    scenario('bundle.tgz'),
    '--kubectl',
    at('kubectl'),
  ]))
async function kill({ child, ended }: Served): Promise<void> {
  child.kill('SIGKILL')
  await ended
}
const get = async (path: string): Promise<any> => {
  const token = readFileSync(at('data/api-token'), 'utf8').trim()
  return (await fetch(`${server!.apiUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).json()
}
/** `get pods`, as kubectl was called. */
const kubectlCalls = (): string[] =>
  readFileSync(at('kubectl-calls'), 'utf8')
    .split('\n')
    .flatMap((line) => / -- (\w+)/.exec(line)?.[1] ?? [])
    .toSorted()

test('the restarted process goes on: nothing recorded is asked or called again, and one message is sent', async () => {
  // 1. Killed while the model thinks about its second answer: the first, and both its calls, are recorded.
  hangAt = 1
  let process = await start()
  const posted = await fetch(`${process.webhookUrl}/webhooks/default/am`, {
    method: 'POST',
    body: readFileSync(scenario('alert.json'), 'utf8'),
    headers: { 'content-type': 'application/json' },
  })
  expect(posted.status).toBe(200)
  await until(() => vendor.requests.length === 2)
  await kill(process)
  expect(vendor.requests.map(({ body }) => answersIn(body))).toEqual([0, 1])
  expect(kubectlCalls()).toEqual(['pods', 'services'])

  // 2. Killed while one of two parallel calls is at work and the other is done.
  hangAt = null
  writeFileSync(at('hold'), '')
  process = await start()
  await until(async () => {
    const { items } = await get('/investigations')
    const events: TimelineEvent[] = (await get(`/investigations/default/${items[0].name}/events`)).items
    return events.some(({ type, data }) => type === 'tool-answered' && data['id'] === 'o4')
  })
  await kill(process)
  // Only the request that was in flight was made again.
  expect(vendor.requests.map(({ body }) => answersIn(body))).toEqual([0, 1, 1])
  expect(kubectlCalls()).toEqual(['deployments', 'events', 'pods', 'services'])

  // 3. To the end.
  writeFileSync(at('kubectl-calls'), '')
  rmSync(at('hold'))
  process = await start()
  const name = await until(async () => {
    const { items } = await get('/investigations')
    return items[0]?.completedAt ? (items[0].name as string) : null
  }, 60_000)
  await until(() => delivered.length > 0)
  const detail = InvestigationDetail.parse(await get(`/investigations/default/${name}`))
  expect(vendor.requests.map(({ body }) => answersIn(body))).toEqual([0, 1, 1, 2])
  // The call that was at work is made again; the one beside it that was recorded is not.
  expect(kubectlCalls()).toEqual(['events'])
  expect(detail).toMatchObject({ phase: 'Succeeded', reason: 'Complete', attempt: 1 })
  expect(detail.result).toMatchObject({ added: 'Only LEDGER_HOST differs.', incomplete: [] })
  // Counted once: three answers and four calls.
  expect(detail.result!.usage).toMatchObject({ modelCalls: 3, toolCalls: 4, inputTokens: 3_000 })
  expect(detail.deliveries).toMatchObject([{ sink: 'default/chat', status: 'delivered', tries: 1 }])
  await kill(process)

  // And a process that starts after the end does nothing more.
  await start()
  const { items } = await get(`/investigations/default/${name}/events`)
  const steps = (items as TimelineEvent[]).filter(({ step, type }) => step === 'ask' && type.startsWith('step-'))
  expect(steps.map(({ type }) => type)).toEqual(['step-started', 'step-restarted', 'step-restarted', 'step-succeeded'])
  expect(vendor.requests).toHaveLength(4)
  expect(delivered).toHaveLength(1)
}, 240_000)
