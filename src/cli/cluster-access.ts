import { openBundle, openLiveCluster, serveBundle, type BundleReader, type ClusterReader, type ServedBundle } from '#cluster'
import { systemClock } from '#kit/clock'

/** The cluster that is looked at, live or recorded, for the diagnosis and for kubectl. */
export interface ClusterAccess {
  openReader(): Promise<ClusterReader>
  /** What kubectl needs to see the same. */
  openHands(): Promise<Hands>
  close(): Promise<void>
}

export interface Hands {
  kubeconfig(): Promise<string>
  /** The cluster's clock. */
  now(): Date
  /** null: it runs. */
  recordedAt: Date | null
  close(): Promise<void>
}

type Where = { bundle?: string | undefined; kubeconfig?: string | undefined; context?: string | undefined }

/** A bundle is loaded once, and served to kubectl when somebody first wants that; a live cluster is opened for each look. */
export async function accessCluster({ bundle: path, kubeconfig, context }: Where): Promise<ClusterAccess> {
  if (path !== undefined) return bundleAccess(await openBundle(path))
  const open = () => openLiveCluster({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  return {
    openReader: open,
    async openHands() {
      const reader = await open()
      return { kubeconfig: () => reader.kubeconfig(), now: () => systemClock.now(), recordedAt: null, close: () => reader.close() }
    },
    close: async () => undefined,
  }
}

function bundleAccess(bundle: BundleReader): ClusterAccess {
  let served: Promise<ServedBundle> | undefined
  return {
    openReader: async () => ({ ...bundle, close: async () => undefined }),
    async openHands() {
      const { kubeconfig } = await (served ??= serveBundle(bundle))
      const at = await bundle.now()
      return { kubeconfig: async () => kubeconfig, now: () => at, recordedAt: at, close: async () => undefined }
    },
    async close() {
      await (await served)?.close()
      await bundle.close()
    },
  }
}
