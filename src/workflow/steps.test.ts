import { beforeEach, describe, expect, test, vi } from 'vitest'
import { DIAGNOSIS, timelineOf, until } from '../../test/engine-process.ts'
import { ALERT, engineHere, RECEIPT } from '../../test/engine-here.ts'
import { InputError, RetryableError, TerminalError } from '#kit/errors'
import { ReadError } from '#cluster'
import type { Diagnosis } from '#kinds/result'
import type { Workflow } from '#kinds/workflow'

type Steps = Workflow['spec']['steps']

// Nothing here takes long; a busy machine may.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const engine = engineHere({ concurrency: 4 })
beforeEach(() => {
  const here = engine()
  here.diagnose = async () => DIAGNOSIS
  here.deliver = () => RECEIPT
  here.delivered.length = 0
})

const look = { name: 'look', diagnose: {} } as const
const tell = { name: 'tell', notify: { sinkRef: { name: 'chat' } } } as const

/** Runs the steps; answers how each ended, and how the investigation did. */
async function walk(steps: Steps, more: Partial<Workflow['spec']> = {}) {
  const here = engine()
  const investigation = await here.investigate(here.workflow({ steps, ...more }))
  const events = await timelineOf(here, investigation.id)
  const ends = events
    .filter(({ type }) => /^step-(succeeded|failed|skipped)$/.test(type))
    .map(({ step, type }) => `${step} ${type.slice('step-'.length)}`)
  return { ...investigation, ends, events }
}

/** A diagnosis that throws these, then succeeds. */
function failing(...errors: (Error | null)[]): { calls: () => number } {
  let calls = 0
  engine().diagnose = async () => {
    const error = errors[calls++]
    if (error) throw error
    return DIAGNOSIS
  }
  return { calls: () => calls }
}

test('a look waits for an API server that is away, and for none that refuses', async () => {
  const away = failing(new ReadError('Unreachable', 'cannot reach this cluster'))
  expect(await walk([look])).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
  expect(away.calls()).toBe(2)
  const refused = failing(new ReadError('Forbidden', 'may not list pods'))
  expect(await walk([look])).toMatchObject({ phase: 'Failed', message: expect.stringContaining('may not list pods') })
  expect(refused.calls()).toBe(1)
})

describe('when', () => {
  const cases: [string, boolean][] = [
    ['true', true],
    ['false', false],
    ['alert.labels.namespace == "shop"', true],
    ['alerts.size() == 2', false],
    ['has(alert.labels.team)', false],
    ['"team" in params && params.team == "payments"', true],
    ['incident == null', true],
    ['steps.look.status == "Succeeded"', true],
    ['steps.look.outputs.rootCause.confidence > 0.95', false],
    ['steps.tell.status == "Pending"', true],
  ]
  test.each(cases)('%s is %s', async (when, runs) => {
    const here = engine()
    const name = here.workflow({ steps: [look, { ...tell, when }] })
    const investigation = await here.investigate(name, { params: { team: 'payments' } })
    expect(investigation).toMatchObject({ phase: 'Succeeded', reason: 'Complete' })
    expect(here.delivered.map(({ delivery }) => delivery.message.state)).toEqual(runs ? ['update'] : [])
  })

  test('a condition that cannot be evaluated fails the step', async () => {
    const { phase, message, ends } = await walk([{ ...look, when: 'alert.labels.nothing == "x"' }, tell])
    expect({ phase, ends }).toEqual({ phase: 'Failed', ends: ['look failed'] })
    expect(message).toContain('nothing')
  })
})

describe('onError', () => {
  test('Fail, the default, ends the Workflow; the sinks are told why', async () => {
    failing(new TerminalError('the API server cannot be reached'))
    const { id, phase, reason, message, result, ends } = await walk([look, tell], { sinks: [{ sinkRef: { name: 'chat' } }] })
    expect({ phase, reason, ends }).toEqual({ phase: 'Failed', reason: 'StepFailed', ends: ['look failed'] })
    expect(message).toBe('Step "look" failed: the API server cannot be reached')
    expect(result).toMatchObject({ healthy: false, rootCause: null, incomplete: ['Step "look" failed: the API server cannot be reached'] })
    await engine().settled(id)
    const { delivery } = engine().delivered[0]!
    expect(delivery.message).toMatchObject({ state: 'failed', title: 'KubePodCrashLooping', alert: { labels: ALERT.labels } })
    expect(delivery.message.text).toContain('the API server cannot be reached')
  })

  test('Continue goes on, and the result says so', async () => {
    failing(new TerminalError('no answer'))
    const { phase, reason, result, ends } = await walk([
      { ...look, onError: 'Continue' },
      { name: 'again', diagnose: {} },
    ])
    expect({ phase, reason, ends }).toEqual({ phase: 'Succeeded', reason: 'Degraded', ends: ['look failed', 'again succeeded'] })
    expect(result!.incomplete).toEqual(['Step "look" failed: no answer'])
    expect(result!.rootCause).toEqual(DIAGNOSIS.rootCause)
  })

  test('Continue after the only look: what is known is that nothing is known', async () => {
    failing(new TerminalError('no answer'))
    const { phase, reason, message, result } = await walk([{ ...look, onError: 'Continue' }])
    expect({ phase, reason, message }).toEqual({
      phase: 'Succeeded',
      reason: 'Degraded',
      message: 'No root cause was found. Incomplete: Step "look" failed: no answer',
    })
    expect(result).toMatchObject({ healthy: false, rootCause: null })
  })
})

describe('retry', () => {
  const retry = { limit: 2, backoff: { duration: '1ms' } }
  const twice = [new Error('reset'), new RetryableError('busy'), null]
  const cases: [string, Steps[number], (Error | null)[], { calls: number; phase: string }][] = [
    ['without a policy a step is tried once', look, twice, { calls: 1, phase: 'Failed' }],
    ['as often as needed', { ...look, retry }, twice, { calls: 3, phase: 'Succeeded' }],
    ['at most limit more times', { ...look, retry: { ...retry, limit: 1 } }, twice, { calls: 2, phase: 'Failed' }],
    ['never after a TerminalError', { ...look, retry }, [new TerminalError('refused')], { calls: 1, phase: 'Failed' }],
    ['never after an InputError', { ...look, retry }, [new InputError('no such kind')], { calls: 1, phase: 'Failed' }],
  ]
  test.each(cases)('%s', async (_, step, errors, expected) => {
    const { calls } = failing(...errors)
    const { phase } = await walk([step])
    expect({ calls: calls(), phase }).toEqual(expected)
  })

  test('a retry is seen in the timeline', async () => {
    failing(new Error('reset'))
    const { events } = await walk([{ ...look, retry }])
    expect(events.filter(({ step }) => step === 'look').map(({ type }) => type)).toEqual([
      'step-started',
      'step-restarted',
      'step-succeeded',
    ])
  })
})

describe('timeout', () => {
  const hang = (): { aborted: () => number } => {
    let aborted = 0
    engine().diagnose = (_reader, _request, { signal }) => {
      signal.addEventListener('abort', () => aborted++)
      return new Promise<Diagnosis>(() => {})
    }
    return { aborted: () => aborted }
  }

  test('ends a step, also one that does not look at its signal, and its reader is closed', async () => {
    const { aborted } = hang()
    const { phase, reason, message } = await walk([{ ...look, timeout: '30ms' }])
    expect({ phase, reason, message }).toEqual({
      phase: 'Failed',
      reason: 'StepFailed',
      message: 'Step "look" failed: the step timed out after 30ms',
    })
    expect(aborted()).toBe(1)
  })

  test('is for one try', async () => {
    const { aborted } = hang()
    expect((await walk([{ ...look, timeout: '30ms', retry: { limit: 2, backoff: { duration: '1ms' } } }])).phase).toBe('Failed')
    expect(aborted()).toBe(3)
  })

  test('of the whole Workflow ends it with what is known', async () => {
    let calls = 0
    engine().diagnose = () => (calls++ === 0 ? Promise.resolve(DIAGNOSIS) : new Promise(() => {}))
    const spec = { timeout: '400ms', sinks: [{ sinkRef: { name: 'chat' } }] }
    const { id, phase, reason, result, ends } = await walk([look, { name: 'again', diagnose: {}, onError: 'Continue' }, tell], spec)
    expect({ phase, reason, ends }).toEqual({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      ends: ['look succeeded', 'again failed', 'tell failed'],
    })
    expect(result!.rootCause).toEqual(DIAGNOSIS.rootCause)
    await engine().settled(id)
    expect(engine().delivered.map(({ delivery }) => delivery.message.state)).toEqual(['failed'])
  })
})

describe('diagnose', () => {
  test.each([
    [{}, 'inquest-agent'],
    [{ serviceAccountName: 'reader' }, 'reader'],
  ])('looks with the eyes of the Workflow (%o) and closes them', async (more, serviceAccount) => {
    engine().readers.length = 0
    await walk([look], more)
    expect(engine().readers).toEqual([{ namespace: 'shop', serviceAccount, closed: true }])
  })

  test('is given the target of the alert, or the one that was asked for', async () => {
    const here = engine()
    const targets: unknown[] = []
    here.diagnose = async (_reader, { target, namespace, alert }) => {
      targets.push([target?.kind, target?.name, namespace, alert?.labels['alertname']])
      return DIAGNOSIS
    }
    const workflow = here.workflow({ steps: [look] })
    await here.investigate(workflow)
    await here.investigate(workflow, { target: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' } })
    await here.investigate(workflow, { alert: undefined })
    expect(targets).toEqual([
      ['Deployment', 'payments', 'shop', 'KubePodCrashLooping'],
      ['Pod', 'a', 'shop', 'KubePodCrashLooping'],
      [undefined, undefined, null, undefined],
    ])
  })

  test('its progress is in the timeline while it looks', async () => {
    const here = engine()
    let goOn = (): void => {}
    here.diagnose = async (_reader, _request, { onProgress }) => {
      onProgress({ phase: 'gather', text: 'reading pods' })
      onProgress({ phase: 'finding', text: 'payments: crash loop', severity: 'critical' })
      await new Promise<void>((resolve) => (goOn = resolve))
      return DIAGNOSIS
    }
    const { id } = await here.engine.investigate({ namespace: 'shop', workflow: here.workflow({ steps: [look] }), alert: ALERT })
    const said = await until('the finding', async () => {
      const events = await timelineOf(here, id)
      return events.some(({ type }) => type === 'finding') && events
    })
    expect(said.map(({ type, data }) => [type, data['text']])).toEqual(
      expect.arrayContaining([
        ['progress', 'reading pods'],
        ['finding', 'payments: crash loop'],
      ]),
    )
    expect((await here.runs.getInvestigation(id))!.phase).toBe('Running')
    goOn()
    await here.ended(id)
  })

  test('no secret is stored or sent', async () => {
    const secret = 'ghp_1234567890abcdefghijklmnopqrstuvwxyz'
    const here = engine()
    const object = DIAGNOSIS.rootCause!.object
    here.diagnose = async (_reader, _request, { onProgress }) => {
      onProgress({ phase: 'gather', text: `found ${secret}` })
      const evidence = [{ id: 'e', source: 'log' as const, ref: 'log/x', text: `token=${secret}` }]
      return { ...DIAGNOSIS, findings: [{ id: 'f', rule: 'r', severity: 'warning', object, summary: `saw ${secret}`, evidence }] }
    }
    const { id } = await walk([look, tell], {
      outputs: [{ name: 'said', expression: 'steps.look.outputs.findings[0].summary' }],
      sinks: [{ sinkRef: { name: 'chat' } }],
    })
    await here.settled(id)
    const rows = await here.pool.query(
      'select to_jsonb(i) as i, (select jsonb_agg(e) from investigation_events e where e.investigation_id = i.id) from investigations i where id = $1',
      [id],
    )
    const steps = await here.pool.query('select output from dbos.operation_outputs where workflow_uuid like $1', [`${id}%`])
    expect(JSON.stringify([rows.rows, steps.rows, here.delivered])).not.toContain(secret)
    expect(JSON.stringify(rows.rows)).toContain('REDACTED')
  })

  test('a huge diagnosis is cut to size, and says so', async () => {
    const object = DIAGNOSIS.rootCause!.object
    const evidence = Array.from({ length: 4 }, (_, i) => ({ id: `e${i}`, source: 'log' as const, ref: 'log/x', text: 'x '.repeat(500) }))
    engine().diagnose = async () => ({
      ...DIAGNOSIS,
      findings: Array.from({ length: 400 }, (_, i) => ({
        id: `f${i}`,
        rule: 'r',
        severity: 'info' as const,
        object,
        summary: 's',
        evidence,
      })),
    })
    const { phase, reason, result } = await walk([look])
    expect({ phase, reason }).toEqual({ phase: 'Succeeded', reason: 'Degraded' })
    expect(JSON.stringify(result).length).toBeLessThan(256 * 1024)
    expect(result!.incomplete.join()).toContain('too large to keep whole')
    expect(result!.rootCause).toEqual(DIAGNOSIS.rootCause)
  })
})

describe('outputs', () => {
  test('are values of the steps and the result; one that fails is null and said', async () => {
    const { outputs, result, reason } = await walk([look], {
      outputs: [
        { name: 'cause', expression: 'result.rootCause.summary' },
        { name: 'sure', expression: 'steps.look.outputs.rootCause.confidence >= 0.9' },
        { name: 'broken', expression: 'alert.labels.nothing.more' },
      ],
    })
    expect(outputs).toEqual({ cause: 'payments exits at once', sure: true, broken: null })
    expect(reason).toBe('Degraded')
    expect(result!.incomplete).toEqual([expect.stringContaining('Output "broken" could not be computed')])
  })
})

test('a Workflow that only notifies says that nobody looked', async () => {
  const { phase, reason, result } = await walk([tell])
  expect({ phase, reason, incomplete: result!.incomplete }).toEqual({
    phase: 'Succeeded',
    reason: 'Degraded',
    incomplete: ['No step looked at the cluster.'],
  })
})

test('no more investigations run at a time than the limit', async () => {
  const here = engine()
  let now = 0
  let most = 0
  let ended = 0
  const release: (() => void)[] = []
  here.diagnose = async () => {
    most = Math.max(most, ++now)
    await new Promise<void>((resolve) => release.push(resolve))
    now--
    ended++
    return DIAGNOSIS
  }
  const workflow = here.workflow({ steps: [look] })
  const all = Promise.all(Array.from({ length: 12 }, () => here.investigate(workflow)))
  for (let done = 0; done < 12; done += 4) {
    await until('four at a time', () => now === 4)
    // A fifth would come within two looks at the queue.
    await new Promise((resolve) => setTimeout(resolve, 60))
    for (const goOn of release.splice(0)) goOn()
    await until('their end', () => ended === done + 4)
  }
  await all
  expect(most).toBe(4)
})
