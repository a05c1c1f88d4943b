import { cutAt, count } from '../cap.ts'
import type { Series } from '#cluster'
import type { Window } from './window.ts'

const MAX_SERIES = 20
/** So few series are also shown as a curve of this many points. */
const CURVES = 3
const CURVE_POINTS = 12
const LABEL_LIMIT = 120

export interface Summary {
  text: string
  /** Every series, when `text` shows only some. */
  full: string | null
  summary: string
}

/**
 * A query's result as a person would tell it: per series its labels, least, median, greatest and last value, slope per hour and number of points;
 * the most telling series first. Telling is who moves most or lies farthest from the others.
 */
export function summarise(series: readonly Series[], window: Window, times: { alert: number | null }): Summary {
  const head = headOf(window, times)
  if (series.length === 0) {
    return {
      text: `${head}: no series. Nothing matches there; check the names of metric and labels (e.g. count by (__name__) ({namespace="…"})).`,
      full: null,
      summary: 'no series',
    }
  }
  const shared = sharedLabels(series)
  const middle = median(series.map((one) => median(numbers(one))).filter(Number.isFinite))
  const ranked = series
    .map((one) => ({ one, weight: weightOf(one, middle), last: numbers(one).at(-1) ?? -Infinity, name: labelText(one.labels, shared) }))
    .sort((a, b) => b.weight - a.weight || b.last - a.last || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  // Of one moment the chosen ones read best by size.
  if (window.kind === 'instant') ranked.unshift(...ranked.splice(0, MAX_SERIES).sort((a, b) => b.last - a.last))
  const lines = ranked.map(({ one, name }) => lineOf(one, name, window))
  const title = `${head}; ${count(series.length, 'series').replace(/ss$/, 's')}${Object.keys(shared).length > 0 ? `, all with ${labelText(shared, {})}` : ''}`
  const rest = ranked.slice(MAX_SERIES)
  const curves = ranked.length <= CURVES && window.kind === 'range' ? ranked.map(({ one }) => curve(one)) : []
  const shown = lines.slice(0, MAX_SERIES).flatMap((line, i) => (curves[i] ? [line, curves[i]] : [line]))
  const text = [title, ...shown, ...(rest.length > 0 ? [restLine(rest.map(({ one }) => one))] : [])].join('\n')
  return {
    text,
    full: rest.length > 0 ? [title, ...lines].join('\n') : null,
    summary: summaryOf(ranked[0]!.one, ranked[0]!.name, series.length, window),
  }
}

function headOf(window: Window, { alert }: { alert: number | null }): string {
  const began = alert === null ? '' : `; the alert began ${time(alert)}`
  if (window.kind === 'instant') return `At ${time(window.at)}${began}`
  return `${time(window.start)} to ${time(window.end)}, a point every ${window.step} s${began}`
}

function lineOf(series: Series, name: string, window: Window): string {
  const values = numbers(series)
  const odd = series.points.length - values.length
  const note = [series.histogram ? 'native histogram, its count of observations' : '', odd > 0 ? `${odd} NaN` : ''].filter(Boolean)
  const tail = note.length > 0 ? ` (${note.join(', ')})` : ''
  if (values.length === 0) return `${name} no numbers${tail}`
  if (window.kind === 'instant') return `${name} ${show(values.at(-1)!)}${tail}`
  const [first, last] = [series.points[0]![0], series.points.at(-1)![0]]
  const gap = window.step * 2_000
  const span = `${first - window.start > gap ? ` since ${time(first)}` : ''}${window.end - last > gap ? ` until ${time(last)}` : ''}`
  const [least, greatest] = extent(values)
  if (least === greatest) return `${name} always ${show(least)} n ${values.length}${span}${tail}`
  return `${name} min ${show(least)} median ${show(median(values))} max ${show(greatest)} last ${show(values.at(-1)!)} slope ${slope(series)}/h n ${values.length}${span}${tail}`
}

function curve(series: Series): string {
  const points = series.points
  const n = Math.min(CURVE_POINTS, points.length)
  if (n < 3) return ''
  const picked = Array.from({ length: n }, (_, i) => points[Math.round((i * (points.length - 1)) / (n - 1))]!)
  return `  ${picked.map(([at, value]) => `${time(at).slice(11, 16)} ${show(value)}`).join(', ')}`
}

function restLine(rest: readonly Series[]): string {
  const last = rest.map((series) => numbers(series).at(-1)).filter((value) => value !== undefined)
  const spread =
    last.length > 0 ? `; their last values: min ${show(extent(last)[0])} median ${show(median(last))} max ${show(extent(last)[1])}` : ''
  return `… ${rest.length} more series${spread}; narrow by labels, or aggregate (sum by, topk)`
}

function summaryOf(first: Series, name: string, n: number, window: Window): string {
  const values = numbers(first)
  const what =
    values.length === 0
      ? 'no numbers'
      : window.kind === 'instant'
        ? show(values.at(-1)!)
        : `${show(extent(values)[0])} … ${show(extent(values)[1])}, last ${show(values.at(-1)!)}`
  return n === 1 ? `1 series: ${what}` : `${n} series; ${cutAt(name, 100)} ${what}`
}

/** What is plotted: NaN and infinities are told, not counted. */
const numbers = (series: Series): number[] => series.points.map(([, value]) => value).filter(Number.isFinite)

function weightOf(series: Series, middle: number): number {
  const values = numbers(series)
  if (values.length === 0) return -1
  const [least, greatest] = extent(values)
  return greatest - least + (Number.isFinite(middle) ? Math.abs(median(values) - middle) : 0)
}

/** Least squares over time, per hour; of a counter that is reset it is the trend of what was seen. */
function slope(series: Series): string {
  const points = series.points.filter(([, value]) => Number.isFinite(value))
  if (points.length < 2) return '0'
  const t0 = points[0]![0]
  const n = points.length
  let [st, sv, stt, stv] = [0, 0, 0, 0]
  for (const [at, value] of points) {
    const t = (at - t0) / 3_600_000
    st += t
    sv += value
    stt += t * t
    stv += t * value
  }
  const divisor = n * stt - st * st
  const perHour = divisor === 0 ? 0 : (n * stv - st * sv) / divisor
  return perHour > 0 ? `+${show(perHour)}` : show(perHour)
}

function extent(values: readonly number[]): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < least) least = value
    if (value > greatest) greatest = value
  }
  return [least, greatest]
}

function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** Four digits that count; large numbers without an exponent, as bytes and milliseconds are read. */
function show(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value)
  const rounded = Number(value.toPrecision(4))
  return Math.abs(rounded) >= 1e-6 && Math.abs(rounded) < 1e15 ? String(rounded) : rounded.toExponential(3)
}

const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

function sharedLabels(series: readonly Series[]): Record<string, string> {
  if (series.length < 2) return {}
  const first = Object.entries(series[0]!.labels)
  return Object.fromEntries(first.filter(([name, value]) => series.every((one) => one.labels[name] === value)))
}

function labelText(labels: Readonly<Record<string, string>>, without: Readonly<Record<string, string>>): string {
  const { __name__: metric = '', ...rest } = labels
  const pairs = Object.entries(rest)
    .filter(([name]) => !Object.hasOwn(without, name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value.length > LABEL_LIMIT ? `${cutAt(value, LABEL_LIMIT)}…` : value)}`)
  return `${Object.hasOwn(without, '__name__') ? '' : metric}{${pairs.join(', ')}}`
}
