import { stringify } from 'yaml'
import { redactDeep } from '#kit/redact'
import { capLine, capMiddle, count } from '../cap.ts'
import type { Rendered } from './rendered.ts'

/** Raw Kubernetes JSON. */
type Json = any

const STRING_LIMIT = 600

/**
 * Objects that kubectl printed as JSON, as YAML without what only machines read. Secrets in them are masked by structure, which text alone cannot
 * do (an environment variable's name stands beside its value, not before it).
 */
export function renderObjects(json: string, limit: number): Rendered & { full: string } {
  const parsed = redactDeep(JSON.parse(json) as Json)
  const items: Json[] = Array.isArray(parsed?.items) && String(parsed.kind).endsWith('List') ? parsed.items : [parsed]
  const full = toYaml(items.length === 1 ? withoutNoise(items[0]) : { items: items.map(withoutNoise) })
  const pruned = items.map((item) => toYaml(shorten(withoutDefaults(withoutNoise(item)))))
  const summary =
    items.length === 0 ? 'nothing found' : items.length === 1 ? nameOf(items[0]) : `${count(items.length, 'object')}: ${kinds(items)}`
  if (items.length === 0) return { text: 'No resources found.', left: false, summary, full }
  const whole = pruned.join('---\n')
  if (whole.length <= limit) return { text: whole, left: whole !== full, summary, full }
  if (items.length === 1)
    return {
      text: `${capMiddle(whole, limit - 80)}\n(read a part with -o jsonpath={.spec…} or kubectl describe)`,
      left: true,
      summary,
      full,
    }
  const inTrouble = items.map((item, i) => ({ item, text: pruned[i]!, trouble: isInTrouble(item) }))
  const ranked = [...inTrouble.filter((one) => one.trouble), ...inTrouble.filter((one) => !one.trouble)]
  return { text: asManyAsFit(ranked, limit), left: true, summary, full }
}

/** What kubectl printed as JSON, redacted, without what only machines read. */
export function objectsOf(json: string): Json {
  const parsed = redactDeep(JSON.parse(json) as Json)
  return Array.isArray(parsed?.items) ? { ...parsed, items: parsed.items.map(withoutNoise) } : withoutNoise(parsed)
}

const toYaml = (json: Json): string => stringify(json, { lineWidth: 0, aliasDuplicateObjects: false })

/** What is in trouble first; the rest by name only. */
function asManyAsFit(ranked: readonly { item: Json; text: string }[], limit: number): string {
  const room = limit - 400
  const shown: string[] = []
  let used = 0
  for (const { text } of ranked) {
    used += text.length + 4
    if (used > room) break
    shown.push(text)
  }
  if (shown.length === 0) shown.push(capMiddle(ranked[0]!.text, room))
  const rest = ranked.slice(shown.length)
  const names = capLine(rest.map(({ item }) => nameOf(item)).join(', '), 280)
  return `${shown.join('---\n')}---\n… ${count(rest.length, 'more object')}: ${names}; ask for one by its name`
}

/** Conditions that are good when True; of all others (pressures, Failed, ReplicaFailure) True is bad. */
const GOOD =
  /^(?:Ready|ContainersReady|Initialized|PodScheduled|Available|Progressing|Complete|Established|NamesAccepted|Healthy|Synced|Bound)$/

function isInTrouble(item: Json): boolean {
  const status = item?.status
  if (item?.metadata?.deletionTimestamp || /^(?:Pending|Failed|Unknown|Lost)$/.test(String(status?.phase))) return true
  const conditions: Json[] = Array.isArray(status?.conditions) ? status.conditions : []
  const isDone = status?.phase === 'Succeeded'
  return (
    !isDone &&
    conditions.some((c) =>
      GOOD.test(String(c?.type))
        ? c?.status !== 'True'
        : /Pressure$|Fail|Unavailable$|Stalled$/.test(String(c?.type)) && c?.status === 'True',
    )
  )
}

const nameOf = (item: Json): string =>
  `${item?.kind ?? 'object'} ${item?.metadata?.namespace ? `${item.metadata.namespace}/` : ''}${item?.metadata?.name ?? ''}`.trim()

function kinds(items: readonly Json[]): string {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(String(item?.kind), (counts.get(String(item?.kind)) ?? 0) + 1)
  return [...counts].map(([kind, n]) => `${n} ${kind}`).join(', ')
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** Without what nobody reads: who wrote which field, and the copy of the object that `apply` leaves in it. */
function withoutNoise(item: Json): Json {
  if (item === null || typeof item !== 'object' || !item.metadata) return item
  const { managedFields: _, annotations, ...metadata } = item.metadata
  const { [LAST_APPLIED]: __, ...rest } = annotations ?? {}
  return { ...item, metadata: { ...metadata, ...(Object.keys(rest).length > 0 ? { annotations: rest } : {}) } }
}

/** What the API server fills in for everyone, and ids that answer no question. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  internalTrafficPolicy: 'Cluster',
  sessionAffinity: 'None',
  ipFamilyPolicy: 'SingleStack',
}
const IDS = new Set(['uid', 'resourceVersion', 'selfLink', 'containerID', 'imageID', 'generateName', 'blockOwnerDeletion'])
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/

function withoutDefaults(json: Json): Json {
  if (Array.isArray(json))
    return json.filter((item) => !TOKEN_VOLUME.test(String(item?.name ?? '')) && !isDefaultToleration(item)).map(withoutDefaults)
  if (json === null || typeof json !== 'object') return json
  const out: Json = {}
  for (const [key, value] of Object.entries<Json>(json)) {
    if (IDS.has(key) || DEFAULTS[key] === value || (key === 'securityContext' && isEmpty(value))) continue
    out[key] = key === 'images' && Array.isArray(value) ? `${value.length} images` : withoutDefaults(value)
    if (isEmpty(out[key]) && !isEmpty(value)) delete out[key]
  }
  return out
}

const isEmpty = (value: Json): boolean => value !== null && typeof value === 'object' && Object.keys(value).length === 0
const isDefaultToleration = (item: Json): boolean =>
  item?.tolerationSeconds === 300 && /^node\.kubernetes\.io\/(?:not-ready|unreachable)$/.test(String(item?.key))

function shorten(json: Json): Json {
  if (typeof json === 'string') return capLine(json, STRING_LIMIT)
  if (Array.isArray(json)) return json.map(shorten)
  if (json === null || typeof json !== 'object') return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shorten(value)]))
}
