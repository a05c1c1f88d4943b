import { z } from 'zod'
import { createPrometheus, withinNamespace, type PrometheusAuth } from '#cluster'
import type { HttpClient } from '#kit/http'
import { redact } from '#kit/redact'
import type { Tool, ToolOutput } from '../tool.ts'
import { capLine, capMiddle } from './cap.ts'
import { summarise } from './promql/summarise.ts'
import { windowOf } from './promql/window.ts'

export interface PromqlToolOptions {
  /** Of Prometheus or what speaks its HTTP API (Thanos, Mimir, VictoriaMetrics), with a path if it has one: `http://prometheus.monitoring:9090`. */
  url: string | undefined
  /** Asked for before each query: a token in a file is renewed by whoever issues it. */
  auth?: () => PrometheusAuth
  /** Only series of this namespace are shown; null or absent: all. */
  namespace?: string | null
  /** Of the profile `configured`. */
  http: HttpClient
  /** When the alert began, RFC 3339; null without one. Ranges are around it unless a call says otherwise. */
  alertStartsAt: string | null
  now(): Date
  /** Milliseconds of one query. Default 20 s. */
  timeoutMs?: number
}

const TEXT_CHARS = 6_000
const FULL_BYTES = 256 * 1024
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
  const whole = createPrometheus({ url: options.url, auth: options.auth, http: options.http })
  const { namespace } = options
  const prometheus = namespace ? withinNamespace(whole, namespace) : whole
  const probe = await prometheus.ask('vector(1)', { kind: 'instant', at: options.now().getTime() }, { timeoutMs: PROBE_MS, signal })
  if ('fault' in probe) return { why: `Prometheus cannot be asked: ${capLine(redact(probe.fault), 300)}` }

  // The grammar is only loaded where it is needed.
  const { promqlFault } = await import('./promql/syntax.ts')
  const timeoutMs = options.timeoutMs ?? 20_000
  const alert = options.alertStartsAt === null ? null : Date.parse(options.alertStartsAt)
  return {
    tool: {
      name: 'promql',
      description: namespace ? `${DESCRIPTION} You see series with namespace="${namespace}" only.` : DESCRIPTION,
      inputSchema: Input,
      async call(input, { signal }) {
        const { query, ...asked } = Input.parse(input)
        const fault = promqlFault(query)
        if (fault !== null) return failed(`Not sent, ${fault}`)
        const times = { alert: alert === null || Number.isNaN(alert) ? null : alert, now: options.now().getTime() }
        const window = windowOf(asked, times)
        if ('fault' in window) return failed(`Not sent: ${window.fault}`)
        const answer = await prometheus.ask(query, window, { timeoutMs, signal })
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

const failed = (text: string): ToolOutput => ({
  text: capMiddle(redact(text), 2_000),
  full: null,
  error: true,
  summary: capLine(redact(text).replace(/\s+/g, ' '), 200),
})
