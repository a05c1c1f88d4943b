import {
  openBundle,
  openIdentities,
  openJobs,
  openLiveCluster,
  openWatcher,
  serveBundle,
  type BundleReader,
  type ClusterReader,
  type IdentityProblem,
  type Jobs,
  type LiveReader,
  type ServedBundle,
  type Watcher,
} from '#cluster'
import { systemClock } from '#kit/clock'
import { InputError } from '#kit/errors'

/** The ServiceAccount that an investigation looks and acts as. */
export interface Account {
  namespace: string
  serviceAccountName: string
}

/** The cluster that is looked at, live or recorded, for the diagnosis and for kubectl. */
export interface ClusterAccess {
  /** Whether each Workflow looks as its own account, and so may see no more than that. */
  byAccount: boolean
  /** `account`: whose eyes, where each Workflow has its own; else all look as the process does. */
  openReader(account?: Account): Promise<ClusterReader>
  /** What kubectl needs to see the same. */
  openHands(account?: Account): Promise<Hands>
  /** For what is followed and not looked at once. Throws an InputError where nothing changes, or when the account cannot be used. */
  openWatcher(account?: Account): Promise<Watcher>
  /** Hands for Jobs. Throws an InputError where nothing runs, or when the account cannot be used. */
  openJobs(account?: Account): Promise<Jobs>
  /** What stands in the way of looking as this account, and with `jobs` of running some; null: nothing. Throws a ReadError when that cannot be told. */
  problem(account: Account, wants?: { jobs: boolean }): Promise<IdentityProblem | null>
  close(): Promise<void>
}

export interface Hands {
  kubeconfig(): Promise<string>
  /** Of which namespace alone metrics may be seen; null: of all. */
  metricsNamespace: string | null
  /** The cluster's clock. */
  now(): Date
  /** null: it runs. */
  recordedAt: Date | null
  close(): Promise<void>
}

type Where = { bundle?: string | undefined; kubeconfig?: string | undefined; context?: string | undefined }

/** A bundle is loaded once, and served to kubectl when somebody first wants that; a live cluster is opened for each look, as who runs the process. */
export async function accessCluster({ bundle: path, kubeconfig, context }: Where): Promise<ClusterAccess> {
  if (path !== undefined) return bundleAccess(await openBundle(path))
  const open = () => openLiveCluster({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  return {
    byAccount: false,
    openReader: open,
    openHands: async () => handsOf(await open()),
    openWatcher: () => openWatcher({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) }),
    openJobs: () => openJobs({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) }),
    problem: async () => null,
    close: async () => undefined,
  }
}

/**
 * For Workflows that may be anyone's: each look is as the account that it names, and never as this process, which may more. A
 * recorded cluster has no accounts.
 */
export async function accessClusterByAccount(where: Where): Promise<ClusterAccess> {
  if (where.bundle !== undefined) return accessCluster(where)
  const { kubeconfig, context } = where
  const identities = await openIdentities({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  const open = async (account: Account | undefined): Promise<LiveReader> => {
    if (!account) throw new Error('a look at the cluster without a ServiceAccount')
    return identities.openReader(account.namespace, account.serviceAccountName)
  }
  return {
    byAccount: true,
    openReader: open,
    openHands: async (account) => handsOf(await open(account)),
    async openWatcher(account) {
      if (!account) throw new Error('a watch of the cluster without a ServiceAccount')
      return identities.openWatcher(account.namespace, account.serviceAccountName)
    },
    async openJobs(account) {
      if (!account) throw new Error('Jobs without a ServiceAccount')
      return identities.openJobs(account.namespace, account.serviceAccountName)
    },
    problem: ({ namespace, serviceAccountName }, wants) => identities.problem(namespace, serviceAccountName, wants),
    close: () => identities.close(),
  }
}

const handsOf = async (reader: LiveReader): Promise<Hands> => ({
  kubeconfig: () => reader.kubeconfig(),
  metricsNamespace: (await reader.metricsNamespace?.()) ?? null,
  now: () => systemClock.now(),
  recordedAt: null,
  close: () => reader.close(),
})

function bundleAccess(bundle: BundleReader): ClusterAccess {
  let served: Promise<ServedBundle> | undefined
  return {
    byAccount: false,
    openReader: async () => ({ ...bundle, close: async () => undefined }),
    async openHands() {
      const { kubeconfig } = await (served ??= serveBundle(bundle))
      const at = await bundle.now()
      return { kubeconfig: async () => kubeconfig, metricsNamespace: null, now: () => at, recordedAt: at, close: async () => undefined }
    },
    async openWatcher() {
      throw new InputError('a recorded cluster does not change', { field: '--bundle', remedy: 'Watch a live cluster.' })
    },
    async openJobs() {
      throw new InputError('a recorded cluster runs nothing', { field: '--bundle', remedy: 'Look at a live cluster.' })
    },
    problem: async () => null,
    async close() {
      await (await served)?.close()
      await bundle.close()
    },
  }
}
