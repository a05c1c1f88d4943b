import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import type { Artifacts, Page, Views } from '#store'
import { refusal, requireCaller, type Authenticate, type CallerEnv } from './caller.ts'
import { followTimeline } from './follow.ts'
import { health, type Ready } from './health.ts'
import type { Metrics } from './metrics.ts'

/** What the API reads. Every answer is a view of the database; nothing is kept in the process. */
export type ApiViews = Pick<Views, 'investigations' | 'investigation' | 'deliveries' | 'artifacts' | 'timeline' | 'incidents' | 'alerts'>

export interface ApiParts {
  views: ApiViews
  artifacts: Pick<Artifacts, 'get'>
  /** Who is let in: the first that knows a token says who it is, and that caller what it may see. */
  callers: readonly Authenticate[]
  ready: Ready
  metrics: Metrics
  log: Logger
  /** How often a followed timeline is looked at, milliseconds. */
  pollMs: number
}

const MAX_LIMIT = 500

/** The listener for people and programs: `/api/v1` for callers that are known; probes and metrics open. */
export function apiApp(parts: ApiParts): Hono {
  const app = health(new Hono(), parts.ready)
  app.get('/metrics', async (c) => c.body(await parts.metrics.text(), 200, { 'Content-Type': parts.metrics.contentType }))
  app.route('/api/v1', v1(parts))
  app.notFound((c) =>
    c.json({ error: `nothing is served at ${c.req.path}`, remedy: 'The API is at /api/v1: investigations, incidents, alerts.' }, 404),
  )
  app.onError((error, c) => {
    parts.log.error({ err: error, path: c.req.path }, 'an API request failed')
    return c.json({ error: errorText(error) }, 503)
  })
  return app
}

function v1({ views, artifacts, callers, pollMs }: ApiParts): Hono<CallerEnv> {
  const api = new Hono<CallerEnv>()
  api.use('*', requireCaller(callers))

  const query = (search: { namespace?: string; limit?: string }): Page | string => {
    const limit = Number(search.limit ?? 50)
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return `limit must be a whole number from 1 to ${MAX_LIMIT}`
    return { namespace: search.namespace || null, limit }
  }
  for (const list of ['investigations', 'incidents', 'alerts'] as const) {
    api.get(`/${list}`, async (c) => {
      const wanted = query({ namespace: c.req.query('namespace'), limit: c.req.query('limit') })
      if (typeof wanted === 'string') return c.json({ error: wanted }, 400)
      const [caller, namespace] = [c.get('caller'), wanted.namespace ?? null]
      if (!(await caller.may('list', namespace))) return c.json(refusal(caller, 'list', namespace), 403)
      return c.json({ items: await views[list](wanted) })
    })
  }

  // Before anything is looked up: whether there is such an investigation is nobody's business but who may see it.
  api.use('/investigations/:namespace/:name/*', async (c, next) => {
    const [caller, namespace] = [c.get('caller'), c.req.param('namespace')]
    if (!(await caller.may('get', namespace))) return c.json(refusal(caller, 'get', namespace), 403)
    return next()
  })

  api.get('/investigations/:namespace/:name', async (c) => {
    const { namespace, name } = c.req.param()
    const found = await views.investigation(namespace, name)
    if (!found) return c.json(missing(namespace, name), 404)
    return c.json({ ...found, deliveries: await views.deliveries(found.id), artifacts: await views.artifacts(found.id) })
  })

  // By its name the newest of that name (each attempt and step may have one), or by its id.
  api.get('/investigations/:namespace/:name/artifacts/:artifact', async (c) => {
    const { namespace, name, artifact } = c.req.param()
    const found = await views.investigation(namespace, name)
    if (!found) return c.json(missing(namespace, name), 404)
    const kept = (await views.artifacts(found.id)).findLast((one) => one.name === artifact || one.id === artifact)
    const whole = kept && (await artifacts.get(kept.id))
    if (!whole)
      return c.json(
        { error: `${namespace}/${name} has no artifact ${artifact}`, remedy: '`inquest get investigation NAME` lists what it has.' },
        404,
      )
    return c.body(whole.content, 200, { 'Content-Type': `${whole.mediaType}; charset=utf-8`, 'X-Content-Type-Options': 'nosniff' })
  })

  // The timeline: what there is as JSON, or, for `Accept: text/event-stream`, from there on until the investigation has ended.
  api.get('/investigations/:namespace/:name/events', async (c) => {
    const { namespace, name } = c.req.param()
    const found = await views.investigation(namespace, name)
    if (!found) return c.json(missing(namespace, name), 404)
    const after = Number(c.req.header('Last-Event-ID') ?? c.req.query('after') ?? 0) || 0
    if (!c.req.header('Accept')?.includes('text/event-stream')) return c.json({ items: await views.timeline(found.id, after) })
    const caller = c.get('caller')
    return streamSSE(c, async (stream) => {
      await followTimeline(stream, { views, namespace, name, pollMs, after, may: () => caller.may('get', namespace) })
    })
  })
  return api
}

const missing = (namespace: string, name: string): { error: string; remedy: string } => ({
  error: `there is no investigation ${namespace}/${name}`,
  remedy: 'List them with `inquest get investigations`.',
})
