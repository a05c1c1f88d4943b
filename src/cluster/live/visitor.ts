import { InputError } from '#kit/errors'
import { ReadError } from '../reader.ts'
import { failure, parse, statusIn } from './answer.ts'
import { createApi, type ApiAnswer, type ApiOptions } from './api.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'
import { AUDIENCE } from './reviews.ts'

/** A Service by the port's name. */
export interface ServicePort {
  namespace: string
  name: string
  port: string
}

/** A person on the way to Inquest, with a kubeconfig in hand. */
export interface Visitor {
  /** `context prod-eu`. */
  title: string
  /** The namespace of the context; `default` when it names none. */
  namespace: string
  /** Shows who this is to somebody who can ask the API server. Throws an InputError when there is nothing that could be shown. */
  token(): Promise<string>
  /**
   * GET at a Service, through the API server. `path` begins with `/`. What the API server itself refuses is thrown: an InputError
   * with the remedy, or a ReadError; the Service's own answer is returned, whatever its status.
   */
  get(service: ServicePort, path: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<ApiAnswer>
  close(): void
}

export interface VisitorOptions extends CredentialOptions, ApiOptions {
  /** Show a token of this ServiceAccount that is made for Inquest alone, instead of the kubeconfig's own. */
  account?: { namespace: string; name: string }
}

/**
 * The API server's service proxy lets a kubeconfig reach Inquest without another address, but takes `Authorization` off and tells
 * the Service nothing of who came (docs/decisions/0015). So the visitor shows a token in another header.
 */
export async function openVisitor({ account, ...options }: VisitorOptions): Promise<Visitor> {
  const credentials = await loadCredentials(options)
  const api = createApi(credentials, options)
  const { title } = credentials

  async function ownToken(): Promise<string> {
    const remedy = `Give --service-account NAMESPACE/NAME: ${title} then asks for a short-lived token of that account which only Inquest takes.`
    const { headers } = await credentials.apply()
    const given = headers as Record<string, string> | undefined
    if (given?.['Impersonate-User'])
      throw new InputError(`${title} acts as ${given['Impersonate-User']}, which its token does not show`, { field: 'context', remedy })
    const token = /^Bearer (\S+)$/.exec(given?.['Authorization'] ?? '')?.[1]
    if (!token) throw new InputError(`${title} has no token to show, but a certificate or a password`, { field: 'context', remedy })
    return token
  }

  async function tokenOf({ namespace, name }: { namespace: string; name: string }): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`
    const answer = await api.write({ method: 'POST', path, body: { spec: { audiences: [AUDIENCE], expirationSeconds: 600 } } })
    const asked = `create serviceaccounts/token of ${namespace}/${name}`
    if (answer.status === 404 || answer.status === 403)
      throw new InputError(`cannot ${asked}: ${statusIn(answer)?.message ?? answer.status}`, {
        field: '--service-account',
        remedy: 'Name an account that is there, and of which you may make tokens.',
      })
    return parse(answer, asked, title).status.token
  }

  let shown: { at: number; token: string } | undefined
  return {
    title,
    namespace: credentials.namespace,
    async token() {
      if (!account) return ownToken()
      // Of the ten minutes of its life, half.
      if (!shown || performance.now() - shown.at > 300_000) shown = { at: performance.now(), token: await tokenOf(account) }
      return shown.token
    },
    async get({ namespace, name, port }, path, headers, signal) {
      const proxy = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(`${name}:${port}`)}/proxy`
      const [pathname = '', search = ''] = path.split('?')
      const query = Object.fromEntries(new URLSearchParams(search))
      const answer = await api.get(proxy + pathname, query, 'application/json', signal, headers)
      // Inquest's own answers are no Status.
      const status = answer.status > 299 ? statusIn(answer) : null
      if (status?.kind !== 'Status') return answer
      const where = { field: '--inquest-namespace' }
      if (answer.status === 404) {
        const remedy = 'Say where Inquest is installed with --inquest-namespace, or where its API listens with --server.'
        throw new InputError(`there is no Service ${namespace}/${name} in ${title}`, { ...where, remedy })
      }
      if (answer.status === 403) {
        const remedy = `Ask for the Role inquest-api-access in namespace ${namespace}, or reach the API in another way and name it with --server.`
        throw new InputError(String(status.message).slice(0, 500), { ...where, remedy })
      }
      if (answer.status === 503) throw new ReadError('Unreachable', `Inquest (${namespace}/${name}) does not answer: ${status.message}`)
      throw failure(answer, `reach ${namespace}/${name}`, title)
    },
    close: () => api.close(),
  }
}
