import { afterEach, describe, expect, test } from 'vitest'
import { agreeing, investigate, model } from '../../../test/agent.ts'
import { startModelServer, type ModelServer, type Play } from '../../../test/model-server.ts'
import type { Wire } from '../../../test/model-wires.ts'
import { createModel, type Fetch, type ModelSpec } from '../agent.ts'

/** The vendors' own packages against their wire formats: what a model may do, and what may go wrong on the way. */

let server: ModelServer
afterEach(() => server.close())

const spec = (wire: Wire, more: Partial<ModelSpec> = {}): ModelSpec => ({
  provider: ({ anthropic: 'anthropic', openai: 'openai', compatible: 'openai-compatible' } as const)[wire],
  name: { anthropic: 'claude-sonnet-4-5', openai: 'gpt-5', compatible: 'llama3.3' }[wire],
  baseURL: server.baseURL(wire),
  apiKey: 'test-key',
  ...more,
})

async function play(wire: Wire, script: Play[], more: Partial<ModelSpec> = {}) {
  server = await startModelServer(script)
  const run = investigate([model(spec(wire, more))])
  return { ...run, result: await run.outcome }
}

const conclude = (cites?: string[]): Play => ({ calls: [{ name: 'conclude', input: agreeing(cites) }] })
const kubectl = (...args: string[]) => ({ name: 'kubectl', input: { args } })

describe.each(['anthropic', 'openai', 'compatible'] as const)('%s', (wire) => {
  test('tools in parallel, then a conclusion that cites them', async () => {
    const { result, tool } = await play(wire, [
      {
        text: 'I look at the pods and the rollout.',
        calls: [kubectl('get', 'pods'), kubectl('rollout', 'history')],
        usage: { input: 2_000, cached: 0, output: 50 },
      },
      { ...conclude(['f1', 'o2']), usage: { input: 2_500, cached: 1_500, output: 80 } } as Play,
    ])
    expect(result).toMatchObject({ concluded: true, incomplete: [], added: 'the variable was removed in revision 4' })
    expect(result.diagnosis.rootCause?.cites).toEqual(['aaaa', 'o2'])
    expect(tool.calls).toEqual([{ args: ['get', 'pods'] }, { args: ['rollout', 'history'] }])
    expect(result.usage).toMatchObject({ modelCalls: 2, toolCalls: 2, inputTokens: 4_500, outputTokens: 130, cacheReadTokens: 1_500 })
    expect(server.requests[1]!.raw).toContain('output of rollout history')
  })

  test.runIf(wire !== 'compatible')('reasoning goes back to its vendor as it came', async () => {
    const { result } = await play(wire, [{ thinking: 'The env is telling.', calls: [kubectl('get', 'deploy')] }, conclude()])
    expect(result.concluded).toBe(true)
    expect(server.requests[1]!.raw).toContain('The env is telling.')
  })

  test('an unknown tool and arguments that do not fit are answered, not carried out', async () => {
    const { result, tool } = await play(wire, [
      {
        calls: [
          { name: 'shell', input: { command: 'rm -rf /' } },
          { name: 'kubectl', input: { args: 'get pods' } },
          kubectl('get', 'pods'),
        ],
      },
      conclude(['o1']),
    ])
    expect(result.concluded).toBe(true)
    expect(tool.calls).toEqual([{ args: ['get', 'pods'] }])
    expect(server.requests[1]!.raw).toContain('unavailable tool')
    expect(server.requests[1]!.raw).toMatch(/args: Invalid input: expected array/)
  })

  test.runIf(wire !== 'anthropic')('arguments that are no JSON', async () => {
    const { result, tool } = await play(wire, [{ calls: [{ name: 'kubectl', input: '{"args": ["get"' }] }, conclude()])
    expect(result.concluded).toBe(true)
    expect(tool.calls).toEqual([])
  })

  test('plain text is asked for again as a call, once', async () => {
    const { result } = await play(wire, [{ text: 'It is DB_HOST.' }, { text: 'As I said: DB_HOST.' }])
    expect(server.requests).toHaveLength(2)
    expect(result).toMatchObject({ concluded: false, incomplete: [expect.stringContaining('it answered with plain text')] })
    expect(result.diagnosis.rootCause?.id).toBe('cause-1')
  })

  test('an empty answer is mended', async () => {
    const { result } = await play(wire, [{}, conclude()])
    expect(result.concluded).toBe(true)
  })

  test('an answer that was cut off is told to be shorter', async () => {
    const { result } = await play(wire, [{ text: 'Let me think about', cutOff: true }, conclude()])
    expect(result.concluded).toBe(true)
    expect(server.requests[1]!.raw).toContain('cut off at the limit on its length')
  })

  test.runIf(wire !== 'anthropic')('a conclusion that was cut off in the middle of its JSON', async () => {
    const { result } = await play(wire, [
      { calls: [{ name: 'conclude', input: '{"rootCause": {"summary": "DB_HO' }], cutOff: true },
      conclude(),
    ])
    expect(result.concluded).toBe(true)
    expect(server.requests[1]!.raw).toMatch(/Not accepted. [^"]*JSON[^"]* cut off at the limit/)
  })

  test('what was said between turns stays where it was said', async () => {
    const { result } = await play(wire, [{ text: 'Let me see.' }, { calls: [kubectl('get', 'pods')] }, conclude()])
    expect(result.concluded).toBe(true)
    const told = 'Answer only by calling tools'
    expect(server.requests.map(({ raw }) => raw.split(told).length - 1)).toEqual([0, 1, 1])
  })

  test('a refusal is not asked again', async () => {
    const { result } = await play(wire, [{ refusal: 'I cannot help with that.' }])
    expect(server.requests).toHaveLength(1)
    expect(result).toMatchObject({ concluded: false, incomplete: [expect.stringContaining('it refused to answer')] })
    expect(result.usage).toMatchObject({ modelCalls: 1, inputTokens: 1_000 })
  })

  test.each([429, 500, 503, 529])('HTTP %i is tried again', async (status) => {
    const { result, pace } = await play(wire, [{ status }, conclude()])
    expect(result.concluded).toBe(true)
    expect(pace.waits).toEqual([500])
    expect(result.usage.modelCalls).toBe(2)
  })

  test.each([
    [{ 'retry-after': '7' }, 7_350],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:12 GMT' }, 12_500],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_575],
  ])('429 with %o waits that long and a little', async (headers, waited) => {
    const { pace } = await play(wire, [{ status: 429, headers: headers as Record<string, string> }, conclude()])
    expect(pace.waits).toEqual([waited])
  })

  test.each([400, 401, 403, 404])('HTTP %i is not', async (status) => {
    const { result } = await play(wire, [{ status, message: 'no such thing' }])
    expect(server.requests).toHaveLength(1)
    expect(result).toMatchObject({ concluded: false, incomplete: [expect.stringContaining(`HTTP ${status} no such thing`)] })
  })

  test('a server that keeps failing is left after four requests', async () => {
    const { result } = await play(
      wire,
      Array.from({ length: 9 }, () => ({ status: 500 })),
    )
    expect(server.requests).toHaveLength(4)
    expect(result.incomplete[0]).toContain('HTTP 500 scripted, 4 times')
  })

  test('a connection that breaks in the middle of an answer, and an answer that is none', async () => {
    const { result } = await play(wire, [{ cut: true }, { raw: '<html>502 Bad Gateway</html>' }, conclude()])
    expect(result.concluded).toBe(true)
    expect(server.requests).toHaveLength(3)
  })

  test('a hang ends with the time-out of the call, twice at most', async () => {
    const { result } = await play(wire, [{ hang: true }, { hang: true }, conclude()], { timeoutMs: 60 })
    expect(server.requests).toHaveLength(2)
    expect(result.incomplete[0]).toContain('no answer within')
  })
})

describe('what a request carries', () => {
  test('anthropic: the stable beginning and the last message are marked for the cache', async () => {
    await play('anthropic', [{ calls: [kubectl('get', 'pods')] }, conclude()])
    const { body } = server.requests[1]!
    expect(body.system[0].cache_control).toEqual({ type: 'ephemeral' })
    expect(body.messages[0].content.at(-1).cache_control).toEqual({ type: 'ephemeral' })
    expect(body.messages.at(-1).content.at(-1).cache_control).toEqual({ type: 'ephemeral' })
    expect(body.messages[0].content).toEqual(server.requests[0]!.body.messages[0].content)
    expect(body.tools).toEqual(server.requests[0]!.body.tools)
  })

  test('temperature, headers and the limit on output come from the spec', async () => {
    await play('compatible', [conclude()], { temperature: '0.2', maxOutputTokens: 777, headers: { 'x-team': 'shop' } })
    expect(server.requests[0]).toMatchObject({
      body: { temperature: 0.2, max_tokens: 777 },
      headers: { 'x-team': 'shop', authorization: 'Bearer test-key' },
    })
  })

  test.each<[ModelSpec, string]>([
    [{ provider: 'anthropic', name: 'claude-sonnet-4-5', apiKey: 'own-key' }, 'https://api.anthropic.com/v1/messages'],
    [{ provider: 'openai', name: 'gpt-5', apiKey: 'own-key' }, 'https://api.openai.com/v1/responses'],
  ])("the environment's key and address are never picked up: %o", async (spec, address) => {
    server = await startModelServer([])
    const asked: string[] = []
    const fetch: Fetch = async (url, init) => {
      asked.push(`${String(url)} ${new Headers(init?.headers).get('x-api-key') ?? new Headers(init?.headers).get('authorization')}`)
      return new Response('{}', { status: 400 })
    }
    const kept = { ...process.env }
    const planted = { API_KEY: 'server-key', BASE_URL: server.baseURL('openai') }
    for (const [key, value] of Object.entries(planted))
      Object.assign(process.env, { [`OPENAI_${key}`]: value, [`ANTHROPIC_${key}`]: value })
    try {
      await investigate([createModel(spec, { fetch })]).outcome
    } finally {
      process.env = kept
    }
    expect(asked).toEqual([expect.stringMatching(new RegExp(`^${address} (Bearer )?own-key$`))])
    expect(server.requests).toEqual([])
  })
})
