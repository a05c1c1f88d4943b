import { describe, expect, test } from 'vitest'
import {
  agreeing,
  concluding,
  countingTool,
  diagnosis,
  finding,
  investigate,
  kubectl,
  model,
  NOW,
  ok,
  recordingStep,
  scripted,
} from '../../test/agent.ts'
import type { Step } from '#kit/step'
import { Diagnosis, Usage } from '#kinds/result'

describe('the loop', () => {
  test('one model call is one step, one tool call is one step, in the order of the calls', async () => {
    const { outcome, ran } = investigate([
      await scripted([
        { toolCalls: [kubectl('get', 'pods'), kubectl('get', 'deploy')] },
        { toolCalls: [kubectl('logs', 'x')] },
        concluding(agreeing(['f1', 'o3'])),
      ]),
    ])
    const result = await outcome
    expect(ran).toEqual(['model-1', 'tool-1-1', 'tool-1-2', 'model-2', 'tool-2-1', 'model-3'])
    expect(result).toMatchObject({ concluded: true, incomplete: [], usage: { modelCalls: 3, toolCalls: 3 } })
    expect(Diagnosis.parse(result.diagnosis)).toEqual(result.diagnosis)
    expect(Usage.parse(result.usage)).toEqual(result.usage)
  })

  test('tool calls of one answer run at the same time', async () => {
    // Each waits for the other: one after the other they would never end.
    const waiting: (() => void)[] = []
    const tool = countingTool(async (args) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length === 2) for (const go of waiting) go()
      })
      return ok(args)
    })
    const talk = await scripted([{ toolCalls: [kubectl('get', 'a'), kubectl('get', 'b')] }, concluding()])
    expect((await investigate([talk], { tools: { tools: [tool], unavailable: [] } }).outcome).outputs).toHaveLength(2)
  })

  test('the same call is not made twice, in one answer or a later one, whatever the order of its keys', async () => {
    const { outcome, tool, ran } = investigate([
      await scripted([
        { toolCalls: [kubectl('get', 'pods'), kubectl('get', 'pods')] },
        { toolCalls: [kubectl('get', 'pods'), kubectl('get', 'svc')] },
        { whenPromptContains: 'its output is o1', ...concluding(agreeing(['o1', 'o2'])) },
      ]),
    ])
    expect((await outcome).concluded).toBe(true)
    expect(tool.calls).toEqual([{ args: ['get', 'pods'] }, { args: ['get', 'svc'] }])
    expect(ran).toEqual(['model-1', 'tool-1-1', 'model-2', 'tool-2-2', 'model-3'])
  })

  test('more than eight calls at once are told to come again', async () => {
    const calls = Array.from({ length: 10 }, (_, i) => kubectl('get', `pod-${i}`))
    const { outcome, tool } = investigate([
      await scripted([{ toolCalls: calls }, { whenPromptContains: 'at most 8 calls at once', ...concluding() }]),
    ])
    expect((await outcome).concluded).toBe(true)
    expect(tool.calls).toHaveLength(8)
  })

  test('what a tool throws is told to the model, and the investigation goes on', async () => {
    const tool = countingTool(() => {
      throw new Error('connect ECONNREFUSED 10.0.0.1:443')
    })
    const talk = await scripted([
      { toolCalls: [kubectl('get', 'pods')] },
      { whenPromptContains: ['o1 failed', 'ECONNREFUSED'], ...concluding() },
    ])
    const { outputs, concluded } = await investigate([talk], { tools: { tools: [tool], unavailable: [] } }).outcome
    expect({ concluded, error: outputs[0]?.error }).toEqual({ concluded: true, error: true })
  })

  test('a tool that does not listen is left behind at the deadline', async () => {
    const tool = countingTool(() => new Promise<never>(() => undefined))
    let ms = NOW.getTime()
    const { outcome } = investigate([await scripted([{ toolCalls: [kubectl('get', 'pods')] }, concluding()])], {
      tools: { tools: [tool], unavailable: [] },
      now: () => new Date(ms),
      onEvent: ({ type }) => void (type === 'model-answered' && (ms = NOW.getTime() + 299_950)),
    })
    expect((await outcome).outputs[0]).toMatchObject({ error: true, summary: 'no time left' })
  })

  test('secrets in an output are gone before anybody sees it', async () => {
    const secret = 'password=hunter2hunter2'
    const tool = countingTool(() => ({ text: `log: ${secret}`, full: `${secret} and more`, summary: secret }))
    const saved: string[] = []
    const talk = await scripted([{ toolCalls: [kubectl('logs', 'x')] }, concluding()])
    const { outcome, records, events } = investigate([talk], {
      tools: { tools: [tool], unavailable: [] },
      saveArtifact: async ({ text }) => `artifact-${saved.push(text)}`,
    })
    await outcome
    expect(JSON.stringify([...records.values(), events, saved])).not.toContain('hunter2')
    expect(JSON.parse(records.get('tool-1-1')!)).toMatchObject({ artifact: 'artifact-1' })
  })

  test('tools that cannot be had are told to the model and in the result', async () => {
    const talk = await scripted([{ whenPromptContains: 'promql (no Prometheus is configured)', ...concluding() }])
    const unavailable = [{ name: 'promql', why: 'no Prometheus is configured' }]
    expect(await investigate([talk], { tools: { tools: [], unavailable } }).outcome).toMatchObject({
      concluded: true,
      incomplete: ['The agent went without promql: no Prometheus is configured'],
    })
  })

  test('without a model the diagnosis stands', async () => {
    const { outcome, ran } = investigate([])
    const result = await outcome
    expect(ran).toEqual([])
    expect(result.diagnosis).toEqual({
      ...diagnosis(),
      incomplete: ["The agent did not conclude: no model is configured. The result is the diagnosis' own."],
    })
  })
})

describe('a replay', () => {
  const turns = [
    { toolCalls: [kubectl('get', 'pods'), kubectl('get', 'deploy')] },
    { text: 'Hm.' },
    { toolCalls: [kubectl('get', 'pods'), kubectl('describe', 'pod', 'x')] },
    concluding(agreeing(['f1', 'o3'])),
  ]

  test('over complete records makes no call and says the same', async () => {
    const first = investigate([await scripted(turns)])
    const result = await first.outcome
    const kept = recordingStep(first.records)
    // The clock has moved on past the deadline, and the model would not answer any more.
    const again = investigate([await scripted([{ error: { status: 500 } }])], {
      step: kept.step,
      now: () => new Date(NOW.getTime() + 3_600_000),
    })
    expect(await again.outcome).toEqual(result)
    expect(again.tool.calls).toEqual([])
    expect(kept.ran).toEqual([])
    expect(kept.started).toEqual(first.started)
  })

  test.each([1, 2, 3, 4, 5, 6])('after a crash behind step %i goes on where it was', async (done) => {
    const whole = investigate([await scripted(turns)])
    const result = await whole.outcome
    const kept = recordingStep(new Map([...whole.records].slice(0, done)))
    const again = investigate([await scripted(turns)], { step: kept.step })
    expect(await again.outcome).toEqual(result)
    expect([...whole.records.keys()].slice(done)).toEqual(kept.ran)
  })

  test("an engine's own signal passes through", async () => {
    const conflict = new Error('another process took the run over')
    const step: Step = (name, run) => (name === 'tool-1-1' ? Promise.reject(conflict) : run(new AbortController().signal))
    await expect(investigate([await scripted(turns)], { step }).outcome).rejects.toBe(conflict)
  })

  test('an aborted step is not a failure of the model', async () => {
    const stop = new AbortController()
    const step: Step = (_, run) => run(stop.signal)
    const { outcome } = investigate([await scripted([{ delayMs: 60_000, ...concluding() }])], { step })
    stop.abort(new Error('cancelled'))
    await expect(outcome).rejects.toThrow('cancelled')
  })
})

describe('the conclusion', () => {
  test('is mended once: a citation of nothing', async () => {
    const talk = await scripted([
      concluding(agreeing(['f9', 'o1'])),
      { whenPromptContains: 'there is no f9, o1; there are f1 to f2', ...concluding(agreeing(['f2'])) },
    ])
    const { diagnosis: merged, concluded } = await investigate([talk]).outcome
    expect({ concluded, cites: merged.rootCause?.cites }).toEqual({ concluded: true, cites: ['aaaa', 'bbbb'] })
  })

  test.each([
    ['a shape that does not fit', { rootCause: 'DB_HOST' }, 'rootCause: Invalid input'],
    ['a cause without citations', agreeing([]), 'rootCause.cites: Too small'],
    [
      'a custom kind without its apiVersion',
      { ...agreeing(), rootCause: { ...agreeing().rootCause, object: { kind: 'Kafka', name: 'x' } } },
      'give the apiVersion of kind Kafka',
    ],
  ])('twice %s: the diagnosis stands, and the result says so', async (_, input, why) => {
    const { outcome, ran } = investigate([await scripted([concluding(input), concluding(input), concluding()])])
    const result = await outcome
    expect(ran).toEqual(['model-1', 'model-2'])
    expect(result.concluded).toBe(false)
    expect(result.incomplete).toEqual([expect.stringContaining(why)])
    expect(result.diagnosis).toEqual({ ...diagnosis(), incomplete: result.incomplete })
  })

  test('holds no secret, wherever the model has it from', async () => {
    const input = { ...agreeing(), added: 'it logs password=hunter2hunter2' }
    expect((await investigate([await scripted([concluding(input)])]).outcome).added).toMatch(/^it logs password=\[REDACTED/)
  })

  test('other calls beside it are not carried out', async () => {
    const { outcome, tool } = investigate([await scripted([{ toolCalls: [kubectl('get', 'pods'), ...concluding().toolCalls] }])])
    expect((await outcome).concluded).toBe(true)
    expect(tool.calls).toEqual([])
  })
})

describe('budgets', () => {
  const endless = Array.from({ length: 20 }, (_, i) => ({
    toolCalls: [kubectl('get', `pod-${i}`)],
    usage: { inputTokens: 3_000, outputTokens: 100 },
  }))
  const budget = (more: object) => ({
    maxIterations: 6,
    maxTokens: 200_000,
    maxCostUSD: null,
    deadline: new Date(NOW.getTime() + 300_000),
    ...more,
  })

  test('turns: told to conclude on the last, once more to mend it, then the diagnosis', async () => {
    const { outcome, ran, tool, events } = investigate([await scripted(endless)], { budget: budget({ maxIterations: 3 }) })
    expect((await outcome).incomplete).toEqual([expect.stringContaining('it asked for more instead of concluding')])
    expect(ran.filter((name) => name.startsWith('model'))).toHaveLength(4)
    expect(tool.calls).toHaveLength(2)
    expect(events.flatMap((event) => (event.type === 'model-asked' ? [event.lastTurn] : []))).toEqual([false, false, true, true])
  })

  test('turns: a model that concludes when told', async () => {
    const talk = await scripted([{ whenPromptContains: 'your last turn', ...concluding() }, ...endless])
    expect(await investigate([talk], { budget: budget({ maxIterations: 2 }) }).outcome).toMatchObject({ concluded: true, incomplete: [] })
  })

  test('tokens: never over, and the last call that fits is for the conclusion', async () => {
    const { outcome, events } = investigate([await scripted([{ whenPromptContains: 'your last turn', ...concluding() }, ...endless])], {
      budget: budget({ maxTokens: 20_000, maxIterations: 50 }),
    })
    const result = await outcome
    expect(result.concluded).toBe(true)
    expect(result.usage.inputTokens + result.usage.outputTokens).toBeLessThanOrEqual(20_000)
    expect(events.filter((event) => event.type === 'tool-answered').length).toBeGreaterThan(1)
  })

  test('tokens: too few for a single call', async () => {
    const { outcome, events } = investigate([await scripted(endless)], { budget: budget({ maxTokens: 1_000 }) })
    expect((await outcome).incomplete).toEqual([expect.stringContaining('the budget of 1000 tokens was used up (0 used)')])
    expect(events.map(({ type }) => type)).toEqual(['concluded'])
  })

  test('money', async () => {
    const dear = { ...(await scripted(endless)), price: { input: 10, output: 50 } }
    const { usage, incomplete } = await investigate([dear], { budget: budget({ maxCostUSD: 0.2 }) }).outcome
    expect(usage.costUSD).toBeLessThanOrEqual(0.2)
    expect(usage.costUSD).toBeGreaterThan(0.03)
    expect(incomplete).toEqual([expect.stringMatching(/the budget of \$0.2 was used up|it asked for more/)])
  })

  test('money, and nobody knows the price', async () => {
    const talk = { ...(await scripted([concluding()])), price: null }
    expect(await investigate([talk], { budget: budget({ maxCostUSD: 0.2 }) }).outcome).toMatchObject({
      incomplete: ['The budget of $0.2 could not be held: no price is known for scripted/talk.yaml'],
      usage: { costUSD: null },
    })
  })

  test('time: near the end it concludes, behind it nobody is asked', async () => {
    let ms = NOW.getTime()
    // Every look at the clock takes two seconds.
    const now = () => new Date((ms += 2_000))
    const { outcome } = investigate([await scripted([{ whenPromptContains: 'your last turn', ...concluding() }, ...endless])], {
      now,
      budget: budget({ deadline: new Date(ms + 70_000) }),
    })
    expect((await outcome).concluded).toBe(true)
    const late = investigate([await scripted(endless)], { budget: budget({ deadline: NOW }) })
    expect((await late.outcome).incomplete).toEqual([expect.stringContaining('the time for the investigation was up')])
  })
})

describe('fallbacks', () => {
  const broken = (status: number) => scripted([{ error: { status, message: 'no' } }], `broken-${status}.yaml`)

  test('the next model goes on with the same conversation, and stays', async () => {
    const first = await scripted(
      [{ toolCalls: [kubectl('get', 'pods')] }, { error: { status: 401, message: 'key revoked' } }],
      'first.yaml',
    )
    const second = await scripted(
      [{ whenPromptContains: 'output of get pods', toolCalls: [kubectl('get', 'svc')] }, concluding(agreeing(['o1', 'o2']))],
      'second.yaml',
    )
    const { outcome, events } = investigate([first, second])
    const result = await outcome
    expect(result).toMatchObject({
      concluded: true,
      incomplete: ['scripted/first.yaml: HTTP 401 key revoked; scripted/second.yaml went on in its place'],
    })
    expect(Object.keys(result.usage.byModel)).toEqual(['scripted/first.yaml', 'scripted/second.yaml'])
    expect(events.flatMap((event) => (event.type === 'model-asked' ? [event.model] : []))).toEqual(
      ['first', 'first', 'second', 'second'].map((name) => `scripted/${name}.yaml`),
    )
  })

  test('nobody left: the diagnosis alone, with what each model said', async () => {
    const { outcome, pace } = investigate([await broken(403), await broken(503)])
    expect((await outcome).incomplete).toEqual([
      "The agent did not conclude: no model answered (scripted/broken-403.yaml: HTTP 403 no; scripted/broken-503.yaml: HTTP 503 no, 4 times). The result is the diagnosis' own.",
    ])
    expect(pace.waits).toEqual([500, 1_000, 2_000])
  })

  test.each([
    ['longer than a minute', 90, 300_000],
    ['past the deadline', 30, 25_000],
  ])('a vendor that wants a pause %s is not waited for', async (_, retryAfterSeconds, left) => {
    const busy = await scripted([{ error: { status: 429, retryAfterSeconds } }], 'busy.yaml')
    const { outcome, pace } = investigate([busy, await scripted([concluding()])], {
      budget: { maxIterations: 6, maxTokens: 100_000, maxCostUSD: null, deadline: new Date(NOW.getTime() + left) },
    })
    expect((await outcome).concluded).toBe(true)
    expect(pace.waits).toEqual([])
  })
})

describe('events', () => {
  test('tell what is asked, what comes back and what it cost, numbered within their step', async () => {
    const { outcome, events } = investigate([
      await scripted([{ text: 'The pods first.', toolCalls: [kubectl('get', 'pods')] }, concluding()]),
    ])
    await outcome
    expect(events.map(({ step, seq, type }) => `${step} ${seq} ${type}`)).toEqual([
      'model-1 0 model-asked',
      'model-1 1 model-answered',
      'tool-1-1 0 tool-called',
      'tool-1-1 1 tool-answered',
      'model-2 0 model-asked',
      'model-2 1 model-answered',
      'conclusion 0 concluded',
    ])
    expect(events[1]).toMatchObject({
      model: 'scripted/talk.yaml',
      text: 'The pods first.',
      calls: [{ tool: 'kubectl', input: { args: ['get', 'pods'] } }],
      costUSD: 0,
    })
    expect(events[3]).toMatchObject({ id: 'o1', summary: 'read get pods', text: 'output of get pods', error: false })
  })
})

describe('a small window', () => {
  test('older outputs make room, and come back when they are asked for', async () => {
    const tool = countingTool((args) => ({ text: `BEGIN-${args[1]} ${'x'.repeat(6_000)}`, full: null, summary: `summary of ${args[1]}` }))
    const small = {
      ...(await scripted([
        { toolCalls: [kubectl('get', 'a')] },
        { toolCalls: [kubectl('get', 'b')] },
        { toolCalls: [kubectl('get', 'c')] },
        { whenPromptContains: 'the same call shows it again', toolCalls: [kubectl('get', 'a')] },
        concluding(),
      ])),
      contextTokens: 8_192,
      maxOutputTokens: 2_048,
    }
    const { outcome, records } = investigate([small], {
      tools: { tools: [tool], unavailable: [] },
      diagnosis: diagnosis({ findings: [finding('aaaa')] }),
    })
    expect((await outcome).concluded).toBe(true)
    expect(tool.calls).toHaveLength(3)
    const inputs = [...records.entries()].flatMap(([name, record]) =>
      name.startsWith('model') ? [JSON.parse(record).attempts[0].tokens.input as number] : [],
    )
    expect(Math.max(...inputs)).toBeLessThan(8_192 - 2_048)
  })

  test('that the model has filled with its own words ends the investigation before the vendor refuses', async () => {
    const talkative = await scripted(
      Array.from({ length: 6 }, (_, i) => ({ text: 'word '.repeat(1_000), toolCalls: [kubectl('get', `${i}`)] })),
    )
    const { outcome } = investigate([{ ...talkative, contextTokens: 8_192, maxOutputTokens: 2_048 }])
    const { incomplete } = await outcome
    expect(incomplete).toEqual([expect.stringMatching(/outgrew the model's window|it asked for more instead of concluding/)])
  })
})

test('a scripted model says that it is one', async () => {
  const { usage } = await investigate([model({ provider: 'scripted', file: (await scripted([concluding()])).language.modelId })]).outcome
  expect(usage.byModel).toHaveProperty('scripted/talk.yaml')
  expect(usage.costUSD).toBe(0)
})
