import { hostname } from 'node:os'
import { openBundle, openLiveCluster, type ClusterReader } from '#cluster'
import { diagnose } from '#diagnosis'
import { systemClock } from '#kit/clock'
import { parseDuration } from '#kit/duration'
import { createHttpClient } from '#kit/http'
import { newId } from '#kit/ids'
import type { Logger } from '#kit/log'
import { createRegistry } from '#kinds/registry'
import { feedFromFolder } from '#operator'
import { apiApp, createMetrics, ensureToken, listen, webhookApp } from '#server'
import { makeSink } from '#sinks'
import { receiveWebhook } from '#sources'
import { createStore, openDatabase } from '#store'
import { startEngine } from '#workflow'
import type { ServerConfig } from './config.ts'
import { createViews } from './views.ts'

export interface RunningServer {
  webhookUrl: string
  apiUrl: string
  token: string
  /** Takes no new alerts, waits for the steps in flight, closes everything. What was not finished goes on at the next start. */
  stop(): Promise<void>
}

/**
 * Puts the server's parts together, in the order in which they need one another: database, manifests, cluster, engine, and
 * the listeners last, so that nothing is taken before it can be kept.
 */
export async function startServer(config: ServerConfig, parts: { log: Logger; write(text: string): void; onFatal(error: Error): void }): Promise<RunningServer> {
  const { log } = parts
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close().catch((error: unknown) => log.warn({ err: error }, 'a part did not close cleanly'))
  }
  try {
    const token = ensureToken(config.dataDir)
    const database = await openDatabase(config.databaseUrl ? { url: config.databaseUrl } : { dataDir: config.dataDir })
    closers.push(() => database.close())
    const store = createStore(database)
    const folder = await feedFromFolder(config.manifests, { secretsDir: config.secretsDir ?? null, log })
    closers.push(() => folder.close())
    const openReader = await clusterOf(config, closers)
    return { webhookUrl: '', apiUrl: '', token, stop: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** One reader for a bundle, loaded once; a live cluster is opened for each investigation. */
async function clusterOf(config: ServerConfig, closers: (() => Promise<void>)[]): Promise<() => Promise<ClusterReader>> {
  if (config.bundle === undefined) return () => openLiveCluster(config)
  const bundle = await openBundle(config.bundle)
  closers.push(() => bundle.close())
  return async () => ({ ...bundle, close: async () => undefined })
}
