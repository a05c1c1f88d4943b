import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DIAGNOSIS, insertIncident, investigationsOf, timelineOf, until } from '../../test/engine-process.ts'
import { ALERT, engineHere, RECEIPT } from '../../test/engine-here.ts'
import { RetryableError, TerminalError } from '#kit/errors'
import type { Investigation, StoredDelivery } from '#store'

// Nothing here takes long; a busy machine may.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const engine = engineHere()
beforeEach(() => {
  const here = engine()
  here.diagnose = async () => DIAGNOSIS
  here.deliver = () => RECEIPT
  here.delivered.length = 0
})

const look = { name: 'look', diagnose: {} } as const
const chat = { sinkRef: { name: 'chat' } }
const brief = ({ sink, status, tries }: StoredDelivery) => ({ sink, status, tries })

async function investigateWithSinks(
  ...args: Parameters<ReturnType<typeof engine>['workflow']>
): Promise<{ investigation: Investigation; deliveries: StoredDelivery[] }> {
  const here = engine()
  const investigation = await here.investigate(here.workflow(...args), { params: { team: 'payments' } })
  return { investigation, deliveries: await here.settled(investigation.id) }
}

/** Deliveries that throw these, then arrive. */
function refusing(...errors: (Error | null)[]): { calls: () => number } {
  let calls = 0
  engine().deliver = () => {
    const error = errors[calls++]
    if (error) throw error
    return RECEIPT
  }
  return { calls: () => calls }
}

describe('a message', () => {
  test('says what was found, to whom, and where to read on', async () => {
    const { investigation } = await investigateWithSinks({
      steps: [look],
      sinks: [chat],
      outputs: [{ name: 'team', expression: 'params.team' }],
    })
    const [{ sink, delivery }] = engine().delivered as [(typeof engine extends () => infer H ? H : never)['delivered'][number]]
    expect(sink).toBe('chat')
    expect(delivery).toMatchObject({
      previous: null,
      repeated: false,
      message: {
        state: 'completed',
        title: 'KubePodCrashLooping',
        incident: { id: investigation.id, status: 'firing' },
        investigation: {
          namespace: 'shop',
          name: investigation.name,
          id: investigation.id,
          link: `https://inquest.example/${investigation.name}`,
        },
        alert: { labels: ALERT.labels },
        result: { rootCause: DIAGNOSIS.rootCause },
        outputs: { team: 'payments' },
      },
    })
    expect(delivery.message.text).toContain('payments exits at once')
  })

  test.each([
    [
      "the Sink's template",
      { template: '{{ result.rootCause.summary }} for {{ params.team }} in {{ investigation.namespace }}' },
      'payments exits at once for payments in shop',
    ],
    [
      "the house's report, when the template fails",
      { template: '{{ result.nothing.more }}' },
      /The template of this message could not be rendered/,
    ],
  ])('has the text of %s', async (_, sink, text) => {
    await investigateWithSinks({ steps: [look], sinks: [chat] }, { chat: sink })
    expect(engine().delivered[0]!.delivery.message.text).toMatch(text)
  })
})

describe('who is told', () => {
  const cases: [string, { when?: string; sinkWhen?: string }, StoredDelivery['status']][] = [
    ['without a condition', {}, 'delivered'],
    ['the Workflow says yes', { when: 'result.rootCause != null && steps.look.status == "Succeeded"' }, 'delivered'],
    ['the Workflow says no', { when: 'result.healthy' }, 'skipped'],
    ['the Sink says no', { sinkWhen: 'alert.labels.namespace == "other"' }, 'skipped'],
    ['a condition that fails: better a message too many', { when: 'alert.labels.nothing.more' }, 'delivered'],
  ]
  test.each(cases)('%s', async (_, { when, sinkWhen }, status) => {
    const { deliveries } = await investigateWithSinks({ steps: [look], sinks: [{ ...chat, when }] }, { chat: { when: sinkWhen } })
    expect(deliveries.map((delivery) => delivery.status)).toEqual([status])
    expect(engine().delivered).toHaveLength(status === 'delivered' ? 1 : 0)
  })

  test('a Sink that does not exist is missing from the result, and stops nothing', async () => {
    const { investigation, deliveries } = await investigateWithSinks({ steps: [look], sinks: [{ sinkRef: { name: 'gone' } }, chat] })
    expect(investigation).toMatchObject({ phase: 'Succeeded', reason: 'Degraded' })
    expect(investigation.result!.incomplete).toEqual(['Sink "gone" did not exist when the investigation started: it was not told.'])
    expect(deliveries.map(brief)).toEqual([{ sink: 'shop/chat', status: 'delivered', tries: 1 }])
  })

  test('a Sink that is named twice gets one message', async () => {
    const { deliveries } = await investigateWithSinks({ steps: [look], sinks: [{ ...chat, when: 'false' }, chat] })
    expect(deliveries.map(brief)).toEqual([{ sink: 'shop/chat', status: 'delivered', tries: 1 }])
  })
})

describe('a delivery that fails', () => {
  const busy = new RetryableError('503 Service Unavailable')
  const cases: [string, (Error | null)[], { status: StoredDelivery['status']; tries: number }][] = [
    ['is tried again', [busy, new Error('reset'), null], { status: 'delivered', tries: 3 }],
    ['is given up after six tries', [busy, busy, busy, busy, busy, busy, null], { status: 'failed', tries: 6 }],
    ['is given up at once when it was refused', [new TerminalError('404 Not Found'), null], { status: 'failed', tries: 1 }],
  ]
  test.each(cases)('%s', async (_, errors, expected) => {
    const { calls } = refusing(...errors)
    const { investigation, deliveries } = await investigateWithSinks({ steps: [look], sinks: [chat] })
    expect(deliveries.map(brief)).toEqual([{ sink: 'shop/chat', ...expected }])
    expect(calls()).toBe(expected.tries)
    // The result does not depend on it.
    expect(investigation).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
    const events = (await timelineOf(engine(), investigation.id)).filter(({ step }) => step.startsWith('sink/'))
    expect(events.map(({ type, data }) => [type, data['final'] ?? null])).toEqual([
      ...Array.from({ length: expected.status === 'failed' ? expected.tries : expected.tries - 1 }, () => ['delivery-failed', false]),
      expected.status === 'failed' ? ['delivery-failed', true] : ['delivered', null],
    ])
  })

  test('keeps its key, and says that it may be a repeat; what the target cannot tell apart is marked', async () => {
    const here = engine()
    const seen: { key: string; repeated: boolean; sink: string }[] = []
    here.deliver = ({ key, repeated }, sink) => {
      seen.push({ key, repeated, sink })
      if (seen.filter((one) => one.sink === sink).length === 1) throw busy
      return RECEIPT
    }
    const sinks = { chat: {}, hook: { stdout: undefined, webhook: { url: 'http://hook.example' } } }
    const { deliveries } = await investigateWithSinks({ steps: [look], sinks: [chat, { sinkRef: { name: 'hook' } }] }, sinks)
    for (const sink of ['chat', 'hook']) {
      const tries = seen.filter((one) => one.sink === sink)
      expect(tries.map(({ repeated }) => repeated)).toEqual([false, true])
      expect(new Set(tries.map(({ key }) => key)).size).toBe(1)
    }
    expect(Object.fromEntries(deliveries.map((one) => [one.sink, one.possiblyDuplicate]))).toEqual({
      'shop/chat': true,
      'shop/hook': false,
    })
  })

  test('to a target that could not tell this time is marked, too', async () => {
    const here = engine()
    let tries = 0
    here.deliver = () => {
      if (tries++ === 0) throw busy
      return { ...RECEIPT, unsure: true }
    }
    const hook = { stdout: undefined, webhook: { url: 'http://hook.example' } }
    const { deliveries } = await investigateWithSinks({ steps: [look], sinks: [chat] }, { chat: hook })
    expect(deliveries).toMatchObject([{ status: 'delivered', possiblyDuplicate: true, receipt: RECEIPT }])
    expect(deliveries[0]!.receipt).not.toHaveProperty('unsure')
  })

  test('does not hold up the others, nor the next investigations', async () => {
    const here = engine()
    here.deliver = (_delivery, sink) => (sink === 'dead' ? new Promise(() => {}) : RECEIPT)
    const spec = { steps: [look], sinks: [{ sinkRef: { name: 'dead' } }, chat] }
    const workflow = here.workflow(spec, { dead: {}, chat: {} })
    // More than may run at a time.
    const investigations = await Promise.all(Array.from({ length: 12 }, () => here.investigate(workflow)))
    await until('the living sink', () => here.delivered.length === 12)
    expect(new Set(here.delivered.map(({ sink }) => sink))).toEqual(new Set(['chat']))
    for (const { id } of investigations) {
      await here.engine.cancel(id, 'the test')
      await here.pool.query(`update deliveries set status = 'failed' where investigation_id = $1`, [id])
    }
  })

  test('in a notify step fails the step', async () => {
    refusing(new TerminalError('channel_not_found'))
    const { investigation, deliveries } = await investigateWithSinks({ steps: [{ name: 'tell', notify: chat, onError: 'Continue' }, look] })
    expect(investigation).toMatchObject({
      phase: 'Succeeded',
      reason: 'Degraded',
      result: { incomplete: ['Step "tell" failed: channel_not_found'] },
    })
    expect(deliveries.map(brief)).toEqual([{ sink: 'shop/chat', status: 'failed', tries: 1 }])
  })

  test('in a notify step is tried again when the step says so', async () => {
    refusing(busy)
    const retry = { limit: 1, backoff: { duration: '1ms' } }
    const { investigation, deliveries } = await investigateWithSinks({
      steps: [look, { name: 'tell', notify: { ...chat, message: 'Found: {{ result.rootCause.summary }}' }, retry }],
    })
    expect(investigation.reason).toBe('Complete')
    expect(deliveries.map(brief)).toEqual([{ sink: 'shop/chat', status: 'delivered', tries: 2 }])
    expect(engine().delivered[0]!.delivery.message).toMatchObject({ state: 'update', text: 'Found: payments exits at once' })
  })
})

describe('when the incident is resolved', () => {
  const resolve = (incident: string): Promise<unknown> =>
    engine().pool.query(`update incidents set status = 'resolved', resolved_at = now(), resolutions = resolutions + 1 where id = $1`, [
      incident,
    ])
  const told = async (incident: string): Promise<boolean> =>
    (await engine().pool.query('select 1 from incidents where id = $1 and resolutions = resolution_told', [incident])).rowCount === 1
  const states = (): string[] => engine().delivered.map(({ sink, delivery }) => `${sink} ${delivery.message.state}`)

  async function incidentOf(workflow: string): Promise<{ incident: string; investigation: Investigation }> {
    const here = engine()
    here.source(workflow)
    const incident = await insertIncident(here.pool)
    here.engine.poke()
    const found = await until('the start', async () => (await investigationsOf(here, incident))[0])
    return { incident, investigation: await here.ended(found.id) }
  }

  test('its sinks are told in the same thread, once for each time', async () => {
    const here = engine()
    here.deliver = ({ key }) => ({ url: null, data: { message: key.slice(0, 6) } })
    const { incident, investigation } = await incidentOf(here.workflow({ steps: [look], sinks: [chat] }))
    expect(investigation.input).toMatchObject({ params: { team: 'payments' }, incident: { id: incident }, source: 'shop/alerts' })
    await here.settled(investigation.id)
    await resolve(incident)
    await until('the message', () => states().length === 2)
    expect(states()).toEqual(['chat completed', 'chat resolved'])
    const [first, second] = here.delivered.map(({ delivery }) => delivery)
    expect(second!.previous).toEqual({ url: null, data: { message: first!.key.slice(0, 6) } })
    expect(second!.message).toMatchObject({ incident: { id: incident, status: 'resolved' }, result: { rootCause: DIAGNOSIS.rootCause } })

    await here.pool.query(`update incidents set status = 'open' where id = $1`, [incident])
    await resolve(incident)
    await until('the second message', () => states().length === 3)
    expect(new Set(here.delivered.map(({ delivery }) => delivery.key)).size).toBe(3)
  })

  test('the message waits for the result that it closes', async () => {
    const here = engine()
    let goOn = (): void => {}
    here.deliver = ({ message }) => (message.state === 'completed' ? new Promise((resolve) => (goOn = () => resolve(RECEIPT))) : RECEIPT)
    const { incident, investigation } = await incidentOf(here.workflow({ steps: [look], sinks: [chat] }))
    await until('the result on its way', async () => (await here.runs.listDeliveries(investigation.id))[0]?.tries === 1)
    await resolve(incident)
    here.engine.poke()
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(await told(incident)).toBe(false)
    goOn()
    await until('both', () => states().length === 2)
    expect(states()).toEqual(['chat completed', 'chat resolved'])
  })

  test.each([
    ['a sink that was told nothing before', 'false', 'resolved'],
    ['an incident that fires again', 'true', 'open'],
  ])('nothing is sent for %s', async (_, when, status) => {
    const here = engine()
    const { incident, investigation } = await incidentOf(here.workflow({ steps: [look], sinks: [{ ...chat, when }] }))
    await here.settled(investigation.id)
    await here.pool.query(`update incidents set status = $2, resolutions = resolutions + 1 where id = $1`, [incident, status])
    await until('the mark', () => told(incident))
    expect((await here.runs.listDeliveries(investigation.id)).map(({ state }) => state.split('/')[0])).toEqual(['completed'])
  })
})
