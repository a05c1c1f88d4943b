import { z } from 'zod'
import { fingerprint, instant, isFingerprint, isZeroTime, type Alert } from '#alert'

const MAX_LABELS = 256
const MAX_NAME = 1_024
const MAX_LABEL = 4_096
const MAX_ANNOTATION = 16_384
const MAX_URL = 8_192

/** Senders by hand write numbers; Prometheus takes an empty value for an absent label. */
const Texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

const SentAlert = z.object({
  status: z.unknown().optional(),
  labels: Texts,
  annotations: Texts.nullish().catch(null),
  startsAt: z.string().nullish(),
  endsAt: z.string().nullish(),
  generatorURL: z.string().nullish().catch(null),
  fingerprint: z.unknown().optional(),
})

/** One alert as Alertmanager writes it (webhook or API), or the reason why it is none. Unknown keys are ignored. */
export function readAlert(sent: unknown, now: Date): Alert | { reason: string } {
  const parsed = SentAlert.safeParse(sent)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    return { reason: `${issue.path.join('.') || 'the alert'}: ${issue.message}` }
  }
  const { startsAt, endsAt, generatorURL } = parsed.data
  for (const [name, time] of Object.entries({ startsAt, endsAt })) {
    if (time && instant(time) === null) return { reason: `${name}: "${time.slice(0, 64)}" is not an RFC 3339 time` }
  }
  const status = statusOf(parsed.data.status, endsAt, now)
  if (status === null) return { reason: `status: ${JSON.stringify(parsed.data.status)?.slice(0, 64)} is neither firing nor resolved` }

  const whole = texts(parsed.data.labels)
  const labels = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, cut(value, MAX_LABEL)]))
  const names = Object.keys(labels)
  if (names.length === 0) return { reason: 'labels: there are none' }
  if (names.length > MAX_LABELS) return { reason: `labels: ${names.length} are more than ${MAX_LABELS}` }
  if (names.some((name) => name.length > MAX_NAME)) return { reason: `labels: a name is longer than ${MAX_NAME} characters` }

  return {
    status,
    labels,
    annotations: Object.fromEntries(
      Object.entries(texts(parsed.data.annotations ?? {}))
        .slice(0, MAX_LABELS)
        .map(([name, value]) => [cut(name, MAX_NAME), cut(value, MAX_ANNOTATION)]),
    ),
    // Without a beginning it begins now; without an end it ended now.
    startsAt: startsAt && !isZeroTime(startsAt) ? startsAt : now.toISOString(),
    endsAt: status === 'firing' ? null : endsAt && !isZeroTime(endsAt) ? endsAt : now.toISOString(),
    generatorURL: cut(generatorURL ?? '', MAX_URL),
    // Of the labels as they were sent, so that it is the one that Alertmanager's own API shows.
    fingerprint: isFingerprint(parsed.data.fingerprint) ? parsed.data.fingerprint : fingerprint(whole),
  }
}

/** The webhook says it in a word, the API as `{state}` of something that fires or is silenced; else the end tells. */
function statusOf(sent: unknown, endsAt: string | null | undefined, now: Date): Alert['status'] | null {
  if (sent === 'firing' || sent === 'resolved') return sent
  const isState = typeof sent === 'object' && sent !== null && 'state' in sent
  if (sent !== undefined && sent !== null && !isState) return null
  return endsAt && !isZeroTime(endsAt) && Date.parse(endsAt) <= now.getTime() ? 'resolved' : 'firing'
}

const texts = (sent: z.infer<typeof Texts>): Record<string, string> =>
  Object.fromEntries(Object.entries(sent).flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, String(value)]])))

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`)
