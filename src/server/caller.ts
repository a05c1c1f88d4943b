import { createHash, timingSafeEqual } from 'node:crypto'
import type { KubeUser, Reviews } from '#cluster'
import type { MiddlewareHandler } from 'hono'

/** Who asks. */
export interface Caller {
  /** For people: `system:serviceaccount:shop:viewer`. */
  name: string
  /** Investigations, incidents and alerts of a namespace (null: of all) go by one right, that on Investigations. */
  may(verb: 'get' | 'list', namespace: string | null): Promise<boolean>
}

/** The caller that a token belongs to; null: not one of mine. Throws when that cannot be told. */
export type Authenticate = (token: string) => Promise<Caller | null>

/** What the middleware leaves for the handlers. */
export interface CallerEnv {
  Variables: { caller: Caller }
}

/**
 * Where a client's token stands when something on the way keeps `Authorization` for itself: the API server's service proxy takes
 * it off, an Ingress may ask for another one.
 */
export const TOKEN_HEADER = 'X-Inquest-Authorization'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Who has the server's own token may everything. Compared in constant time. */
export function byOwnToken(token: string): Authenticate {
  const wanted = digest(token)
  const owner: Caller = { name: 'the owner of the server', may: async () => true }
  return async (given) => (timingSafeEqual(digest(given), wanted) ? owner : null)
}

/** Whom the cluster knows may what its RBAC says. */
export const byCluster =
  (reviews: Pick<Reviews, 'whoIs' | 'may'>): Authenticate =>
  async (token) => {
    const user: KubeUser | null = await reviews.whoIs(token)
    return user && { name: user.username, may: (verb, namespace) => reviews.may(user, { verb, namespace }) }
  }

/** Refuses every request whose bearer token is nobody's. The first that knows the token says who it is. */
export function requireCaller(ways: readonly Authenticate[]): MiddlewareHandler<CallerEnv> {
  return async (c, next) => {
    const given = /^Bearer (\S+)$/i.exec(c.req.header(TOKEN_HEADER) ?? c.req.header('authorization') ?? '')?.[1]
    let caller: Caller | null = null
    for (const authenticate of given === undefined ? [] : ways) caller ??= await authenticate(given!)
    if (!caller) {
      const own = "the token is in the file api-token of the server's data folder"
      const remedy = `Send \`Authorization: Bearer <token>\`: ${own}${ways.length > 1 ? ', or a token of the cluster that Inquest runs in' : ''}.`
      return c.json({ error: 'a valid bearer token is needed', remedy }, 401, { 'WWW-Authenticate': 'Bearer' })
    }
    c.set('caller', caller)
    await next()
  }
}

/** What a refused caller is told: the same whether or not there is anything to see. */
export function refusal({ name }: Caller, verb: string, namespace: string | null): { error: string; remedy: string } {
  const where = namespace === null ? 'in all namespaces' : `in namespace ${namespace}`
  const grant =
    namespace === null
      ? 'Name a namespace in which you may, or ask for the ClusterRole inquest-viewer by a ClusterRoleBinding.'
      : `Ask for the ClusterRole inquest-viewer by a RoleBinding in namespace ${namespace}.`
  return { error: `${name} may not ${verb} investigations.inquest.dev ${where}`, remedy: grant }
}
