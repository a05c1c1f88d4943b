import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import type { Visitor } from '#cluster'
import { errorText, InputError } from '#kit/errors'
import { createHttpClient } from '#kit/http'
import { ApiError, tokenPath, TOKEN_HEADER } from '#server'
import { ServerConfig } from './config.ts'
import type { Io } from './io.ts'

export interface ApiOptions {
  server?: string
  token?: string
  dataDir?: string
  kubeconfig?: string
  context?: string
  inquestNamespace?: string
  /** NAMESPACE/NAME */
  serviceAccount?: string
}

export interface ApiClient {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  text(path: string): Promise<string>
}

/** One GET below /api/v1, whatever its status. */
type Ask = (path: string) => Promise<{ status: number; body: string }>

/**
 * A client of a running server. With a context (or a kubeconfig): the Inquest of that cluster, through its API server, as the
 * kubeconfig's user. Else by `--server`, INQUEST_SERVER, or the default listener of this machine, with a token that is given or
 * read from the data folder. `--server` with a context: that address, as the kubeconfig's user.
 */
export async function apiClient(options: ApiOptions, io: Io): Promise<ApiClient> {
  const byKubeconfig = options.context ?? options.kubeconfig ?? options.serviceAccount
  if (byKubeconfig !== undefined && options.token !== undefined)
    throw new InputError('--token and a kubeconfig exclude each other', { field: '--token', remedy: 'Drop one of them.' })
  if (byKubeconfig !== undefined) return clientOfVisitor(await openVisitorOf(options), options, io)
  return clientOf(askAt(addressOf(options, io), async () => ownToken(options, io), io))
}

/** As the kubeconfig's user: through the API server, or at the address that is given. */
export function clientOfVisitor(visitor: Visitor, options: ApiOptions, io: Io): ApiClient {
  const address = options.server ?? io.env['INQUEST_SERVER']
  if (address === undefined) return clientOf(askThrough(visitor, options, io))
  refuseToShout(address, options)
  return clientOf(askAt(trimmed(address), () => visitor.token(), io))
}

/** The kubeconfig's user on the way to Inquest. */
export async function openVisitorOf({ kubeconfig, context, serviceAccount }: ApiOptions): Promise<Visitor> {
  const [namespace = '', name = '', ...rest] = serviceAccount?.split('/') ?? []
  if (serviceAccount !== undefined && (!namespace || !name || rest.length > 0))
    throw new InputError(`"${serviceAccount}" is not NAMESPACE/NAME`, {
      field: '--service-account',
      remedy: 'Write it like inquest/inquest-viewer.',
    })
  // Loaded here only: most commands reach a server without a cluster.
  const { openVisitor } = await import('#cluster')
  return openVisitor({
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(context ? { context } : {}),
    ...(serviceAccount === undefined ? {} : { account: { namespace, name } }),
  })
}

function askThrough(visitor: Visitor, { inquestNamespace }: ApiOptions, io: Io): Ask {
  const namespace = inquestNamespace ?? io.env['INQUEST_NAMESPACE'] ?? 'inquest'
  return async (path) => {
    const headers = { [TOKEN_HEADER]: `Bearer ${await visitor.token()}` }
    return visitor.get({ namespace, name: 'inquest-api', port: 'api' }, `/api/v1${path}`, headers, io.signal)
  }
}

function askAt(base: string, token: () => Promise<string>, io: Io): Ask {
  const http = createHttpClient({ profile: 'configured' })
  return async (path) => {
    const headers = { authorization: `Bearer ${await token()}` }
    try {
      const { status, text } = await http.request({ url: `${base}/api/v1${path}`, method: 'GET', headers, signal: io.signal })
      return { status, body: text }
    } catch (error) {
      throw new InputError(`cannot reach the server at ${base} (${errorText(error)})`, {
        field: '--server',
        remedy: 'Start it with `inquest serve`, or say where its API is with --server or INQUEST_SERVER.',
      })
    }
  }
}

function clientOf(ask: Ask): ApiClient {
  const text = async (path: string): Promise<string> => {
    const { status, body } = await ask(path)
    if (status === 200) return body
    const said = ApiError.safeParse(jsonOf(body)).data
    throw new InputError(said?.error ?? `the server answered ${status}`, said?.remedy === undefined ? {} : { remedy: said.remedy })
  }
  return { text, get: async (path, schema) => schema.parse(JSON.parse(await text(path))) }
}

/** What is between us and the server (an Ingress, a proxy) may answer in HTML. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const trimmed = (url: string): string => url.replace(/\/$/, '')
const addressOf = (options: ApiOptions, io: Io): string => trimmed(options.server ?? io.env['INQUEST_SERVER'] ?? 'http://127.0.0.1:8081')

/** A user's own token opens the whole cluster: it does not travel where others listen. */
function refuseToShout(address: string, { serviceAccount }: ApiOptions): void {
  const url = URL.parse(address)
  const isPrivate = url?.protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '')
  if (isPrivate || serviceAccount !== undefined) return
  throw new InputError(`the kubeconfig's own token is not sent to ${address} in the clear`, {
    field: '--server',
    remedy: 'Use https, a port-forward to 127.0.0.1, or --service-account NAMESPACE/NAME for a token that only Inquest takes.',
  })
}

function ownToken(options: ApiOptions, io: Io): string {
  const given = options.token ?? io.env['INQUEST_TOKEN']
  if (given !== undefined) return given
  const path = tokenPath(options.dataDir ?? io.env['INQUEST_DATA_DIR'] ?? ServerConfig.shape.dataDir.parse(undefined))
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new InputError(`there is no token at ${path}`, {
      field: '--token',
      remedy: "Give the server's data folder with --data-dir, its token with --token or INQUEST_TOKEN, or a cluster with --context.",
    })
  }
}
