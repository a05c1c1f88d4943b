import { hostname } from 'node:os'
import { diagnose } from '#diagnosis'
import { systemClock } from '#kit/clock'
import { parseDuration } from '#kit/duration'
import { errorText } from '#kit/errors'
import { createHttpClient } from '#kit/http'
import { newId } from '#kit/ids'
import type { Logger } from '#kit/log'
import { startProjection } from '#operator'
import { apiApp, createMetrics, ensureToken, listen, webhookApp } from '#server'
import { makeSink } from '#sinks'
import { createWebhookReceiver, startWatches, type Watches } from '#sources'
import { createStore, openDatabase } from '#store'
import { DEFAULT_SERVICE_ACCOUNT, startEngine } from '#workflow'
import { createAgents } from './agents.ts'
import { checkPrograms } from './allowed-programs.ts'
import { openCallers } from './callers.ts'
import { accessCluster, accessClusterByAccount } from './cluster-access.ts'
import type { ServerConfig } from './config.ts'
import { modelOf, ownKeys } from './model-config.ts'
import { openPrometheus, prometheusFor } from './prometheus.ts'
import { openFeed } from './open-feed.ts'

/** How long answers under way may take when the process ends. */
const LISTENER_CLOSE_MS = 5_000
const FORGET_EVERY_MS = 3_600_000

export interface RunningServer {
  webhookUrl: string
  apiUrl: string
  token: string
  /** Takes no new alerts, waits for the steps in flight, closes everything. What was not finished goes on at the next start. */
  stop(): Promise<void>
}

/**
 * Puts the server's parts together, in the order in which they need one another: database, cluster, manifests, engine, and
 * the listeners last, so that nothing is taken before it can be kept.
 */
export async function startServer(
  config: ServerConfig,
  parts: { log: Logger; env: NodeJS.ProcessEnv; write(text: string): void; onFatal(error: Error): void },
): Promise<RunningServer> {
  const { log } = parts
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed())
      await close().catch((error: unknown) => log.warn({ err: error }, 'a part did not close cleanly'))
  }
  try {
    checkPrograms(config.allowedCommands)
    const model = await modelOf(config, parts.env)
    const lent = {
      ownKeys: [...ownKeys(config, parts.env).keys()],
      defaultModel: model !== null,
      allowedCommands: config.allowedCommands,
      isRecorded: config.bundle !== undefined,
    }
    const token = ensureToken(config.dataDir)
    const database = await openDatabase(config.databaseUrl ? { url: config.databaseUrl } : { dataDir: config.dataDir })
    closers.push(() => database.close())
    const store = createStore(database)
    const executorId = newId()
    const cluster = config.manifests === undefined ? await accessClusterByAccount(config) : await accessCluster(config)
    closers.push(() => cluster.close())
    const leases = database.kind === 'postgres' ? store.leases : null
    let watches: Watches | null = null
    const watchTrouble = (namespace: string, name: string): string | null => watches?.trouble(namespace, name) ?? null
    const feeding = await openFeed(config, { cluster, leases, holder: executorId, watchTrouble, lent, log })
    closers.push(() => feeding.close())
    const { feed } = feeding
    const { registry } = feed
    // What a tenant wrote is not asked of the API server: a Sink's address, a model's.
    const way = { profile: 'configured', refuse: (await feeding.operator?.client.addresses()) ?? [] } as const
    const agents = createAgents({
      config,
      env: parts.env,
      cluster,
      model,
      way,
      secret: (namespace, ref) => registry.secret(namespace, ref),
    })
    closers.push(() => agents.close())
    const http = createHttpClient(way)
    closers.push(() => http.close())
    const { prometheus, close: closePrometheus } = openPrometheus(config)
    closers.push(closePrometheus)
    const link = ({ namespace, name }: { namespace: string; name: string }): string | null =>
      config.publicUrl ? `${config.publicUrl.replace(/\/$/, '')}/api/v1/investigations/${namespace}/${name}` : null
    const engine = await startEngine({
      database,
      runs: store.runs,
      artifacts: store.artifacts,
      registry,
      diagnose: async (reader, request, options) =>
        diagnose(reader, request, { ...options, prometheus: await prometheusFor(reader, prometheus) }),
      openReader: (namespace, serviceAccountName) => cluster.openReader({ namespace, serviceAccountName }),
      agents,
      openKubectl: (request) => agents.kubectl(request),
      runners: {
        jobs: (namespace, serviceAccountName) => cluster.openJobs({ namespace, serviceAccountName }),
        allowedCommands: config.allowedCommands,
        secret: (namespace, ref) => registry.secret(namespace, ref),
      },
      silentMs: () => feeding.operator?.client.silentMs() ?? 0,
      makeSink: (sink) =>
        makeSink(sink, {
          secret: (ref) => registry.secret(sink.metadata.namespace!, ref),
          http,
          clock: systemClock,
          log,
          write: parts.write,
        }),
      link,
      clock: systemClock,
      log,
      executorId,
      hostname: hostname(),
      limits: { concurrency: config.concurrency },
      onFatal: parts.onFatal,
    })
    closers.push(() => engine.drain(parseDuration(config.shutdownTimeout)))
    const { operator } = feeding
    const projection = operator
      ? startProjection({
          ...operator,
          projection: store.projection,
          registry,
          engine,
          link,
          instance: hostname(),
          clock: systemClock,
          log,
        })
      : null
    watches = startWatches({
      registry,
      leader: feeding.leader,
      store,
      openWatcher: (namespace, name = DEFAULT_SERVICE_ACCOUNT) => cluster.openWatcher({ namespace, serviceAccountName: name }),
      onTrouble: (namespace, name) => operator?.judgeAgain(namespace, name),
      onStored: () => engine.poke(),
      clock: systemClock,
      log,
    })
    // Before the engine drains: another replica goes on with what only the leader does.
    closers.push(async () => {
      await watches?.stop()
      await projection?.stop()
      await feeding.leader.close()
    })

    const forget = setInterval(() => {
      store
        .deleteOlderThan(parseDuration(config.retention))
        .catch((error: unknown) => log.warn({ err: error }, 'old incidents could not be deleted'))
    }, FORGET_EVERY_MS)
    closers.push(async () => clearInterval(forget))

    const ready = async (): Promise<{ ok: boolean; reason: string }> => {
      try {
        await database.pool.query('select 1')
        const { complete, troubles } = feed.state()
        const said = [complete ? 'ok' : 'the manifests have not been read yet', ...troubles, projection?.trouble() ?? []].flat()
        return { ok: complete, reason: said.join('; ') }
      } catch (error) {
        return { ok: false, reason: `the database does not answer: ${errorText(error)}` }
      }
    }
    const pollMs = database.kind === 'embedded' ? 500 : 250
    const metrics = createMetrics(() => store.views.counts())
    const callers = await openCallers(token, config)
    closers.push(() => callers.close())
    const api = apiApp({
      views: store.views,
      artifacts: store.artifacts,
      callers: callers.ways,
      ready,
      metrics,
      log,
      pollMs,
    })
    const receive = createWebhookReceiver({
      registry,
      store,
      whoIs: callers.whoIs,
      clock: systemClock,
      log,
      maxBodyBytes: config.maxBodyBytes,
      onStored: () => engine.poke(),
      start: (command) => engine.investigate(command),
    })
    const webhooks = webhookApp({ receive, views: store.views, pollMs, ready, maxBodyBytes: config.maxBodyBytes, metrics, log })
    const apiListener = await listen(api, config.apiListen, '--api-listen')
    closers.push(() => apiListener.close(LISTENER_CLOSE_MS))
    const webhookListener = await listen(webhooks, config.webhookListen, '--webhook-listen')
    closers.push(() => webhookListener.close(LISTENER_CLOSE_MS))
    return { webhookUrl: webhookListener.url, apiUrl: apiListener.url, token, stop: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}
