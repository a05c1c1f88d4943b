import { existsSync } from 'node:fs'
import { Agent as HttpAgent, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions, type RequestOptions as HttpsRequestOptions } from 'node:https'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { InputError, errorText } from '#kit/errors'
import { kubeconfigOf } from './kubeconfig.ts'

export interface CredentialOptions {
  /** Path of a kubeconfig. Default: `$KUBECONFIG`, else `~/.kube/config`, else the pod's own ServiceAccount. */
  kubeconfig?: string
  /** Name of a context; default: the current one. */
  context?: string
  /** true: the pod's own ServiceAccount and nothing else. */
  inCluster?: boolean
  /** Another identity than the context's own. */
  as?: Bearer
  /** Connections at the same time. Default 16. */
  maxSockets?: number
}

/** An identity by a token that is renewed (a ServiceAccount's, from TokenRequest). */
export interface Bearer {
  /** For people: `ServiceAccount shop/inquest-agent`. */
  who: string
  /** Asked for before each request. */
  token(): Promise<string>
  /** The server took the last one no more: the next must be new. */
  refused(): void
}

/** Where an API server is and how to be let in. */
export interface Credentials {
  /** `context prod-eu`, `this cluster`. */
  title: string
  /** The context's; `default` when it names none. */
  namespace: string
  server: URL
  /** What node's http(s).request needs: agent, TLS, `Authorization`. Renewed by whoever issues it (exec plugins, token files). */
  apply(): Promise<RequestOptions>
  /** The server answered 401: true when the next request brings another credential. */
  refused(): boolean
  /** The same as a kubeconfig that stands alone: no other file, no plugin. Tokens in it run out. */
  kubeconfig(): Promise<string>
  close(): void
}

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Loading client-node costs 0.4 s and 90 MB, which is why only this function does. */
export async function loadCredentials(options: CredentialOptions): Promise<Credentials> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  loadInto(config, options)
  const cluster = config.getCurrentCluster()
  if (!cluster?.server)
    throw new InputError(`the context ${config.getCurrentContext()} names no cluster that is defined`, { remedy: 'Mend the kubeconfig.' })
  const server = new URL(cluster.server)
  const inCluster = config.getCurrentContext() === 'inClusterContext'
  const agents = agentKeeper(options.maxSockets ?? 16)
  return {
    title: `${inCluster ? 'this cluster' : `context ${config.getCurrentContext()}`}${options.as ? ` as ${options.as.who}` : ''}`,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    server,
    async apply() {
      // As with kubectl, no credential travels over plain http (`kubectl proxy`, a served bundle).
      if (server.protocol === 'http:') return { agent: agents.plain() }
      const given: HttpsRequestOptions = {}
      await config.applyToHTTPSOptions(given)
      const { agent, auth, headers, ...tls } = given
      const own = cluster.proxyUrl && agent ? agent : agents.secure(tls)
      if (!options.as) return { agent: own, ...(auth && { auth }), headers: { ...(headers as Record<string, string>) } }
      // Another identity: neither the client certificate nor the headers of the context may come along.
      const { cert: _cert, key: _key, ...anonymous } = tls
      return {
        agent: cluster.proxyUrl && agent ? agent : agents.secure(anonymous),
        headers: { Authorization: `Bearer ${await options.as.token()}` },
      }
    },
    refused() {
      options.as?.refused()
      return options.as !== undefined
    },
    async kubeconfig() {
      const given: HttpsRequestOptions = {}
      if (server.protocol === 'https:') await config.applyToHTTPSOptions(given)
      return kubeconfigOf(cluster, given, await options.as?.token())
    },
    close: () => agents.close(),
  }
}

function loadInto(config: KubeConfig, { kubeconfig, context, inCluster }: CredentialOptions): void {
  const named = process.env['KUBECONFIG']
  if (inCluster || (!kubeconfig && !named && !existsSync(join(homedir(), '.kube', 'config')))) {
    if (!existsSync(SERVICE_ACCOUNT_TOKEN)) {
      throw new InputError(inCluster ? 'this process does not run in a cluster' : 'there is no kubeconfig', {
        remedy: 'Name one with --kubeconfig, or set KUBECONFIG; to look at a recorded cluster use --bundle.',
      })
    }
    config.loadFromCluster()
    return
  }
  try {
    if (kubeconfig) config.loadFromFile(kubeconfig)
    else config.loadFromDefault()
  } catch (error) {
    throw new InputError(`cannot read the kubeconfig ${kubeconfig ?? named ?? '~/.kube/config'}: ${errorText(error)}`, {
      remedy: 'Mend it, or name another.',
    })
  }
  const names = config.getContexts().map(({ name }) => name)
  const chosen = context ?? config.getCurrentContext()
  if (!chosen || !names.includes(chosen)) {
    const known = names.length > 0 ? `Choose one of: ${names.slice(0, 20).join(', ')}.` : 'The kubeconfig has none.'
    throw new InputError(chosen ? `there is no context ${chosen}` : 'no context is chosen', { field: 'context', remedy: known })
  }
  config.setCurrentContext(chosen)
}

/** One agent that keeps its connections, made anew only when the TLS credentials change (an exec plugin that renews certificates). */
function agentKeeper(maxSockets: number) {
  let secure: { agent: HttpsAgent; key: string } | null = null
  let plain: HttpAgent | null = null
  return {
    plain: (): HttpAgent => (plain ??= new HttpAgent({ keepAlive: true, maxSockets })),
    secure(tls: HttpsRequestOptions): HttpsAgent {
      const key = JSON.stringify(
        [tls.ca, tls.cert, tls.key, tls.servername, tls.rejectUnauthorized].map((part) => part?.toString() ?? null),
      )
      if (secure?.key !== key) {
        secure?.agent.destroy()
        secure = { agent: new HttpsAgent({ ...(tls as AgentOptions), keepAlive: true, maxSockets }), key }
      }
      return secure.agent
    },
    close() {
      secure?.agent.destroy()
      plain?.destroy()
    },
  }
}
