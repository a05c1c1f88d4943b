import { z } from 'zod'
import { TerminalError } from '#kit/errors'
import { expectSuccess } from '#kit/http'
import { objectText } from '#kinds/result'
import { answerOf, type AlertmanagerApi } from './alertmanager-api.ts'
import { cleanLine, percent } from './report.ts'
import type { Delivery, Message, Receipt } from './sink-driver.ts'

const Silence = z.object({
  id: z.string(),
  status: z.object({ state: z.string() }),
  comment: z.string(),
  startsAt: z.string(),
})
type Silence = z.infer<typeof Silence>
const Posted = z.object({ silenceID: z.string() })

/** Nothing stands, and nothing is to be found again. */
const NONE: Receipt = { url: null, data: {} }
const MAX_COMMENT = 1_000

/**
 * One silence an incident. Alertmanager makes a new one for every POST without an id; with the id of one that still runs, and its start, that
 * one is changed. The id is in the receipt; a repeat looks for it by the tag in its comment, since the receipt may be older than what it did.
 */
export async function keepSilence(
  api: AlertmanagerApi,
  { message, previous, repeated }: Delivery,
  { now, durationMs }: { now: Date; durationMs: number },
): Promise<Receipt> {
  const known = previous?.data['silence']
  const running = await runningSilence(api, message, known, repeated)
  if (message.incident.status === 'resolved' || !message.result?.rootCause) {
    // What comes next must be heard; so must what nobody could explain.
    if (running) expectSuccess(await api.call('DELETE', `/silence/${running.id}`))
    return NONE
  }
  const silence = {
    ...(running ? { id: running.id } : {}),
    matchers: matchers(message),
    startsAt: running?.startsAt ?? now.toISOString(),
    endsAt: new Date(now.getTime() + durationMs).toISOString(),
    createdBy: 'inquest',
    comment: comment(message),
  }
  const { silenceID } = answerOf(await api.call('POST', '/silences', silence), Posted)
  return { url: `${api.url}/#/silences/${silenceID}`, data: { silence: silenceID } }
}

async function runningSilence(
  api: AlertmanagerApi,
  message: Message,
  known: string | undefined,
  repeated: boolean,
): Promise<Silence | undefined> {
  const runs = ({ status }: Silence): boolean => status.state !== 'expired'
  if (repeated) {
    // Its matchers have the incident's alertname; that leaves the others out of the answer.
    const filter = new URLSearchParams({ filter: `alertname=${JSON.stringify(message.incident.labels['alertname'] ?? '')}` })
    const all = answerOf(await api.call('GET', `/silences?${filter}`), z.array(Silence))
    const ours = all.find((one) => runs(one) && one.comment.endsWith(tag(message)))
    if (ours) return ours
  }
  if (known === undefined) return undefined
  const response = await api.call('GET', `/silence/${encodeURIComponent(known)}`)
  if (response.status === 404) return undefined
  const silence = answerOf(response, Silence)
  return runs(silence) ? silence : undefined
}

/** Equal labels of all alerts. Without an alertname among them it would silence what the incident does not know. */
function matchers({ incident: { labels } }: Message): object[] {
  if (!labels['alertname'])
    throw new TerminalError(
      'the alerts of this incident have no alertname in common, and a silence would hit others: group by alertname (`grouping.by` of the Source)',
    )
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }))
}

const tag = ({ incident: { id } }: Message): string => `[inquest ${id}]`

function comment(message: Message): string {
  const { result, investigation } = message
  const cause = result!.rootCause!
  const where = `${objectText(cause.object)}${cause.field ? ` at ${cause.field}` : ''}`
  const said = cleanLine(`${cause.summary} (${percent(cause.confidence)} sure) · ${where}`).slice(0, MAX_COMMENT)
  return `${said}\n${investigation.link ?? `${investigation.namespace}/${investigation.name}`} ${tag(message)}`
}
