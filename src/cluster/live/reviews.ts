import { createHash } from 'node:crypto'
import { API_GROUP } from '#kinds/meta'
import { parse } from './answer.ts'
import { createApi, type ApiOptions } from './api.ts'
import { loadCredentials, type CredentialOptions } from './credentials.ts'

/** Who a token belongs to, as the API server says. */
export interface KubeUser {
  username: string
  uid?: string
  groups?: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

/** What somebody wants to do with Inquest's investigations. */
export interface InvestigationWish {
  verb: 'get' | 'list'
  /** null: in all namespaces. */
  namespace: string | null
}

/** The API server as the judge of who somebody is and what they may. Answers are kept for a moment. Throws a ReadError when it cannot be asked. */
export interface Reviews {
  /** null: nobody it knows. `onlyForInquest`: nor of any other audience than AUDIENCE. */
  whoIs(token: string, options?: { onlyForInquest?: boolean }): Promise<KubeUser | null>
  may(user: KubeUser, wish: InvestigationWish): Promise<boolean>
  close(): Promise<void>
}

/**
 * The audience of tokens that are made for Inquest alone: worth nothing at the API server. `kubectl create token NAME
 * --audience=inquest.dev` makes one.
 */
export const AUDIENCE = API_GROUP

/** How long a revoked token or right may still be honoured. */
const KEPT_MS = 30_000
const MAX_KEPT = 2_000
/** Tokens of identity providers have a few kB. */
const MAX_TOKEN = 16_384

export async function openReviews(options: CredentialOptions & ApiOptions & { keptMs?: number } = {}): Promise<Reviews> {
  const credentials = await loadCredentials(options)
  const api = createApi(credentials, options)
  const kept = keeper(options.keptMs ?? KEPT_MS)

  async function create(path: string, body: object): Promise<any> {
    const answer = await api.write({ method: 'POST', path: `/apis/${path}`, body })
    return parse(answer, `create ${path.split('/').at(-1)}.${path.split('/')[0]}`, credentials.title).status
  }

  return {
    async whoIs(token, { onlyForInquest = false } = {}) {
      if (token.length > MAX_TOKEN || (onlyForInquest && !isForInquest(token))) return null
      return kept(`token ${createHash('sha256').update(token).digest('hex')}`, async () => {
        const audiences = isForInquest(token) ? [AUDIENCE] : undefined
        const status = await create('authentication.k8s.io/v1/tokenreviews', { spec: { token, audiences } })
        // A server that knows no audiences says none back, and the token is then good for anything, not for us.
        const heeded = audiences === undefined || status?.audiences?.includes(AUDIENCE) === true
        return status?.authenticated === true && heeded && status.user?.username ? (status.user as KubeUser) : null
      })
    },
    may: ({ username, uid, groups, extra }, { verb, namespace }) =>
      kept(`may ${JSON.stringify([username, uid, groups, extra, verb, namespace])}`, async () => {
        const resourceAttributes = { group: API_GROUP, resource: 'investigations', verb, ...(namespace === null ? {} : { namespace }) }
        const spec = { user: username, uid, groups, extra, resourceAttributes }
        return (await create('authorization.k8s.io/v1/subjectaccessreviews', { spec }))?.allowed === true
      }),
    close: async () => api.close(),
  }
}

/** Whom a token says it is for: unchecked, and only used to ask the right question. */
function isForInquest(token: string): boolean {
  try {
    const { aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return [aud].flat().includes(AUDIENCE)
  } catch {
    return false
  }
}

/** Remembers answers for a while; the same question by many at once is asked once. */
function keeper(ms: number) {
  const answers = new Map<string, { at: number; answer: Promise<unknown> }>()
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(key)
    if (known && performance.now() - known.at < ms) return known.answer as Promise<T>
    const answer = ask()
    answers.delete(key)
    answers.set(key, { at: performance.now(), answer })
    answer.catch(() => answers.delete(key))
    const [oldest] = answers.keys()
    if (answers.size > MAX_KEPT) answers.delete(oldest!)
    return answer
  }
}
