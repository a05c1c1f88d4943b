import { describe, expect, it } from 'vitest'
import { deployment, object, podSpec, run, running, service } from '../fixtures.ts'
import { objectText } from '#kinds/result'

const errors = (line: string): any => ({ ...running, log: Array.from({ length: 9 }, () => `ERROR ${line}`).join('\n') })
const env = (value: string) => ({ env: [{ name: 'PRICE_FEED_VENDOR', value }] })
const objects = [
  object('v1', 'Namespace', 'shop', { metadata: { namespace: undefined } }),
  deployment('prices', podSpec(env('acme')), [errors('price feed vendor does not answer')]),
  service('prices', { app: 'prices' }),
  deployment('orders', podSpec(env('bolt')), [running]),
  object('networking.k8s.io/v1', 'Ingress', 'prices', {
    spec: {
      rules: [
        { host: '*.prices.example', http: { paths: [{ path: '/', backend: { service: { name: 'prices', port: { number: 80 } } } }] } },
      ],
    },
  }),
].flat()
const away = object('v1', 'Namespace', 'monitoring', { metadata: { namespace: undefined } })

describe('what an alert is about, when its labels only name a namespace', () => {
  const cases: [string, string, any, string | null][] = [
    ['a label names a workload', 'Namespace shop', { labels: { app: 'prices' } }, 'Deployment shop/prices'],
    ['a label names another', 'Namespace shop', { labels: { app: 'orders' } }, null],
    ['its text names one', 'Namespace shop', { annotations: { summary: 'Service prices is slow.' } }, 'Deployment shop/prices'],
    ['nothing is named', 'Namespace shop', { labels: { app: 'x' } }, 'Deployment shop/prices'],
    [
      'a prober asked a host',
      'Namespace monitoring',
      { labels: { instance: 'https://eu.prices.example/health' } },
      'Deployment shop/prices',
    ],
    ['a prober asked a Service', 'Namespace monitoring', { labels: { target: 'http://prices.shop.svc:80/' } }, 'Deployment shop/prices'],
    ['a prober asked a host of nobody', 'Namespace monitoring', { labels: { instance: 'https://other.example/' } }, null],
  ]
  it.each(cases)('%s', async (_, target, alert, expected) => {
    const { rootCause } = await run([...objects, away], target, alert)
    expect(rootCause && objectText(rootCause.object)).toBe(expected)
  })
})
