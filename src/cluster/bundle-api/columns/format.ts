import type { KubeObject } from '../../reader.ts'

/** How kubectl's tables write things. Source: k8s.io/apimachinery/pkg/util/duration and k8s.io/kubernetes/pkg/printers/internalversion. */

/** One column: `wide` ones are shown by `-o wide` only. */
export interface Column {
  name: string
  wide?: boolean
  type?: 'string' | 'integer'
  cell(object: KubeObject, now: Date): string | number
}

export const column = (name: string, cell: Column['cell']): Column => ({ name, cell })
export const wide = (name: string, cell: Column['cell']): Column => ({ name, cell, wide: true })
export const integer = (name: string, cell: (object: KubeObject) => number | undefined): Column => ({
  name,
  type: 'integer',
  cell: (o) => cell(o) ?? 0,
})

export const NONE = '<none>'

export const age: Column = column('Age', (object, now) => since(object.metadata.creationTimestamp, now))

/** An age: `37d`, `5m12s`; `<unknown>` without a time, `<invalid>` when it lies in the future. */
export function since(time: string | null | undefined, now: Date): string {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now.getTime() - at)
}

/** Milliseconds as kubectl writes them: the finer, the shorter. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000)
  const [minutes, hours] = [Math.trunc(seconds / 60), Math.trunc(seconds / 3_600)]
  const days = Math.trunc(hours / 24)
  const two = (a: number, unitA: string, b: number, unitB: string): string => (b === 0 ? `${a}${unitA}` : `${a}${unitA}${b}${unitB}`)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h')
  if (days < 365 * 2) return `${days}d`
  if (days < 365 * 8) return two(Math.trunc(days / 365), 'y', days % 365, 'd')
  return `${Math.trunc(days / 365)}y`
}

export const joined = (values: readonly unknown[] | null | undefined, separator = ','): string =>
  values && values.length > 0 ? values.join(separator) : NONE

/** `a=1,b=2`, sorted. */
export function labelsText(labels: Record<string, string> | null | undefined): string {
  return joined(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
  )
}

/** A metav1.LabelSelector: `app=web,tier in (a,b)`. */
export function selectorText(selector: any): string {
  const equal = Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
  const set = (selector?.matchExpressions ?? []).map(({ key, operator, values }: any) => {
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...(values ?? [])].sort().join(',')})`
  })
  return joined([...equal, ...set])
}

export const yesNo = (value: unknown): string => (value ? 'True' : 'False')

const containersOf = (object: KubeObject): any[] => {
  const template = object.kind === 'CronJob' ? object.spec?.jobTemplate?.spec?.template : object.spec?.template
  return template?.spec?.containers ?? []
}

/** The columns of `-o wide` that every workload has. */
export const containerColumns: Column[] = [
  wide('Containers', (object) =>
    containersOf(object)
      .map(({ name }) => name)
      .join(','),
  ),
  wide('Images', (object) =>
    containersOf(object)
      .map(({ image }) => image)
      .join(','),
  ),
]

export const selectorColumn: Column = wide('Selector', (object) =>
  object.kind === 'ReplicationController' ? labelsText(object.spec?.selector) : selectorText(object.spec?.selector),
)

/** Access modes as kubectl shortens them. */
export function accessModes(modes: readonly string[] | undefined): string {
  const short: Record<string, string> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' }
  return Object.keys(short)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => short[mode])
    .join(',')
}

export const createdAt: Column = column('Created At', (object) => object.metadata.creationTimestamp ?? '<unknown>')
