import { openClusterClient, type ClusterClient } from '#cluster'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'
import type { Logger } from '#kit/log'
import { everyMs } from '#kit/loop'
import type { Surroundings } from '#kinds/acceptance'
import { feedFromApi, feedFromFolder, standForLeader, type Feed, type Leader } from '#operator'
import type { Leases } from '#store'
import type { ClusterAccess } from './cluster-access.ts'
import type { ServerConfig } from './config.ts'

/** What fills the registry, and in a cluster what else its operator needs. */
export interface OpenFeed {
  feed: Feed
  /** Which process does what must be done once. */
  leader: Leader
  /** null: the manifests come from a folder, and nothing is written to any cluster. */
  operator: Operator | null
  close(): Promise<void>
}

export interface Operator {
  client: ClusterClient
  leader: Leader
  /** Only these; empty: all. */
  namespaces: readonly string[]
  /** What keeps a Source from watching has changed. */
  judgeAgain(namespace: string, source: string): void
}

export interface FeedParts {
  cluster: ClusterAccess
  /** null: this process is alone with its database. */
  leases: Leases | null
  holder: string
  /** What keeps a Source from watching. */
  watchTrouble(namespace: string, name: string): string | null
  lent: Omit<Surroundings, 'trusted'>
  log: Logger
}

/** So long without an answer from the API server, a process leads no more; as long as a restart of one may take. */
const UNFIT_MS = 5_000
/** How often a silent API server is asked whether it is back: watches come back after up to half a minute. */
const PING_MS = 2_000

/** A folder must be good at once; a cluster may be away, and what comes from it comes later. */
export async function openFeed(config: ServerConfig, { cluster, leases, holder, watchTrouble, lent, log }: FeedParts): Promise<OpenFeed> {
  if (config.manifests !== undefined) {
    const feed = await feedFromFolder(config.manifests, { secretsDir: config.secretsDir ?? null, lent, log })
    const leader = await standForLeader({ leases, holder, log })
    return {
      feed,
      leader,
      operator: null,
      async close() {
        await feed.close()
        await leader.close()
      },
    }
  }
  const { kubeconfig, context, watchNamespaces: namespaces = [] } = config
  const client = await openClusterClient({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) }).catch(
    (error: unknown) => {
      if (!(error instanceof InputError)) throw error
      const remedy = `${error.remedy} To run without a cluster's manifests, give a folder with --manifests.`
      throw new InputError(`the manifests come from the cluster, and ${error.message}`, { field: error.field, remedy })
    },
  )
  const leader = await standForLeader({ leases, holder, log, isFit: () => client.silentMs() < UNFIT_MS })
  const stop = new AbortController()
  const pings = everyMs(PING_MS, 'asking whether the API server is back', log, async () => {
    if (client.silentMs() > 0) await client.ping(stop.signal).catch(() => undefined)
  })
  const identityProblem = (namespace: string, serviceAccountName: string, wants: { jobs: boolean }) =>
    cluster.problem({ namespace, serviceAccountName }, wants)
  const feed = feedFromApi({ client, namespaces, leader, lent, identityProblem, watchTrouble, clock: systemClock, log })
  return {
    feed,
    leader,
    operator: { client, leader, namespaces, judgeAgain: (namespace, source) => feed.judgeAgain('Source', namespace, source) },
    async close() {
      stop.abort()
      await pings.stop()
      await feed.close()
      await leader.close()
      await client.close()
    },
  }
}
