import type { ModelChain, ModelFetch, ModelSpec } from '#agent'
import { systemClock } from '#kit/clock'
import { createHttpClient, type HttpClient } from '#kit/http'
import { errorText, InputError, inputErrorText } from '#kit/errors'
import type { GuardOptions } from '#kit/http-guard'
import type { SecretKeyRef } from '#kinds/meta'
import type { Provider } from '#kinds/model'
import { AGENT_TOOLS } from '#kinds/workflow'
import type { Agents, EngineOptions } from '#workflow'
import type { ClusterAccess } from './cluster-access.ts'
import { ownKeys, prometheusOf, type AgentConfig } from './model-config.ts'

export interface AgentParts {
  config: AgentConfig
  env: Readonly<Record<string, string | undefined>>
  cluster: ClusterAccess
  /** The server's own model, of `modelOf`. */
  model: ModelSpec | null
  /** Where a model's address, which a Workflow may name, may lead. */
  way: GuardOptions
  /** A Secret of a Workflow's namespace. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string>
}

/** Models and hands for agents, made when they are first needed: who asks no model does not load what asks one. */
export function createAgents({
  config,
  env,
  cluster,
  model: own,
  way: guard,
  secret,
}: AgentParts): Agents & { kubectl: EngineOptions['openKubectl']; close(): Promise<void> } {
  const prometheus = prometheusOf(config)
  const keys: ReadonlyMap<Provider, string> = ownKeys(config, env)
  let way: ModelFetch | undefined
  let http: HttpClient | undefined
  const program = { ...(config.kubectl ? { kubectlPath: config.kubectl } : {}), ...(env['PATH'] ? { searchPath: env['PATH'] } : {}) }
  return {
    async models(namespace, model): Promise<ModelChain> {
      const { chainOf, createModel, createModelFetch } = await import('#agent')
      way ??= createModelFetch(guard)
      if (model) return chainOf(model, { secret: (ref) => secret(namespace, ref), own: (provider) => keys.get(provider) }, way.fetch)
      return own ? [createModel(own, { fetch: way.fetch, field: '--model' })] : []
    },
    async tools({ namespace, serviceAccountName, wanted, alertStartsAt }, signal) {
      const { openTools } = await import('#agent')
      http ??= createHttpClient({ profile: 'configured' })
      // A cluster that cannot be reached costs kubectl, and not the investigation.
      const hands = await cluster
        .openHands({ namespace, serviceAccountName })
        .catch((error: unknown) => ({ why: error instanceof InputError ? inputErrorText(error) : errorText(error) }))
      const reached = 'why' in hands ? null : hands
      // Whose rights could not be told sees what is nearest.
      const metricsOf = reached ? reached.metricsNamespace : cluster.byAccount ? namespace : null
      const opened = await openTools(
        {
          wanted: wanted ?? AGENT_TOOLS.filter((name) => name !== 'promql' || prometheus !== null),
          kubectl: 'why' in hands ? hands : { ...program, kubeconfig: hands.kubeconfig },
          prometheus: prometheus && { ...prometheus, namespace: metricsOf },
          http,
          alertStartsAt,
          now: reached?.now ?? (() => systemClock.now()),
          recordedAt: reached?.recordedAt ?? null,
        },
        signal,
      )
      return { ...opened, close: async () => reached?.close() }
    },
    async kubectl({ namespace, serviceAccountName, timeoutMs, textChars }) {
      const { openKubectl } = await import('#agent')
      const hands = await cluster.openHands({ namespace, serviceAccountName })
      const opened = await openKubectl({ ...program, kubeconfig: hands.kubeconfig, limits: { timeoutMs, textChars } })
      if (!('why' in opened)) return { ...opened, close: () => hands.close() }
      await hands.close()
      return opened
    },
    async close() {
      await way?.close()
      await http?.close()
    },
  }
}
