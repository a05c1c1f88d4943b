import { z } from 'zod'
import { errorText, InputError, RetryableError, TerminalError } from '#kit/errors'
import type { HttpClient, HttpResponse } from '#kit/http'
import { redact } from '#kit/redact'
import type { Tool, ToolOutput } from '../tool.ts'
import { capLine, capMiddle } from './cap.ts'
import { readAnswer } from './promql/answer.ts'
import { summarise } from './promql/summarise.ts'
import { windowOf, type Window } from './promql/window.ts'

export interface PromqlToolOptions {
  /** Of Prometheus or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics), with a path if it has one: `http://prometheus.monitoring:9090`. */
  url: string | undefined
  /** Asked for before each query: a token in a file is renewed by whoever issues it. */
  auth?: () => PromqlAuth
  /** Of the profile `configured`. */
  http: HttpClient
  /** When the alert began, RFC 3339; null without one. Ranges are around it unless a call says otherwise. */
  alertStartsAt: string | null
  now(): Date
  /** Milliseconds of one query. Default 20 s. */
  timeoutMs?: number
}

export type PromqlAuth = { bearer: string } | { username: string; password: string }

const TEXT_CHARS = 6_000
const FULL_BYTES = 256 * 1024
/** Series that Prometheus (since 3.0) gives at most; an older one is bounded by the size of its answer. */
const SERIES_LIMIT = 500
const PROBE_MS = 3_000

const DESCRIPTION = `Ask Prometheus in PromQL. Gives min, median, max, last and slope per series, at most 20 series: aggregate (sum by, topk) and filter by namespace and pod. A range by default, from an hour before the alert; instant: true for one moment. Use rate() or increase() on counters.`

const Input = z.object({
  query: z.string().describe('PromQL, e.g. sum by (pod) (rate(container_cpu_usage_seconds_total{namespace="shop"}[5m]))'),
  start: z.string().optional().describe('RFC 3339, now-2h or alert-30m'),
  end: z.string().optional().describe('The same; for instant the moment, by default now'),
  instant: z.boolean().optional(),
})

/** The tool, or why it cannot be had: no URL, or nobody there who lets us in. */
export async function createPromqlTool(options: PromqlToolOptions, signal?: AbortSignal): Promise<{ tool: Tool } | { why: string }> {
  if (!options.url) return { why: 'no Prometheus is configured' }
  const base = `${options.url.replace(/\/+$/, '')}/api/v1`
  const headers = () => ({ accept: 'application/json', ...authorization(options.auth?.()) })
  const get = (
    path: string,
    params: Record<string, string>,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse | string> =>
    fetched(
      options.http.request({
        url: `${base}/${path}?${new URLSearchParams(params)}`,
        headers: headers(),
        timeoutMs,
        ...(signal ? { signal } : {}),
      }),
    )

  const probe = await get('query', { query: 'vector(1)' }, PROBE_MS, signal)
  const answer = typeof probe === 'string' ? { fault: probe } : readAnswer(probe.status, probe.text)
  if ('fault' in answer) return { why: `Prometheus cannot be asked: ${capLine(redact(answer.fault), 300)}` }

  // The grammar is only loaded where it is needed.
  const { promqlFault } = await import('./promql/syntax.ts')
  const timeoutMs = options.timeoutMs ?? 20_000
  const alert = options.alertStartsAt === null ? null : Date.parse(options.alertStartsAt)
  return {
    tool: {
      name: 'promql',
      description: DESCRIPTION,
      inputSchema: Input,
      async call(input, { signal }) {
        const { query, ...asked } = Input.parse(input)
        const fault = promqlFault(query)
        if (fault !== null) return failed(`Not sent, ${fault}`)
        const times = { alert: alert === null || Number.isNaN(alert) ? null : alert, now: options.now().getTime() }
        const window = windowOf(asked, times)
        if ('fault' in window) return failed(`Not sent: ${window.fault}`)
        const response = await get(
          window.kind === 'instant' ? 'query' : 'query_range',
          paramsOf(query, window, timeoutMs),
          timeoutMs,
          signal,
        )
        if (typeof response === 'string') return failed(response)
        const answer = readAnswer(response.status, response.text)
        if ('fault' in answer) return failed(answer.fault)
        if (answer.text !== null) return { text: capMiddle(redact(answer.text), TEXT_CHARS), full: null, summary: 'a text' }
        const told = summarise(answer.series, window, times)
        const warnings = answer.warnings.length > 0 ? `\n(${capLine(redact(answer.warnings.join('; ')).replace(/\s+/g, ' '), 300)})` : ''
        const text = redact(told.text)
        const shown = capMiddle(text, TEXT_CHARS - warnings.length, 0.8) + warnings
        const full = told.full ?? (shown.length < text.length ? told.text : null)
        return { text: shown, full: full === null ? null : capMiddle(redact(full), FULL_BYTES / 2, 0.9), summary: redact(told.summary) }
      },
    },
  }
}

/** Seconds, as the API wants times; `limit` and `timeout` bound the server's own work. */
function paramsOf(query: string, window: Window, timeoutMs: number): Record<string, string> {
  const bounds = { limit: String(SERIES_LIMIT), timeout: `${Math.ceil(timeoutMs / 1_000)}s` }
  if (window.kind === 'instant') return { query, time: String(window.at / 1_000), ...bounds }
  return { query, start: String(window.start / 1_000), end: String(window.end / 1_000), step: String(window.step), ...bounds }
}

function authorization(auth: PromqlAuth | undefined): Record<string, string> {
  if (auth === undefined) return {}
  if ('bearer' in auth) return { authorization: `Bearer ${auth.bearer}` }
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` }
}

/** The answer, or in words why there is none. Only an abort is thrown. */
async function fetched(request: Promise<HttpResponse>): Promise<HttpResponse | string> {
  try {
    return await request
  } catch (error) {
    if (error instanceof RetryableError) return `${errorText(error)}. Ask for less (a shorter range, fewer series), or go on without it.`
    if (error instanceof TerminalError || error instanceof InputError) {
      return /more than \d+ bytes/.test(error.message)
        ? 'The answer is too large: aggregate (sum by, topk) or filter by labels.'
        : errorText(error)
    }
    throw error
  }
}

const failed = (text: string): ToolOutput => ({
  text: capMiddle(redact(text), 2_000),
  full: null,
  error: true,
  summary: capLine(redact(text).replace(/\s+/g, ' '), 200),
})
