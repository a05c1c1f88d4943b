import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { createHttpClient } from '#kit/http'
import { createLogger } from '#kit/log'
import { InvestigationSummary, List } from '#server'
import { apiClient, type ApiClient } from './api-client.ts'
import { ServerConfig } from './config.ts'
import { startReceiver } from './demo-receiver.ts'
import type { Io } from './io.ts'
import type { AgentConfig } from './model-config.ts'
import { createProgress } from './progress.ts'
import { watchInvestigation } from './show-investigation.ts'
import { startServer } from './start-server.ts'

const FIND_MS = 30_000

/** A file of the checkout, or of the built package, which has the same layout. */
const asset = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** `--model scripted`, short for the conversation that was written for this cluster. */
const SHIPPED = 'examples/scripted/checkout.conversation.yaml'

/**
 * `inquest demo`: the real server on the embedded database, a recorded broken cluster, and one alert as Alertmanager sends it.
 * Nothing is staged: the answer is found while it runs. With a model an agent goes on from there; a scripted one only plays
 * the model's part, what it asks of kubectl is really done.
 */
export async function demo(options: { keep?: boolean } & AgentConfig, io: Io): Promise<void> {
  const { keep, ...agent } = options
  const model = agent.model === 'scripted' ? `scripted/${asset(SHIPPED)}` : agent.model
  const progress = createProgress(io)
  const { colour } = progress
  const say = (text: string): void => progress.line(text)
  const folder = mkdtempSync(join(tmpdir(), 'inquest-demo-'))
  const token = 'demo-webhook-token'
  const receiver = await startReceiver()
  try {
    const secrets = { 'alertmanager-webhook/token': token, 'chat/url': receiver.url, 'chat/signing-key': 'demo-signing-key' }
    for (const [path, value] of Object.entries(secrets)) {
      const file = join(folder, 'secrets', 'shop', path)
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, value, { mode: 0o600 })
    }
    say(colour.bold('A shop, recorded while it was broken. An alert says that checkout lacks replicas.'))
    if (model)
      say(model.startsWith('scripted/') ? 'A scripted conversation plays the model: none is asked.' : `Then ${model} looks further.`)
    progress.status('starting Inquest on the embedded database')
    const config = ServerConfig.parse({
      ...agent,
      model,
      manifests: asset(model ? 'examples/demo-agent' : 'examples/demo'),
      secretsDir: join(folder, 'secrets'),
      dataDir: join(folder, 'data'),
      bundle: asset('scenarios/checkout-rollout/bundle.tgz'),
      webhookListen: '127.0.0.1:0',
      apiListen: '127.0.0.1:0',
      logLevel: 'warn',
    })
    const server = await startServer(config, {
      log: createLogger(config.logLevel),
      env: io.env,
      write: io.out,
      onFatal: (error) => say(colour.red(error.message)),
    })
    try {
      const url = `${server.webhookUrl}/webhooks/shop/alertmanager`
      const http = createHttpClient({ profile: 'configured' })
      const posted = await http.request({
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: readFileSync(asset('scenarios/checkout-rollout/alert.json'), 'utf8'),
        signal: io.signal,
      })
      await http.close()
      if (posted.status !== 200) throw new Error(`the webhook answered ${posted.status}: ${posted.text}`)
      say(`${colour.dim('alert')}     POST ${url} → ${posted.status}`)
      progress.status("waiting for the incident's window to end")
      const client = await apiClient({ server: server.apiUrl, token: server.token }, io)
      const path = await findInvestigation(client, io)
      progress.done()
      await watchInvestigation(client, path, 'text', io)
      const delivery = await receiver.first(FIND_MS)
      say(
        `\n${colour.dim('delivered')} to Sink shop/chat: POST ${receiver.url}, ${delivery.bytes} bytes, Idempotency-Key ${delivery.key.slice(0, 12)}…, signature ${delivery.signed ? 'given' : 'missing'}`,
      )
      if (!model) say(colour.dim('With a model: inquest demo --model anthropic/claude-sonnet-5; --model scripted needs no key.'))
      if (keep) await keepServing(server, folder, io)
    } finally {
      progress.done()
      await server.stop()
    }
  } finally {
    progress.done()
    await receiver.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function findInvestigation(client: ApiClient, io: Io): Promise<string> {
  for (let waited = 0; waited < FIND_MS; waited += 100) {
    const { items } = await client.get('/investigations', List(InvestigationSummary))
    const [newest] = items
    if (newest) return `/investigations/${newest.namespace}/${newest.name}`
    await sleep(100, undefined, { signal: io.signal })
  }
  throw new Error(`no investigation was started within ${FIND_MS / 1_000} s`)
}

async function keepServing(server: { webhookUrl: string; apiUrl: string }, folder: string, io: Io): Promise<void> {
  io.err(`
Still serving, until Ctrl-C:
  alerts   ${server.webhookUrl}/webhooks/shop/alertmanager
  API      ${server.apiUrl}
  look     inquest get investigations --server ${server.apiUrl} --data-dir ${join(folder, 'data')}
`)
  await new Promise<void>((resolve) =>
    io.signal.aborted ? resolve() : io.signal.addEventListener('abort', () => resolve(), { once: true }),
  )
}
