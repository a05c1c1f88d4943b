import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { newId } from '#kit/ids'
import type { Snapshot } from '#kinds/registry'
import type { Diagnosis } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'
import { createStore, type Database, type Investigation, type TimelineView } from '#store'
import type { EngineProcessConfig } from './fixtures/engine.ts'

/** Short times, so that a death is noticed in a second. */
export const FAST = { heartbeatMs: 200, leaseMs: 1_000, sweepMs: 150, queuePollMs: 50, deliveryRetryMs: 100 }

export interface Call {
  path: string
  headers: IncomingHttpHeaders
  body: any
}

/** What the world answers to a call; a promise that never settles leaves it hanging. */
export type Answer = { status: number; body: unknown }

/** The cluster and the sinks' targets of engine processes, in the test's hands. */
export interface World {
  url: string
  calls: Call[]
  /** How calls are answered; by default every diagnosis finds the same cause and every message arrives. */
  answer: (call: Call, response: ServerResponse) => Answer | Promise<Answer>
  of(path: string): Call[]
  /** Its engine processes; `close` kills them. */
  children: ChildProcess[]
  close(): Promise<void>
}

export const DIAGNOSIS: Diagnosis = {
  target: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' },
  healthy: false,
  rootCause: {
    id: 'c1',
    by: 'diagnosis',
    rule: 'crash-loop',
    summary: 'payments exits at once',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' },
    field: null,
    confidence: 0.9,
    explains: [],
    cites: [],
  },
  alternatives: [],
  problems: [],
  findings: [],
  recommendations: [],
  incomplete: [],
}

export const usual = (call: Call): Answer =>
  call.path === '/diagnose'
    ? { status: 200, body: DIAGNOSIS }
    : { status: 200, body: { url: null, data: { id: String(call.headers['idempotency-key']).slice(0, 8) } } }

export async function startWorld(): Promise<World> {
  const world: World = {
    url: '',
    calls: [],
    answer: usual,
    of: (path) => world.calls.filter((call) => call.path.startsWith(path)),
    children: [],
    close: async () => {},
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const call = { path: request.url!, headers: request.headers, body: JSON.parse(text) }
    world.calls.push(call)
    const { status, body } = await world.answer(call, response)
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  world.close = async () => {
    for (const child of world.children) child.kill('SIGKILL')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return world
}

export interface EngineProcess {
  child: ChildProcess
  stderr(): string
  kill(signal: NodeJS.Signals): Promise<void>
  /** Resolves with the exit code (null: killed). */
  ended: Promise<number | null>
}

/** Starts a process and waits until its engine runs. */
export async function spawnEngine(world: World, given: Omit<EngineProcessConfig, 'world'>): Promise<EngineProcess> {
  const config: EngineProcessConfig = { ...given, world: world.url }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/engine.ts')], {
    env: { ...process.env, ENGINE_PROCESS: JSON.stringify(config) },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  world.children.push(child)
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
    if (process.env['ENGINE_LOG']) process.stderr.write(chunk)
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const ready = once(child.stdout, 'data')
  const died = ended.then((code) => {
    throw new Error(`the engine process ended with ${code} before it was ready: ${errors}`)
  })
  died.catch(() => undefined)
  await Promise.race([ready, died])
  return {
    child,
    stderr: () => errors,
    ended,
    async kill(signal) {
      child.kill(signal)
      if (signal === 'SIGKILL') await ended
    },
  }
}

const metadata = (name: string) => ({ name, namespace: 'shop', generation: 1 })

/** A Source, a Workflow and the Sinks it names. */
export function objects(spec: Workflow['spec'], sinks: readonly string[] = ['chat']): Snapshot {
  const source: Source = {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Source',
    metadata: metadata('alerts'),
    spec: { alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'look' } },
  }
  const workflow: Workflow = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Workflow', metadata: metadata('look'), spec }
  return {
    sources: [source],
    workflows: [workflow],
    sinks: sinks.map((name): Sink => ({
      apiVersion: 'inquest.dev/v1alpha1',
      kind: 'Sink',
      metadata: metadata(name),
      spec: { stdout: {} },
    })),
  }
}

/** An incident whose window has ended, as the intake leaves it. */
export async function insertIncident(pool: Pool, title = 'KubePodCrashLooping', ageMs = 0): Promise<string> {
  const id = newId()
  await pool.query(
    `with incident as (
       insert into incidents (id, source, key, labels, title, status, opened_at, investigate_at)
       values ($1, 'shop/alerts', $2, '{}', $3, 'open', now() - $6 * interval '1 ms', now()) returning id
     )
     insert into episodes (id, source, fingerprint, incident_id, labels, annotations, starts_at, starts_at_text)
     select $4, 'shop/alerts', $2, id, $5, '{}', now(), '2026-08-01T10:00:00Z' from incident`,
    [id, id, title, newId(), JSON.stringify({ alertname: title, namespace: 'shop', deployment: 'payments' }), ageMs],
  )
  return id
}

/** The investigations of an incident, oldest first. */
export async function investigationsOf(database: Pick<Database, 'pool'>, incident: string): Promise<Investigation[]> {
  const { rows } = await database.pool.query('select id from investigations where incident_id = $1 order by id', [incident])
  const { runs } = createStore(database as Database)
  return Promise.all(rows.map(async ({ id }) => (await runs.getInvestigation(id))!))
}

/** The whole timeline of an investigation. */
export const timelineOf = (database: Pick<Database, 'pool'>, investigation: string): Promise<TimelineView[]> =>
  createStore(database as Database).views.timeline(investigation, 0, 1_000)

/** Waits until `look` gives something; the bound only keeps a broken test from hanging. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  ms = 60_000,
): Promise<T> {
  for (let waited = 0; waited < ms; waited += 10) {
    const found = await look()
    if (found) return found
    await sleep(10)
  }
  throw new Error(`waited ${ms} ms in vain for: ${what}`)
}
