import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

/**
 * Alertmanager's API v2 on 127.0.0.1, after its openapi.yaml and what a real 0.25 does; stricter in one thing: members that the API does not
 * know are refused. The tests of the sink run against this and, where there is one, against a real Alertmanager.
 */
export interface AlertmanagerServer {
  url: string
  /** `GET /silences 200`, in order. */
  requests: string[]
  silences: Map<string, StoredSilence>
  /** By their labels. */
  alerts: Map<string, StoredAlert>
  /** What it wants as `Authorization`; null: nothing. */
  authorization: string | null
  /** The next request is done, and its answer is lost. */
  loseNextAnswer(): void
  /** The next request gets this. */
  answerNext(status: number, body?: string, headers?: Record<string, string>): void
  close(): Promise<void>
}

const Time = z.iso.datetime({ offset: true })
const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
const PostableSilence = z.strictObject({
  id: z.string().optional(),
  matchers: z
    .array(z.strictObject({ name: LabelName, value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }))
    .min(1),
  startsAt: Time,
  endsAt: Time,
  createdBy: z.string().min(1),
  comment: z.string().min(1),
})
const LabelSet = z.record(LabelName, z.string())
const PostableAlerts = z.array(
  z.strictObject({
    labels: LabelSet.refine((labels) => Object.values(labels).some(Boolean), 'at least one label pair required'),
    annotations: LabelSet.optional(),
    startsAt: Time.optional(),
    endsAt: Time.optional(),
    generatorURL: z.url().optional(),
  }),
)
export type StoredSilence = z.infer<typeof PostableSilence> & { id: string; updatedAt: string; status: { state: string } }
export type StoredAlert = z.infer<typeof PostableAlerts>[number]

type Answer = [status: number, body: unknown, headers?: Record<string, string>]

export async function startAlertmanager(): Promise<AlertmanagerServer> {
  const silences = new Map<string, StoredSilence>()
  const alerts = new Map<string, StoredAlert>()
  let lose = false
  let next: Answer | null = null

  const listener = createServer(async (request, response) => {
    const [status, body, headers] = next ?? (await answer(request))
    next = null
    server.requests.push(`${request.method} ${request.url!.replace('/api/v2', '').replace(/[0-9a-f-]{36}|\?.*$/g, '…')} ${status}`)
    if (lose) {
      lose = false
      return void request.socket.destroy()
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? '' : JSON.stringify(body))
  })

  async function answer(request: IncomingMessage): Promise<Answer> {
    const raw = await text(request)
    if (server.authorization !== null && request.headers.authorization !== server.authorization) return [401, 'Unauthorized']
    const { pathname, searchParams } = new URL(request.url!, 'http://x')
    const route = `${request.method} ${pathname.replace(/\/silence\/.+/, '/silence/ID')}`
    const id = pathname.split('/').at(-1)!
    const seen = [...silences.values()].map((silence) => ({ ...silence, status: { state: stateOf(silence) } }))
    switch (route) {
      case 'POST /api/v2/silences':
        return postSilence(raw)
      case 'GET /api/v2/silences':
        return [200, seen.filter((silence) => searchParams.getAll('filter').every((filter) => passes(silence, filter)))]
      case 'GET /api/v2/silence/ID': {
        const found = seen.find((silence) => silence.id === id)
        return found ? [200, found] : [404, undefined]
      }
      case 'DELETE /api/v2/silence/ID': {
        const found = seen.find((silence) => silence.id === id)
        if (found?.status.state === 'expired' || !found) return [500, `silence ${id} ${found ? 'already expired' : 'not found'}`]
        silences.set(id, { ...found, endsAt: new Date().toISOString() })
        return [200, undefined]
      }
      case 'GET /api/v2/alerts':
        return [
          200,
          [...alerts.values()].filter((alert) => firing(alert) && searchParams.getAll('filter').every((filter) => hasLabel(alert, filter))),
        ]
      case 'POST /api/v2/alerts': {
        const parsed = parse(PostableAlerts, raw)
        if (typeof parsed === 'string') return [400, parsed]
        for (const alert of parsed) {
          if (alert.startsAt && alert.endsAt && Date.parse(alert.startsAt) > Date.parse(alert.endsAt))
            return [400, 'start time must be before end time']
          alerts.set(JSON.stringify(Object.entries(alert.labels).toSorted()), alert)
        }
        return [200, undefined]
      }
      default:
        return [404, { code: 404, message: `path ${pathname} was not found` }]
    }
  }

  /** As `Silences.Set` does: changed in place when matchers and start are the same, else the old one ends and a new one begins. */
  function postSilence(raw: string): Answer {
    const posted = parse(PostableSilence, raw)
    if (typeof posted === 'string') return [400, posted]
    const now = Date.now()
    if (Date.parse(posted.endsAt) <= now) return [400, "Failed to create silence: end time can't be in the past"]
    if (Date.parse(posted.endsAt) <= Date.parse(posted.startsAt))
      return [400, 'Failed to create silence: start time must be before end time']
    if (posted.matchers.every(({ value }) => value === '')) return [400, 'at least one matcher must not match the empty string']
    const before = posted.id === undefined ? undefined : silences.get(posted.id)
    if (posted.id && !before) return [404, `silence ${posted.id} not found`]
    const same =
      before &&
      stateOf(before) === 'active' &&
      JSON.stringify(before.matchers) === JSON.stringify(posted.matchers) &&
      Math.floor(Date.parse(before.startsAt) / 1_000) === Math.floor(Date.parse(posted.startsAt) / 1_000)
    if (before && !same && stateOf(before) !== 'expired') silences.set(before.id, { ...before, endsAt: new Date(now).toISOString() })
    const id = same ? before.id : randomUUID()
    const startsAt = same ? before.startsAt : new Date(Math.max(now, Date.parse(posted.startsAt))).toISOString()
    silences.set(id, { ...posted, id, startsAt, updatedAt: new Date(now).toISOString(), status: { state: 'active' } })
    return [200, { silenceID: id }]
  }

  const server: AlertmanagerServer = {
    url: '',
    requests: [],
    silences,
    alerts,
    authorization: null,
    loseNextAnswer: () => void (lose = true),
    answerNext: (status, body, headers) => void (next = [status, body, headers]),
    close: () => new Promise((done) => (listener.closeAllConnections(), listener.close(() => done()))),
  }
  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready))
  server.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
  return server
}

function parse<T>(schema: z.ZodType<T>, raw: string): T | string {
  try {
    const result = schema.safeParse(JSON.parse(raw))
    return result.success ? result.data : z.prettifyError(result.error)
  } catch (error) {
    return `parsing body failed: ${String(error)}`
  }
}

const stateOf = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }): string =>
  Date.parse(endsAt) <= Date.now() ? 'expired' : Date.parse(startsAt) > Date.now() ? 'pending' : 'active'

const firing = ({ endsAt }: StoredAlert): boolean => endsAt === undefined || Date.parse(endsAt) > Date.now()

/** `name="value"`, the only form of a filter that is understood here. */
function equality(filter: string): { name: string; value: string } {
  const [, name, quoted] = /^([a-zA-Z_]\w*)=(".*")$/s.exec(filter) ?? []
  if (name === undefined) throw new Error(`the stand-in cannot read the filter ${filter}`)
  return { name, value: JSON.parse(quoted!) as string }
}

const hasLabel = ({ labels }: StoredAlert, filter: string): boolean => labels[equality(filter).name] === equality(filter).value

/** A silence passes by its matcher of that name. */
function passes({ matchers }: StoredSilence, filter: string): boolean {
  const { name, value } = equality(filter)
  return matchers.some((matcher) => matcher.name === name && matcher.value === value)
}
