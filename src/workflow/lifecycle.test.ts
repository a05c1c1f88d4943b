import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DIAGNOSIS, insertIncident, investigationsOf, until } from '../../test/engine-process.ts'
import { agreeing, concluding, countingTool, kubectl, scripted } from '../../test/agent.ts'
import { ALERT, engineHere, NO_AGENTS, RECEIPT } from '../../test/engine-here.ts'
import { RetryableError } from '#kit/errors'
import { newId } from '#kit/ids'
import type { MemoryRegistry } from '#kinds/registry'
import type { Diagnosis } from '#kinds/result'
import type { Investigation } from '#store'
import { ENGINE_VERSION } from './version.ts'

// Nothing here takes long; a busy machine may.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const engine = engineHere({ missingWorkflowGraceMs: 1_500, overdueGraceMs: 0 })
beforeEach(() => {
  const here = engine()
  here.diagnose = async () => DIAGNOSIS
  here.agents = NO_AGENTS
  here.deliver = () => RECEIPT
  here.delivered.length = 0
})

const look = { name: 'look', diagnose: {} } as const
const chat = { sinkRef: { name: 'chat' } }
const started = (incident: string): Promise<Investigation> =>
  until('the start', async () => (await investigationsOf(engine(), incident))[0])

describe('the starter', () => {
  test('starts a due incident once, with what the objects say now, and begins its cooldown', async () => {
    const here = engine()
    const spec = { steps: [look], serviceAccountName: 'reader' }
    here.source(here.workflow(spec))
    const incident = await insertIncident(here.pool, 'KubePodNotReady')
    const { id } = await started(incident)
    const investigation = await here.ended(id)
    expect(investigation).toMatchObject({
      namespace: 'shop',
      name: expect.stringMatching(/^kube-pod-not-ready-[0-9a-f]{10}$/),
      title: 'KubePodNotReady',
      incidentId: incident,
      engineVersion: ENGINE_VERSION,
      input: { workflow: { generation: 3, spec }, alertCount: 1, target: { kind: 'Deployment', name: 'payments' } },
    })
    here.engine.poke()
    here.engine.poke()
    const { rows } = await here.pool.query('select investigate_at, cooldown_until > now() as cool from incidents where id = $1', [incident])
    expect(rows).toEqual([{ investigate_at: null, cool: true }])
    expect(await investigationsOf(here, incident)).toHaveLength(1)
  })

  test('takes more than a batch at a time', async () => {
    const here = engine()
    here.source(here.workflow({ steps: [look] }))
    const incidents = await Promise.all(Array.from({ length: 60 }, () => insertIncident(here.pool)))
    here.engine.poke()
    const all = await Promise.all(incidents.map(started))
    expect(new Set(all.map(({ id }) => id)).size).toBe(60)
  })

  test('waits a little for a Workflow that is applied after its Source', async () => {
    const here = engine()
    const name = here.workflow({ steps: [look] })
    here.source(name.replace(/\d+$/, (n) => String(Number(n) + 1)))
    const incident = await insertIncident(here.pool)
    await until(
      'the wait',
      async () => (await here.pool.query('select 1 from incidents where id = $1 and investigate_at > now()', [incident])).rowCount === 1,
    )
    here.workflow({ steps: [look] })
    await here.pool.query('update incidents set investigate_at = now() where id = $1', [incident])
    expect(await here.ended((await started(incident)).id)).toMatchObject({ phase: 'Succeeded' })
  })

  test('then says what is missing, and lets the next notification try again', async () => {
    const here = engine()
    here.source('nowhere')
    const incident = await insertIncident(here.pool, 'KubePodCrashLooping', 3_600_000)
    const investigation = await here.ended((await started(incident)).id)
    expect(investigation).toMatchObject({ phase: 'Failed', reason: 'WorkflowNotFound', workflow: 'nowhere', startedAt: null })
    expect(investigation.message).toContain('there is no Workflow shop/nowhere')
    const { rows } = await here.pool.query('select investigate_at, cooldown_until <= now() as over from incidents where id = $1', [
      incident,
    ])
    expect(rows).toEqual([{ investigate_at: null, over: true }])
  })

  test('refuses a request for a Workflow that is not there', async () => {
    await expect(engine().engine.investigate({ namespace: 'shop', workflow: 'nowhere' })).rejects.toThrow(
      'there is no Workflow shop/nowhere',
    )
  })
})

test.each<[says: string, change: (registry: MemoryRegistry, name: string) => void]>([
  [
    'edited',
    (registry, name) => {
      const workflow = registry.workflow('shop', name)!
      registry.put({ ...workflow, metadata: { ...workflow.metadata, generation: 4 }, spec: { steps: [{ name: 'other', diagnose: {} }] } })
      const sink = registry.sink('shop', 'chat')!
      registry.put({ ...sink, spec: { ...sink.spec, when: 'false' } })
    },
  ],
  [
    'deleted, and its Sink with it',
    (registry, name) => {
      registry.remove('Workflow', 'shop', name)
      registry.remove('Sink', 'shop', 'chat')
    },
  ],
])('an investigation ends as it began when its Workflow is %s while it runs', async (_, change) => {
  const here = engine()
  let [begun, goOn] = [false, () => {}]
  const released = new Promise<void>((resolve) => (goOn = resolve))
  here.diagnose = async () => {
    begun = true
    await released
    return DIAGNOSIS
  }
  const name = here.workflow({ steps: [look, { name: 'say', notify: { sinkRef: { name: 'chat' }, message: 'Looked.' } }], sinks: [chat] })
  const { id } = await here.engine.investigate({ namespace: 'shop', workflow: name, alert: ALERT })
  await until('the step', async () => begun || null)
  change(here.registry, name)
  goOn()
  expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded', reason: 'Complete', input: { workflow: { generation: 3 } } })
  await here.settled(id)
  expect(here.delivered.map(({ sink, delivery }) => [sink, delivery.message.state])).toEqual([
    ['chat', expect.any(String)],
    ['chat', 'completed'],
  ])
})

describe('a request that is an object of the cluster', () => {
  const asked = (workflow: string, name = `look-${newId()}`) => ({
    namespace: 'shop',
    workflow,
    object: { uid: newId(), namespace: 'shop', name },
  })

  test('is answered once, however often and by how many it is given', async () => {
    const here = engine()
    const wanted = asked(here.workflow({ steps: [look] }))
    const answers = await Promise.all([here.engine.investigate(wanted), here.engine.investigate(wanted)])
    expect(await here.engine.investigate(wanted)).toEqual(answers[0])
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]!.name).toBe(wanted.object.name)
    expect(await here.ended(answers[0]!.id)).toMatchObject({ name: wanted.object.name, phase: 'Succeeded' })
  })

  test('gets another name when an earlier one has it', async () => {
    const here = engine()
    const workflow = here.workflow({ steps: [look] })
    const first = await here.engine.investigate(asked(workflow, 'again'))
    const second = await here.engine.investigate(asked(workflow, 'again'))
    expect([first.name, second.name]).toEqual(['again', `again-${second.id.replaceAll('-', '').slice(-10)}`])
    for (const { id } of [first, second]) await here.ended(id)
  })

  test('that cannot start is written down once, with the reason', async () => {
    const here = engine()
    const wanted = asked('nowhere')
    const why = { reason: 'WorkflowNotFound', message: 'There is no Workflow.' }
    const { id } = await here.engine.refuse(wanted, why)
    expect(await here.engine.refuse(wanted, why)).toEqual({ id, name: wanted.object.name })
    expect(await here.runs.getInvestigation(id)).toMatchObject({ phase: 'Failed', ...why, workflow: 'nowhere', attempt: 1 })
  })

  test('whose row retention has deleted is not answered again', async () => {
    const here = engine()
    const wanted = asked('nowhere')
    const { id } = await here.engine.refuse(wanted, { reason: 'R', message: 'M' })
    await here.pool.query('delete from investigations where id = $1', [id])
    await expect(here.engine.refuse(wanted, { reason: 'R', message: 'M' })).rejects.toThrow('was deleted')
  })
})

describe('cancel', () => {
  test('ends a running investigation at once, aborts its step, and tells nobody', async () => {
    const here = engine()
    let begun = false
    let aborted = false
    here.diagnose = (_reader, _request, { signal }) => {
      begun = true
      signal.addEventListener('abort', () => (aborted = true))
      return new Promise<Diagnosis>(() => {})
    }
    const { id } = await here.engine.investigate({
      namespace: 'shop',
      workflow: here.workflow({ steps: [look], sinks: [chat] }),
      alert: ALERT,
    })
    await until('the step', () => begun)
    expect(await here.engine.cancel(id, 'ada')).toBe(true)
    expect(await here.runs.getInvestigation(id)).toMatchObject({ phase: 'Cancelled', message: 'Cancelled by ada.' })
    await until('the abort', () => aborted)
    expect(await here.engine.cancel(id, 'ada')).toBe(false)
    expect(await here.runs.listDeliveries(id)).toEqual([])
    expect(here.delivered).toEqual([])
  })

  test('of an unknown one is an error of the person', async () => {
    await expect(engine().engine.cancel(newId(), 'ada')).rejects.toThrow('there is no investigation')
  })
})

describe('an investigation that its run did not end', () => {
  async function stranded(state: string): Promise<string> {
    const here = engine()
    const { id } = await here.investigate(here.workflow({ steps: [look], sinks: [chat] }))
    await here.settled(id)
    const lost = newId()
    await here.pool.query(
      `insert into investigations (id, namespace, name, title, workflow, input, engine_version, deadline, phase, started_at, result)
       select $1, namespace, $3, title, workflow, input, engine_version, now() - interval '1 minute', ${state} from investigations where id = $2`,
      [lost, id, lost],
    )
    return lost
  }

  test.each([
    ['while it ran', `'Running', now(), result`, 'The investigation reached its deadline.', 'payments exits at once'],
    ['before it started', `'Pending', null, null`, 'No process came to start the investigation in time.', undefined],
  ])('%s is ended after its deadline with what is known, and its sinks are told', async (_, state, why, cause) => {
    const here = engine()
    const id = await stranded(state)
    const investigation = await here.ended(id)
    expect(investigation).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: why })
    expect(investigation.result!.rootCause?.summary).toBe(cause)
    expect(investigation.result!.incomplete).toContain(why)
    expect((await here.settled(id)).map(({ status }) => status)).toEqual(['delivered'])
  })

  test('because the engine itself failed is ended at once', async () => {
    const here = engine()
    // As no feeder lets through: the run trips over it between two steps.
    const name = here.workflow({ steps: [look, { name: 'again', diagnose: {}, timeout: 'soon' }], sinks: [chat] })
    const investigation = await here.investigate(name)
    expect(investigation).toMatchObject({ phase: 'Failed', reason: 'InternalError' })
    expect(investigation.message).toContain('"soon" is not a duration')
    expect(investigation.result!.rootCause).toEqual(DIAGNOSIS.rootCause)
    expect((await here.settled(investigation.id)).map(({ status }) => status)).toEqual(['delivered'])
  })
})

/**
 * What is recorded, in which order: a run of yesterday is replayed against today's code by these names. When this test fails, raise
 * ENGINE_VERSION (and change the expectation): runs under way are then started anew instead of being replayed wrongly.
 */
test('golden: the recorded steps of version 2', async () => {
  const here = engine()
  let tries = 0
  here.diagnose = async () => {
    if (tries++ === 0) throw new RetryableError('not yet')
    return DIAGNOSIS
  }
  const talk = await scripted([{ toolCalls: [kubectl('get', 'pods'), kubectl('get', 'events')] }, concluding(agreeing(['o1']))])
  here.agents = {
    models: async () => [talk],
    tools: async () => ({ tools: [countingTool()], unavailable: [], about: null, close: async () => undefined }),
  }
  let sends = 0
  here.deliver = ({ message }) => {
    if (message.state === 'completed' && sends++ === 0) throw new RetryableError('not yet')
    return RECEIPT
  }
  const workflow = here.workflow({
    steps: [
      { ...look, retry: { limit: 1, backoff: { duration: '1ms' } } },
      { name: 'ask', agent: {} },
      { name: 'tell', notify: chat },
      { name: 'skipped', diagnose: {}, when: 'false' },
    ],
    outputs: [{ name: 'cause', expression: 'result.rootCause.summary' }],
    sinks: [chat],
  })
  const { id } = await here.investigate(workflow)
  await here.settled(id)
  const [, completed] = await here.runs.listDeliveries(id)
  const recorded = async (run: string): Promise<string[]> => {
    const { rows } = await here.pool.query(
      'select function_name from dbos.operation_outputs where workflow_uuid = $1 order by function_id',
      [run],
    )
    return rows.map((row) => row.function_name)
  }
  await until('the last record', async () => (await recorded(`${completed!.key}/1`)).length === 3)
  expect({ version: ENGINE_VERSION, investigate: await recorded(`${id}/1`), deliver: await recorded(`${completed!.key}/1`) }).toEqual({
    version: '3',
    investigate: [
      'step/look',
      'DBOS.sleep',
      'step/look#2',
      'step/ask/start',
      'step/ask/model-1',
      'step/ask/tool-1-1',
      'step/ask/tool-1-2',
      'step/ask/model-2',
      'step/tell',
      'finish',
    ],
    deliver: ['send', 'DBOS.sleep', 'send#2'],
  })
})
