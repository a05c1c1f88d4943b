import type { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import { newId } from '#kit/ids'
import { silentLogger } from '#kit/log'
import { createRegistry, type MemoryRegistry } from '#kinds/registry'
import type { Diagnosis } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import type { Source } from '#kinds/source'
import type { Workflow } from '#kinds/workflow'
import type { ClusterReader } from '#cluster'
import type { Diagnose } from '#diagnosis'
import type { Delivery, Receipt } from '#sinks'
import { createStore, openDatabase, type Database, type Investigation, type Runs, type Store, type StoredDelivery } from '#store'
import { startEngine, type Engine, type EngineOptions, type InvestigationRequest, type Limits } from '#workflow'
import { DIAGNOSIS, until } from './engine-process.ts'
import { freshDatabase } from './postgres.ts'

/** What the sinks of a test do: by default they accept. */
export type Deliver = (delivery: Delivery, sink: string, signal: AbortSignal) => Promise<Receipt> | Receipt

/** An engine in this process on a database of its own, with a cluster and sinks in the test's hands. One a test file: DBOS is a singleton. */
export interface EngineHere {
  engine: Engine
  store: Store
  registry: MemoryRegistry
  runs: Runs
  pool: Pool
  /** Called for every diagnose step. */
  diagnose: Diagnose
  /** For how long the cluster has been silent. */
  silentMs: number
  /** For agent steps; by default there is no model and no tool. */
  agents: EngineOptions['agents']
  /** For kubectl steps; by default there is none. */
  openKubectl: EngineOptions['openKubectl']
  /** For run steps; by default nothing runs. */
  runners: EngineOptions['runners']
  deliver: Deliver
  delivered: { sink: string; delivery: Delivery }[]
  readers: { namespace: string; serviceAccount: string; closed: boolean }[]
  /** Puts a Workflow (and Sinks) into the registry under a new name. */
  workflow(spec: Workflow['spec'], sinks?: Readonly<Record<string, Partial<Sink['spec']>>>): string
  /** The Source `shop/alerts` starts this Workflow. */
  source(workflow: string): void
  /** Runs a Workflow to its end. */
  investigate(workflow: string, request?: Partial<InvestigationRequest>): Promise<Investigation>
  ended(id: string): Promise<Investigation>
  /** Waits until no delivery of the investigation is under way. */
  settled(id: string): Promise<StoredDelivery[]>
}

const API = 'inquest.dev/v1alpha1' as const
/** An engine that has no model and no tools. */
export const NO_AGENTS: EngineOptions['agents'] = {
  models: async () => [],
  tools: async () => ({ tools: [], unavailable: [], about: null, close: async () => undefined }),
}
/** One whose run steps reach nothing. */
const NO_RUNNERS: EngineOptions['runners'] = {
  async jobs() {
    throw new InputError('there is no cluster')
  },
  allowedCommands: [],
  secret: async () => '',
}
export const RECEIPT: Receipt = { url: null, data: {} }
export const ALERT = { labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', deployment: 'payments' } }

export function engineHere(limits: Partial<Limits> = {}, through = async (url: string): Promise<string> => url): () => EngineHere {
  let here: EngineHere | undefined
  let database: Database
  let fresh: { url: string; drop(): Promise<void> }
  beforeAll(async () => {
    fresh = await freshDatabase()
    database = await openDatabase({ url: await through(fresh.url) })
    here = await start(database, { sweepMs: 50, queuePollMs: 20, heartbeatMs: 1_000, leaseMs: 10_000, deliveryRetryMs: 1, ...limits })
  })
  afterAll(async () => {
    await here?.engine.drain(0)
    await database.close()
    await fresh.drop()
  })
  return () => here!
}

async function start(database: Database, limits: Partial<Limits>): Promise<EngineHere> {
  const store = createStore(database)
  const { runs, artifacts } = store
  const registry = createRegistry(async () => undefined)
  const workflows: Workflow[] = []
  const sinks: Sink[] = []
  let sources: Source[] = []
  const fill = (): void => registry.replace({ sources, workflows, sinks })
  const ended = (id: string): Promise<Investigation> =>
    until('the end', async () => {
      // Tests break connections: a look that fails is no news.
      const row = await runs.getInvestigation(id).catch(() => null)
      return row?.completedAt ? row : null
    })
  const here: EngineHere = {
    store,
    registry,
    runs,
    pool: database.pool,
    diagnose: async () => DIAGNOSIS,
    silentMs: 0,
    agents: NO_AGENTS,
    openKubectl: async () => ({ why: 'there is no kubectl here' }),
    runners: NO_RUNNERS,
    deliver: () => RECEIPT,
    delivered: [],
    readers: [],
    workflow(spec, named = { chat: {} }) {
      const name = `workflow-${workflows.length}`
      workflows.push({ apiVersion: API, kind: 'Workflow', metadata: { name, namespace: 'shop', generation: 3 }, spec })
      for (const [sink, more] of Object.entries(named)) {
        const before = sinks.findIndex((one) => one.metadata.name === sink)
        if (before >= 0) sinks.splice(before, 1)
        sinks.push({
          apiVersion: API,
          kind: 'Sink',
          metadata: { name: sink, namespace: 'shop', generation: 1 },
          spec: { stdout: {}, ...more },
        })
      }
      fill()
      return name
    },
    source(workflow) {
      const spec: Source['spec'] = { alertmanager: {}, auth: { none: {} }, workflowRef: { name: workflow }, params: { team: 'payments' } }
      sources = [{ apiVersion: API, kind: 'Source', metadata: { name: 'alerts', namespace: 'shop' }, spec }]
      fill()
    },
    async investigate(workflow, request = {}) {
      const { id } = await here.engine.investigate({ namespace: 'shop', workflow, alert: ALERT, ...request })
      return ended(id)
    },
    ended,
    settled: (id) =>
      until('the deliveries', async () => {
        const deliveries = await runs.listDeliveries(id).catch(() => null)
        return deliveries?.every(({ status }) => status !== 'intended') ? deliveries : null
      }),
    engine: undefined as unknown as Engine,
  }
  here.engine = await startEngine({
    database,
    runs,
    artifacts,
    runners: {
      jobs: (...as) => here.runners.jobs(...as),
      get allowedCommands() {
        return here.runners.allowedCommands
      },
      secret: (...ref) => here.runners.secret(...ref),
    },
    agents: {
      models: (...wanted) => here.agents.models(...wanted),
      tools: (...wanted) => here.agents.tools(...wanted),
    },
    openKubectl: (request) => here.openKubectl(request),
    registry,
    silentMs: () => here.silentMs,
    diagnose: (reader, request, options): Promise<Diagnosis> => here.diagnose(reader, request, options),
    async openReader(namespace, serviceAccount) {
      const opened = { namespace, serviceAccount, closed: false }
      here.readers.push(opened)
      return {
        title: 'test',
        list: async () => [],
        get: async () => null,
        logs: async () => null,
        now: async () => new Date(),
        types: async () => [],
        oddities: [],
        close: async () => void (opened.closed = true),
      } as ClusterReader
    },
    makeSink: (sink) => ({
      dedupes: sink.spec.webhook !== undefined,
      async deliver(delivery, signal) {
        const receipt = await here.deliver(delivery, sink.metadata.name, signal)
        here.delivered.push({ sink: sink.metadata.name, delivery })
        return receipt
      },
    }),
    link: ({ name }) => `https://inquest.example/${name}`,
    clock: systemClock,
    log: silentLogger,
    executorId: newId(),
    hostname: 'test',
    limits,
    onFatal(error) {
      throw error
    },
  })
  return here
}
