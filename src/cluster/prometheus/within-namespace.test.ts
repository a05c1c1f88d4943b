import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prometheusPaths, runPrometheus } from '../../../test/prometheus-process.ts'
import type { RunningProgram } from '../../../test/program.ts'
import { createHttpClient } from '#kit/http'
import { createPrometheus } from './prometheus.ts'
import { boundedQuery, withinNamespace } from './within-namespace.ts'

describe('a query bounded to the namespace shop', () => {
  const ns = 'namespace="shop"'
  it.each([
    ['up', `up{${ns}}`],
    ['up{}', `up{${ns},}`],
    ['up{job="a",}', `up{${ns},job="a",}`],
    ['up{namespace="bank"}', `up{${ns},namespace="bank"}`],
    ['{__name__=~".+"}', `{${ns},__name__=~".+"}`],
    ['{"a.metric", job="b"}', `{${ns},"a.metric", job="b"}`],
    ['sum by (pod) (rate(x[5m])) / on (pod) y offset 1h', `sum by (pod) (rate(x{${ns}}[5m])) / on (pod) y{${ns}} offset 1h`],
    ['max_over_time(rate(x{a="}"}[1m])[1h:5m])', `max_over_time(rate(x{${ns},a="}"}[1m])[1h:5m])`],
    ['absent(x) or vector(1)', `absent(x{${ns}}) or vector(1)`],
    ['label_replace(x, "namespace", "shop", "", "")', `label_replace(x{${ns}}, "namespace", "shop", "", "")`],
    ["x{a='b{c'}\n+ y", `x{${ns},a='b{c'} + y{${ns}}`],
    ['1 + 2', '1 + 2'],
  ])('%s', async (query, expected) => expect(await boundedQuery(query, 'shop')).toBe(expected))

  it.each([
    ['what is no PromQL', 'up{'],
    ['a comment, which ends elsewhere for Prometheus than for us', 'up # \r or secret'],
    ['a string that is not closed', 'up{a="b}'],
  ])('is not sent when it is %s', async (_, query) => expect(await boundedQuery(query, 'shop')).toBeNull())
})

const paths = prometheusPaths()
describe.runIf(paths)(`at a real Prometheus${paths ? '' : ': NOT RUN, none on PATH'}`, () => {
  let server: RunningProgram
  const http = createHttpClient({ profile: 'configured' })
  beforeAll(async () => {
    const past = [
      '# TYPE money gauge',
      'money{namespace="shop"} 1 1767225600',
      'money{namespace="bank"} 1000 1767225600',
      'money{} 5 1767225600',
    ]
    server = await runPrometheus(paths!, past)
  }, 60_000)
  afterAll(async () => {
    await http.close()
    await server?.stop()
  })

  it.each([
    'money',
    '{__name__="money"}',
    'sum by (namespace) (money)',
    'money or money{namespace="bank"}',
    'money{namespace=~".*"}',
    'last_over_time(money[5m])',
    'label_replace({__name__=~".+"}, "x", "y", "", "")',
    'money{namespace="bank"} or label_replace(money, "namespace", "shop", "namespace", ".*")',
  ])('%s shows what is of the namespace and nothing else', async (query) => {
    const prometheus = withinNamespace(createPrometheus({ url: server.url, http }), 'shop')
    const answer = await prometheus.ask(query, { kind: 'instant', at: 1_767_225_600_000 }, { timeoutMs: 30_000 })
    expect(answer).toMatchObject({ series: [{ labels: { namespace: 'shop' }, points: [[expect.any(Number), 1]] }] })
  })
})
