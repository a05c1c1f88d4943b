import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { engineHere, RECEIPT } from '../../test/engine-here.ts'
import { DIAGNOSIS, until } from '../../test/engine-process.ts'
import type { ScheduleSource } from '#kinds/schedule-source'
import type { Investigation } from '#store'

// Nothing here takes long; a busy machine may.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const engine = engineHere()
beforeEach(() => {
  const here = engine()
  here.diagnose = async () => DIAGNOSIS
  here.deliver = () => RECEIPT
  here.delivered.length = 0
})

const WORKFLOW = { steps: [{ name: 'look', diagnose: {} }], sinks: [{ sinkRef: { name: 'chat' } }] }
let count = 0

/** A schedule whose last slot was so many minutes ago (null: nobody has seen it); `again` sets it back, as if time had passed. */
async function scheduled(schedule: Partial<ScheduleSource> = {}, minutesAgo: number | null = 2) {
  const here = engine()
  const workflow = here.workflow(WORKFLOW)
  const name = `look-${++count}`
  const put = (): void =>
    here.registry.put({
      apiVersion: 'inquest.dev/v1alpha1',
      kind: 'Source',
      metadata: { name, namespace: 'shop' },
      spec: { schedule: { cron: '* * * * *', ...schedule }, workflowRef: { name: workflow }, params: { a: 'b' } },
    })
  const setBack = (minutes: number) =>
    here.pool.query(
      `insert into schedules (source, slot) values ($1, now() - $2 * interval '1 minute') on conflict (source) do update set slot = excluded.slot`,
      [`shop/${name}`, minutes],
    )
  if (minutesAgo !== null) await setBack(minutesAgo)
  put()
  const all = async (): Promise<Investigation[]> => {
    const { rows } = await here.pool.query(`select id from investigations where input ->> 'source' = $1 order by id`, [`shop/${name}`])
    return Promise.all(rows.map(async ({ id }) => (await here.runs.getInvestigation(id))!))
  }
  return {
    name,
    all,
    /** The investigations, once there are so many, all of them ended. */
    ended: (n: number): Promise<Investigation[]> =>
      until(`${n} looks`, async () => {
        const found = await all()
        return found.length === n && found.every(({ completedAt }) => completedAt) ? found : null
      }),
    async again(minutes = 2) {
      await setBack(minutes)
      put()
    },
    slot: async (): Promise<Date | undefined> =>
      (await here.pool.query('select slot from schedules where source = $1', [`shop/${name}`])).rows[0]?.slot,
  }
}

describe('a slot', () => {
  test('that was missed a moment ago starts one look, with what the Source says', async () => {
    const source = await scheduled({ target: { kind: 'deploy', name: 'web' } }, 30)
    const [look] = await source.ended(1)
    expect(look).toMatchObject({
      title: source.name,
      incidentId: null,
      phase: 'Succeeded',
      input: {
        source: `shop/${source.name}`,
        params: { a: 'b' },
        target: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        known: [],
      },
    })
    expect(Date.now() - (await source.slot())!.getTime()).toBeLessThan(120_000)
  })

  test('of a schedule that nobody saw before is not made up for', async () => {
    const source = await scheduled({ cron: '0 0 1 1 *' }, null)
    await until('the row', async () => ((await source.slot()) ? true : null))
    expect(await source.all()).toEqual([])
  })

  test('that another replica deals with is left to it', async () => {
    const here = engine()
    const name = `shop/look-${count + 1}`
    const twoYears = 2 * 365 * 24 * 60
    await here.pool.query(`insert into schedules (source, slot) values ($1, now() - $2 * interval '1 minute')`, [name, twoYears])
    const source = await here.runs.transaction(async (queries) => {
      expect(await queries.holdSchedule(name, new Date())).not.toBeNull()
      const own = await scheduled({ cron: '0 0 1 1 *', startingDeadline: '400d' }, null)
      // Time for this one to look at the clock as well.
      await sleep(1_500)
      await queries.markSlot(name, { slot: new Date(), investigation: null, known: [] })
      return own
    })
    await source.again(twoYears)
    expect(await source.ended(1)).toHaveLength(1)
  })

  test('for which it is too late is left out, and not looked at again', async () => {
    const source = await scheduled({ cron: '0 0 1 1 *' }, 3 * 365 * 24 * 60)
    await until('the slot', async () => (Date.now() - (await source.slot())!.getTime() < 366 * 24 * 3_600_000 ? true : null))
    expect(await source.all()).toEqual([])
  })
})

describe('while the look before still runs', () => {
  const held = () => {
    let letGo = (): void => undefined
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    engine().diagnose = async (_, __, { signal }) => {
      await Promise.race([gate, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))])
      return DIAGNOSIS
    }
    return letGo
  }
  const running = (source: Awaited<ReturnType<typeof scheduled>>) =>
    until('the look', async () => ((await source.all())[0]?.phase === 'Running' ? true : null))

  test('Forbid leaves the slot out', async () => {
    const letGo = held()
    const source = await scheduled()
    await running(source)
    await source.again()
    await until('the slot', async () => (Date.now() - (await source.slot())!.getTime() < 100_000 ? true : null))
    letGo()
    expect(await source.ended(1)).toHaveLength(1)
  })

  test('Replace ends it', async () => {
    const letGo = held()
    const source = await scheduled({ concurrency: 'Replace' })
    await running(source)
    await source.again()
    await until('the second', async () => ((await source.all()).length === 2 ? true : null))
    letGo()
    const [first, second] = await source.ended(2)
    expect([first!.phase, first!.reason, second!.phase]).toEqual(['Cancelled', 'Replaced', 'Succeeded'])
  })

  test('Allow begins another', async () => {
    const letGo = held()
    const source = await scheduled({ concurrency: 'Allow' })
    await running(source)
    await source.again()
    await until('the second', async () => ((await source.all()).length === 2 ? true : null))
    letGo()
    expect((await source.ended(2)).map(({ phase }) => phase)).toEqual(['Succeeded', 'Succeeded'])
  })
})

describe('the sinks are told', () => {
  const problem = (id: string) => ({ ...DIAGNOSIS.rootCause!, id })
  const found = (...ids: string[]) => {
    const problems = ids.map(problem)
    engine().diagnose = async () => ({ ...DIAGNOSIS, healthy: problems.length === 0, rootCause: problems[0] ?? null, problems })
  }
  const told = async (source: Awaited<ReturnType<typeof scheduled>>, n: number): Promise<string[]> => {
    const looks = await source.ended(n)
    return Promise.all(looks.map(async ({ id }) => (await engine().settled(id)).map(({ status }) => status).join()))
  }

  test('of what is new, and of nothing else', async () => {
    found('a')
    const source = await scheduled()
    await source.ended(1)
    await source.again()
    await source.ended(2)
    found('a', 'b')
    await source.again()
    await source.ended(3)
    found()
    await source.again()
    expect(await told(source, 4)).toEqual(['delivered', 'skipped', 'delivered', 'skipped'])
  })

  test('always, if the Source says so', async () => {
    found('a')
    const source = await scheduled({ report: 'Always' })
    await source.ended(1)
    await source.again()
    expect(await told(source, 2)).toEqual(['delivered', 'delivered'])
  })

  test('of a look that failed', async () => {
    found('a')
    const source = await scheduled()
    await source.ended(1)
    engine().diagnose = () => Promise.reject(new Error('the cluster is away'))
    await source.again()
    expect(await told(source, 2)).toEqual(['delivered', 'delivered'])
  })
})
