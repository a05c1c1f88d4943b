import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '#kit/errors'
import type { Model } from '#kinds/model'
import { agreeing, investigate } from '../../../test/agent.ts'
import { startModelServer, type ModelServer } from '../../../test/model-server.ts'
import { chainOf, createModelFetch, type Keys } from '../agent.ts'

const SERVER_KEY = 'sk-the-servers-own-key'
const keys: Keys = {
  async secret({ name, key }) {
    if (name === 'keys') return `${key}-value\n`
    throw new InputError(`Secret shop/${name} has no key "${key}"`, { remedy: 'Create it.' })
  },
  own: () => SERVER_KEY,
}
const way = createModelFetch({ profile: 'configured' })
const chain = (model: Model) => chainOf(model, keys, way.fetch)
const REF = { name: 'keys', key: 'k' }

let server: ModelServer
beforeAll(async () => {
  server = await startModelServer(() => ({ calls: [{ name: 'conclude', input: agreeing() }] }))
})
afterAll(async () => {
  await server.close()
  await way.close()
})

/** What the stand-in was sent. */
async function heard(model: Model): Promise<{ headers: string; incomplete: readonly string[] }> {
  const before = server.requests.length
  const { incomplete } = await investigate(await chain(model)).outcome
  return { headers: JSON.stringify(server.requests.slice(before).map(({ headers }) => headers)), incomplete }
}

describe("the server's own key", () => {
  test.each(['anthropic', 'openai'] as const)('never arrives at a baseURL of %s, though the schema were by-passed', async (provider) => {
    const { headers, incomplete } = await heard({ provider, name: 'x', baseURL: server.baseURL(provider) })
    expect(headers).toBe('[]')
    expect(incomplete).toEqual([expect.stringContaining(`${provider} needs an API key`)])
  })

  test('never arrives at a compatible server, which is asked without one', async () => {
    const { headers, incomplete } = await heard({
      provider: 'openai-compatible',
      name: 'llama3.3',
      baseURL: server.baseURL('compatible'),
    })
    expect(incomplete).toEqual([])
    expect(headers).not.toContain(SERVER_KEY)
    expect(headers).not.toContain('authorization')
  })

  test('is not used where a Secret is named', async () => {
    const { headers } = await heard({ provider: 'anthropic', name: 'x', baseURL: server.baseURL('anthropic'), apiKeySecretRef: REF })
    expect(headers).toContain('"x-api-key":"k-value"')
    expect(headers).not.toContain(SERVER_KEY)
  })
})

test('a Workflow says everything about its model', async () => {
  const [first, second] = await chain({
    provider: 'openai',
    name: 'gpt-5-2025-08-07',
    apiKeySecretRef: REF,
    maxOutputTokens: 1_000,
    temperature: '0.5',
    timeout: '1m30s',
    contextTokens: 10_000,
    price: { input: '2.5', output: '15', cacheRead: '0.25' },
    fallbacks: [{ provider: 'openai', name: 'gpt-5' }],
  })
  expect(first).toMatchObject({
    id: 'openai/gpt-5-2025-08-07',
    maxOutputTokens: 1_000,
    temperature: 0.5,
    timeoutMs: 90_000,
    contextTokens: 10_000,
    price: { input: 2.5, output: 15, cacheRead: 0.25 },
    fault: null,
  })
  expect(second).toMatchObject({ id: 'openai/gpt-5', fault: null })
})

test('a model that cannot be made keeps its place, and the next one goes on without an attempt at it', async () => {
  const compatible = { provider: 'openai-compatible', name: 'llama3.3', baseURL: server.baseURL('compatible') } as const
  const models = await chain({
    provider: 'anthropic',
    name: 'claude',
    apiKeySecretRef: { name: 'gone', key: 'k' },
    fallbacks: [{ provider: 'scripted', file: '/nowhere.yaml' }, compatible],
  })
  expect(models.map(({ id, fault }) => [id, fault === null])).toEqual([
    ['anthropic/claude', false],
    ['scripted/nowhere.yaml', false],
    ['openai-compatible/llama3.3', true],
  ])
  const { incomplete, usage } = await investigate(models).outcome
  expect(usage.modelCalls).toBe(1)
  expect(incomplete).toEqual([
    'anthropic/claude: Secret shop/gone has no key "k". Create it.; openai-compatible/llama3.3 went on in its place',
    expect.stringMatching(/^scripted\/nowhere.yaml: model.fallbacks\[0\].file: cannot read/),
  ])
})
