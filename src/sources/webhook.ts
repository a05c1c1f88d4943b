import { compileExpression } from '#expr'
import { errorText, InputError } from '#kit/errors'
import { MAPPING_ALERTS_NAMES, MAPPING_ITEM_NAMES } from '#kinds/scopes'
import type { Mapping, WebhookSource } from '#kinds/webhook-source'
import type { Alert } from '#alert'
import type { RejectedAlert } from '#store'
import { cloudEvents } from './cloudevents.ts'
import { excerptOf, type Headers, type ParseWebhook } from './payload.ts'
import { PRESETS } from './presets.ts'
import { readAlert } from './read-alert.ts'

/** Characters of JSON that `alerts` may give: a payload of many alerts is one list. */
const MAX_LIST = 16 * 1_024 * 1_024
const TEXTS = ['status', 'startsAt', 'endsAt', 'generatorURL'] as const

type Compute = (context: { item: unknown; headers: Headers }) => unknown

/** Any JSON, by a preset, the Source's own mapping, or the one on top of the other. An item that cannot be mapped is rejected alone. */
export function webhookParser(spec: WebhookSource): ParseWebhook {
  const mapping = mappingOf(spec)
  const itemsOf = itemsIn(spec, mapping)
  const compute = computing(mapping)
  return (body, now, headers) => {
    const items = itemsOf(body, headers)
    const alerts: Alert[] = []
    const rejected: RejectedAlert[] = []
    const aside = new Map<string, number>()
    items.forEach((item, index) => {
      const reject = (reason: string): void => void rejected.push({ index, reason, excerpt: excerptOf(item) })
      try {
        const sent = compute({ item, headers })
        if (sent.status !== null && sent.status !== 'firing' && sent.status !== 'resolved')
          return void aside.set(String(sent.status), (aside.get(String(sent.status)) ?? 0) + 1)
        const alert = readAlert({ ...sent, ...(sent.status === null ? { status: 'firing' } : {}) }, now)
        if ('reason' in alert) reject(alert.reason)
        else alerts.push(alert)
      } catch (error) {
        reject(error instanceof InputError ? `${error.field}: ${error.message}` : errorText(error))
      }
    })
    return {
      notification: { receiver: '', groupKey: '', groupLabels: {}, truncatedAlerts: 0, alerts },
      rejected,
      oddities: [...aside].map(([status, count]) => `left aside ${count} of status ${JSON.stringify(status.slice(0, 64))}: no alert`),
    }
  }
}

function mappingOf({ preset, mapping = {} }: WebhookSource): Mapping {
  const base = preset ? PRESETS[preset] : {}
  const { labels, annotations } = base
  return { ...base, ...mapping, labels: { ...labels, ...mapping.labels }, annotations: { ...annotations, ...mapping.annotations } }
}

const fieldOf = (member: string): string => `spec.webhook.mapping.${member}`

function itemsIn({ preset }: WebhookSource, { alerts }: Mapping): (body: unknown, headers: Headers) => unknown[] {
  const unwrap = (body: unknown, headers: Headers): unknown => (preset === 'cloudevents' ? cloudEvents(body, headers) : body)
  if (alerts === undefined) {
    return (body, headers) => {
      const unwrapped = unwrap(body, headers)
      return preset === 'cloudevents' ? (unwrapped as unknown[]) : [unwrapped]
    }
  }
  const field = fieldOf('alerts')
  const list = compileExpression(alerts, MAPPING_ALERTS_NAMES, { field, maxResult: MAX_LIST })
  return (body, headers) => {
    const items = list({ body: unwrap(body, headers), headers })
    if (Array.isArray(items)) return items
    throw new InputError(`\`${alerts}\` gives no list`, { field, remedy: 'Look at the payload with `inquest sources test`.' })
  }
}

/** What `readAlert` takes, of one item. */
function computing(mapping: Mapping): (context: { item: unknown; headers: Headers }) => Record<string, unknown> {
  const compile = (text: string | undefined, member: string): Compute =>
    text === undefined ? () => null : compileExpression(text, MAPPING_ITEM_NAMES, { field: fieldOf(member) })
  const maps = (['labels', 'annotations'] as const).map((member) => {
    const from = compile(mapping[`${member}From`], `${member}From`)
    const own = Object.entries(mapping[member] ?? {}).map(([name, text]) => [name, compile(text, `${member}[${name}]`)] as const)
    return [
      member,
      (context: Parameters<Compute>[0]) => ({
        ...objectOf(from(context), `${member}From`),
        ...Object.fromEntries(own.map(([name, value]) => [name, value(context)])),
      }),
    ] as const
  })
  const texts = TEXTS.map((member) => [member, compile(mapping[member], member)] as const)
  return (context) => Object.fromEntries([...maps, ...texts].map(([member, value]) => [member, value(context)]))
}

function objectOf(value: unknown, member: string): object {
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new InputError('gives no map', { field: fieldOf(member), remedy: 'Name a map of the item.' })
}
