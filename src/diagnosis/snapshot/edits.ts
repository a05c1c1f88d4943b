import type { KubeObject } from '#cluster'
import { entry, element, item } from './field-path.ts'
import { time } from './events.ts'
import { jsonText } from './json-text.ts'
import { isKind } from './kinds.ts'
import type { Change } from './changes.ts'

/**
 * What was written into an object after it was made, read off `managedFields`: each writer owns the fields that it last
 * set, with the time of its last write. Of two that wrote at one time the one that owns more came first. A writer that came later and owns a few fields changed just those; the first
 * writer owns all the rest, and a new time of its own does not tell which of them it changed.
 */
export function editsOf(object: KubeObject): Change[] {
  const created = time(object.metadata.creationTimestamp) ?? 0
  const writes = entriesOf(object)
    .filter((m: any) => m.fieldsV1)
    .map((m: any) => ({ manager: String(m.manager ?? ''), at: time(m.time) ?? created, fields: m.fieldsV1, text: jsonText(m.fieldsV1) }))
    .sort((a, b) => a.at - b.at || compare(a.manager, b.manager) || b.text.length - a.text.length || compare(a.text, b.text))
  return (
    writes
      .map((w, index) => ({ ...w, index }))
      .filter((w) => w.at > created + 1_000)
      .map((w) => ({ ...w, leaves: leaves(w.fields, object, '').filter((leaf) => isEdit(object, leaf.field)) }))
      // Of what the first writer owns nobody knows which it changed, unless it is the only one and owns a single field.
      .filter((w) => w.index > 0 || (writes.length === 1 && w.leaves.length === 1))
      .flatMap((w) =>
        w.leaves.map((leaf) => ({
          ...leaf,
          at: w.at,
          how: `written by ${w.manager}`,
          before: undefined,
          knowsBefore: false,
          backTo: null,
          isPrevious: false,
        })),
      )
      .sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0))
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Kinds whose annotations say how requests are passed on, or as whom and how pods run. */
const ANNOTATED = new Set(['Ingress', 'Service', 'HTTPRoute', 'GRPCRoute', 'Gateway', 'ServiceAccount', 'Namespace'])
const OF_TOOLS =
  /last-applied-configuration|\/(?:change-cause|last-change|tracking-id|leader)|meta\.helm\.sh|argocd\.argoproj\.io\/(?!skip)|refresh|[rR]equested-?[aA]t|restarted-?at|force-sync|checksum|hash|revision|generation|(?:^|[/-])(?:last|observed|managed|created|updated)-/i

const isEdit = ({ kind }: KubeObject, field: string): boolean =>
  EDITED.test(field) ||
  (kind === 'Namespace' && field.startsWith('metadata.labels')) ||
  (field.startsWith('metadata.annotations') && (ANNOTATED.has(kind) || !isKind(kind)) && !OF_TOOLS.test(field))

const EDITED = /^(spec|data|webhooks|rules|subjects|roleRef|parameters|provisioner)\b/

/** The writers of anything but the status; scaling is a write. */
function entriesOf(object: KubeObject): any[] {
  const entries: unknown = object.metadata.managedFields
  return Array.isArray(entries) ? entries.filter((m) => m && (!m.subresource || m.subresource === 'scale')) : []
}

const MAX_DEPTH = 24

/** The paths of FieldsV1: `f:` is a field, `k:` a list item by its keys, `v:` an item of a set, `i:` an index. */
function leaves(fields: any, live: any, path: string, depth = 0): { field: string; after: unknown }[] {
  const parts = Object.entries<any>(fields ?? {}).filter(([key]) => key !== '.')
  if (parts.length === 0 || depth > MAX_DEPTH) return path === '' ? [] : [{ field: path, after: live }]
  return parts.flatMap(([key, inner]) => {
    const name = key.slice(2)
    if (key.startsWith('f:')) return leaves(inner, live?.[name], path === '' ? name : entry(path, name), depth + 1)
    if (key.startsWith('i:')) return leaves(inner, live?.[Number(name)], element(path, Number(name)), depth + 1)
    if (!key.startsWith('k:')) return [{ field: path, after: live }]
    const keys = parse(name)
    const at = Array.isArray(live) ? live.find((x) => Object.entries(keys).every(([k, v]) => x?.[k] === v)) : undefined
    const [mergeKey = 'name', value = ''] = Object.entries(keys).find(([k]) => k !== 'protocol') ?? []
    return leaves(inner, at, item(path, mergeKey, String(value)), depth + 1)
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** When the object was last written by anything but its status; ms. */
export function lastWrite(object: KubeObject): number | null {
  const times = entriesOf(object).map((m: any) => time(m.time) ?? 0)
  const newest = Math.max(0, ...times)
  return newest > 0 ? newest : time(object.metadata.creationTimestamp)
}

/** When a label was last written by somebody who came after the object was made, ms; null: never. */
export function labelledAt(object: KubeObject, label: string): number | null {
  const created = time(object.metadata.creationTimestamp) ?? 0
  const times = entriesOf(object)
    .filter((m: any) => m.fieldsV1?.['f:metadata']?.['f:labels']?.[`f:${label}`])
    .map((m: any) => time(m.time) ?? 0)
    .filter((at) => at > created + 1_000)
  return times.length > 0 ? Math.max(...times) : null
}
