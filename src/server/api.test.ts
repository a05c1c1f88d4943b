import { describe, expect, it } from 'vitest'
import { createLogger } from '#kit/log'
import { apiApp, type ApiViews } from './api.ts'
import { byCluster, byOwnToken, TOKEN_HEADER } from './caller.ts'
import { createMetrics } from './metrics.ts'

const one = { id: '1', namespace: 'shop', name: 'web', phase: 'Succeeded' } as const
const asked: string[] = []
const views: ApiViews = {
  investigations: async (page) => (asked.push(`investigations of ${page.namespace ?? 'all'}`), []),
  incidents: async (page) => (asked.push(`incidents of ${page.namespace ?? 'all'}`), []),
  alerts: async (page) => (asked.push(`alerts of ${page.namespace ?? 'all'}`), []),
  investigation: async (namespace, name) => {
    asked.push(`investigation ${namespace}/${name}`)
    return namespace === one.namespace && name === one.name ? (one as never) : null
  },
  deliveries: async () => [],
  artifacts: async () => [{ id: 'a', name: 'out.txt' } as never],
  timeline: async () => [],
}
/** The cluster: `ada` may see shop, `eve` nothing, `root` all; it is away for `late`. */
const rights: Record<string, (namespace: string | null) => boolean> = {
  ada: (namespace) => namespace === 'shop',
  eve: () => false,
  root: () => true,
}
const reviews = {
  whoIs: async (token: string) => {
    if (token === 'late') throw new Error('the API server is away')
    return token in rights ? { username: token } : null
  },
  may: async ({ username }: { username: string }, { namespace }: { namespace: string | null }) => rights[username]!(namespace),
}
const app = apiApp({
  views,
  artifacts: { get: async () => ({ content: 'all of it', mediaType: 'text/plain' }) as never },
  callers: [byOwnToken('the-own-token'), byCluster(reviews)],
  ready: async () => ({ ok: true, reason: 'ok' }),
  metrics: createMetrics(async () => ({ investigations: {}, incidents: {}, deliveries: {} })),
  log: createLogger('silent'),
  pollMs: 10,
})
const get = async (path: string, headers: Record<string, string> = {}) => {
  asked.length = 0
  const response = await app.request(`/api/v1${path}`, { headers })
  return { status: response.status, text: await response.text(), asked: [...asked] }
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('who is let in', () => {
  it.each<[string, Record<string, string>, number]>([
    ['nobody without a token', {}, 401],
    ['nobody with a wrong one', bearer('wrong'), 401],
    ['nobody with another scheme', { authorization: 'Basic dGhlLW93bi10b2tlbg==' }, 401],
    ['who has the own token', bearer('the-own-token'), 200],
    ['whom the cluster knows', bearer('root'), 200],
    [
      'who sends the token beside an Authorization that is for somebody on the way',
      { ...bearer('wrong'), [TOKEN_HEADER]: 'Bearer root' },
      200,
    ],
    ['nobody who sends a wrong one there', { ...bearer('root'), [TOKEN_HEADER]: 'Bearer wrong' }, 401],
    ['nobody while the cluster cannot be asked, and not as a refusal', bearer('late'), 503],
    ['who has the own token, also while the cluster cannot be asked', bearer('the-own-token'), 200],
  ])('%s', async (_, headers, status) => {
    const answer = await get('/investigations', headers)
    expect(answer.status).toBe(status)
    expect(answer.asked).toHaveLength(status === 200 ? 1 : 0)
  })
})

describe('what a caller sees', () => {
  const paths = [
    '/investigations?namespace=NS',
    '/incidents?namespace=NS',
    '/alerts?namespace=NS',
    '/investigations/NS/web',
    '/investigations/NS/web/events',
    '/investigations/NS/web/artifacts/out.txt',
  ]
  it.each(paths)('%s in a namespace in which it may', async (path) => {
    expect((await get(path.replace('NS', 'shop'), bearer('ada'))).status).toBe(200)
  })
  it.each(paths)('nothing of %s elsewhere, not even whether it is there', async (path) => {
    const [elsewhere, there, absent] = await Promise.all([
      get(path.replace('NS', 'bank'), bearer('ada')),
      get(path.replace('NS', 'shop'), bearer('eve')),
      get(path.replace('NS', 'shop').replace('web', 'no-such'), bearer('eve')),
    ])
    expect([elsewhere, there, absent]).toMatchObject([{ status: 403 }, { status: 403 }, { status: 403, text: there.text }])
    expect([elsewhere, there, absent].flatMap((answer) => answer.asked)).toEqual([])
    expect(JSON.parse(elsewhere.text)).toEqual({
      error: expect.stringMatching(/^ada may not (get|list) investigations.inquest.dev in namespace bank$/),
      remedy: expect.stringContaining('RoleBinding in namespace bank'),
    })
  })
  it.each(['/investigations', '/incidents', '/alerts?namespace=', '/investigations?namespace=&limit=3'])(
    '%s of all namespaces only who may see them all',
    async (path) => {
      expect(await get(path, bearer('ada'))).toMatchObject({ status: 403, asked: [], text: expect.stringContaining('Name a namespace') })
      expect(await get(path, bearer('root'))).toMatchObject({ status: 200, asked: [expect.stringContaining('of all')] })
    },
  )
})

it('ends a stream when the right to see it ends', async () => {
  let rightsLeft = 3
  const streamed = apiApp({
    views: { ...views, investigation: async () => ({ ...one, phase: 'Running' }) as never },
    artifacts: { get: async () => null },
    callers: [async () => ({ name: 'ada', may: async () => rightsLeft-- > 0 })],
    ready: async () => ({ ok: true, reason: 'ok' }),
    metrics: createMetrics(async () => ({ investigations: {}, incidents: {}, deliveries: {} })),
    log: createLogger('silent'),
    pollMs: 1,
  })
  const response = await streamed.request('/api/v1/investigations/shop/web/events', {
    headers: { ...bearer('x'), accept: 'text/event-stream' },
  })
  expect(await response.text()).toBe('')
  expect(rightsLeft).toBe(-1)
})
