import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prometheusPaths, runPrometheus } from '../../../test/prometheus-process.ts'
import type { RunningProgram } from '../../../test/program.ts'
import { createHttpClient } from '#kit/http'
import { createPromqlTool } from './promql.ts'

const paths = prometheusPaths()
const ALERT = '2026-03-01T10:00:00Z'
const NOW = '2026-03-01T10:30:00Z'
const at = (text: string): number => Date.parse(text) / 1_000

/** An hour and a half of a point a minute: one pod's memory grows by 2 MiB a minute, the other's stays; requests come at 5 a second. */
function past(): string[] {
  const minutes = Array.from({ length: 91 }, (_, i) => i)
  const from = at('2026-03-01T09:00:00Z')
  const line = (name: string, value: (i: number) => number) => minutes.map((i) => `${name} ${value(i)} ${from + i * 60}`)
  const mib = 2 ** 20
  return [
    '# TYPE container_memory_working_set_bytes gauge',
    ...line('container_memory_working_set_bytes{namespace="shop",pod="api-1"}', (i) => (100 + 2 * i) * mib),
    ...line('container_memory_working_set_bytes{namespace="shop",pod="api-2"}', () => 100 * mib),
    '# TYPE http_requests counter',
    ...line('http_requests_total{namespace="shop"}', (i) => i * 300),
  ]
}

describe.runIf(paths)(
  `the tool promql at a real Prometheus${paths ? '' : ': NOT RUN, none on PATH or in $PROMETHEUS and $PROMTOOL'}`,
  () => {
    let server: RunningProgram
    const http = createHttpClient({ profile: 'configured' })
    beforeAll(async () => void (server = await runPrometheus(paths!, past())), 60_000)
    afterAll(async () => {
      await http.close()
      await server?.stop()
    })
    const ask = async (input: object) => {
      const made = await createPromqlTool({ url: server.url, http, alertStartsAt: ALERT, now: () => new Date(NOW) })
      if ('why' in made) throw new Error(made.why)
      return made.tool.call(input, { signal: AbortSignal.timeout(30_000) })
    }

    test('tells the trend of a range around the alert', async () => {
      const { text, error } = await ask({ query: 'container_memory_working_set_bytes{namespace="shop"} / 1048576' })
      expect(error).toBeFalsy()
      expect(text).toContain('2 series, all with {namespace="shop"}')
      expect(text).toMatch(/\{pod="api-1"\} min 100 median 190 max 280 last 280 slope \+?120\/h/)
      expect(text).toMatch(/\{pod="api-2"\} always 100 n \d+/)
    })

    test('asks for one moment, and for rates', async () => {
      expect((await ask({ query: 'sum(rate(http_requests_total[5m]))', instant: true })).text).toMatch(/\b5\b/)
      expect((await ask({ query: 'http_requests_total', instant: true, end: 'alert' })).text).toMatch(/18.?000/)
    })

    test.each([
      ['what Prometheus refuses', 'rate(http_requests_total)', /expected type range vector/],
      ['what matches nothing', 'no_such_metric', /no series/],
      [
        'a query that it cannot carry out',
        'container_memory_working_set_bytes * on (namespace) http_requests_total * on (namespace) container_memory_working_set_bytes',
        /many-to-many|multiple matches/,
      ],
    ])('says in its words %s', async (_, query, expected) => {
      expect((await ask({ query })).text).toMatch(expected)
    })
  },
)
