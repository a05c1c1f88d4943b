import { openReviews } from '#cluster'
import { byCluster, byOwnToken, type Authenticate } from '#server'
import type { ServerConfig } from './config.ts'

/** Who may use the API: who has the server's own token, and for an operator whom its cluster knows and lets see Investigations. */
export async function openCallers(
  token: string,
  { manifests, kubeconfig, context }: Pick<ServerConfig, 'manifests' | 'kubeconfig' | 'context'>,
): Promise<{ ways: readonly Authenticate[]; close(): Promise<void> }> {
  const own = byOwnToken(token)
  if (manifests !== undefined) return { ways: [own], close: async () => undefined }
  const reviews = await openReviews({ ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) })
  return { ways: [own, byCluster(reviews)], close: () => reviews.close() }
}
