import { openReviews, type KubeUser } from '#cluster'
import { byCluster, byOwnToken, type Authenticate } from '#server'
import type { ServerConfig } from './config.ts'

export interface Callers {
  ways: readonly Authenticate[]
  /** Whose token of the cluster, made for Inquest, a sender of alerts shows; null: nobody's. */
  whoIs(token: string): Promise<KubeUser | null>
  close(): Promise<void>
}

/** Who may use the API: who has the server's own token, and for an operator whom its cluster knows and lets see Investigations. */
export async function openCallers(
  token: string,
  { manifests, kubeconfig, context }: Pick<ServerConfig, 'manifests' | 'kubeconfig' | 'context'>,
): Promise<Callers> {
  const own = byOwnToken(token)
  if (manifests !== undefined) return { ways: [own], whoIs: async () => null, close: async () => undefined }
  const reviews = await openReviews({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  return {
    ways: [own, byCluster(reviews)],
    whoIs: (token) => reviews.whoIs(token, { onlyForInquest: true }),
    close: () => reviews.close(),
  }
}
