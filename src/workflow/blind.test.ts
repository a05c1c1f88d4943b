import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ReadError } from '#cluster'
import { newId } from '#kit/ids'
import { ENGINE_VERSION } from '#workflow'
import { ALERT, engineHere } from '../../test/engine-here.ts'
import { DIAGNOSIS, insertIncident, investigationsOf, until } from '../../test/engine-process.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const MINUTE = 60_000
const engine = engineHere({ heartbeatMs: 50, concurrency: 2 })
const LOOK = { steps: [{ name: 'look', diagnose: {} }] }

/** Another process, as its row says; it never takes anything. */
async function other(own: { seesCluster?: boolean; version?: string } = {}): Promise<string> {
  const id = newId()
  await engine().runs.registerExecutor({ id, hostname: 'other', version: own.version ?? ENGINE_VERSION })
  await engine().pool.query(`update executors set heartbeat_at = now() + interval '1 hour', sees_cluster = $2 where id = $1`, [
    id,
    own.seesCluster ?? true,
  ])
  return id
}
const statusOf = async (id: string): Promise<{ status: string; takes: number } | undefined> =>
  (await engine().pool.query(`select status from dbos.workflow_status where workflow_uuid = $1 || '/1'`, [id])).rows[0]
const saysBlind = (): Promise<unknown> =>
  until('the sign of life', async () => (await engine().pool.query(`select 1 from executors where not sees_cluster`)).rows[0])
const ask = async (): Promise<string> =>
  (await engine().engine.investigate({ namespace: 'shop', workflow: engine().workflow(LOOK), alert: ALERT })).id

let looks = 0
beforeEach(async () => {
  await engine().pool.query(`delete from executors where hostname = 'other'`)
  engine().silentMs = 0
  looks = 0
  engine().diagnose = async () => {
    looks++
    return DIAGNOSIS
  }
})

describe('a process whose cluster is silent', () => {
  test('says so, and leaves what is due and what is queued to one whose cluster answers', async () => {
    const here = engine()
    here.silentMs = 5_000
    await saysBlind()
    await other()
    here.source(here.workflow(LOOK))
    const incident = await insertIncident(here.pool)
    const id = await ask()
    // Taken from the queue and given back at least once, and never begun.
    const taken = async () =>
      (
        await here.pool.query(
          `select 1 from dbos.workflow_status where workflow_uuid = $1 || '/1' and status = 'ENQUEUED' and executor_id is not null`,
          [id],
        )
      ).rows[0]
    await until('the run to be given back', taken)
    expect(await here.runs.getInvestigation(id)).toMatchObject({ phase: 'Pending', epoch: 1 })
    expect(await investigationsOf(here, incident)).toEqual([])
    expect(looks).toBe(0)

    here.silentMs = 0
    expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded', takeovers: 0, attempt: 1 })
    await until('the incident to be investigated', async () => (await investigationsOf(here, incident))[0]?.completedAt)
  })

  test.each([
    ['nobody else is there', async () => undefined],
    ['the others are blind, too', () => other({ seesCluster: false })],
    ['the other runs another version', () => other({ version: 'next' })],
  ])('keeps its work until the cluster answers, when %s', async (_, before) => {
    const here = engine()
    here.silentMs = 5_000
    await before()
    const id = await ask()
    await until('the run to be taken', async () => (await statusOf(id))?.status === 'PENDING')
    await sleep(300)
    expect((await statusOf(id))?.status).toBe('PENDING')
    expect(looks).toBe(0)
    here.silentMs = 0
    expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded' })
  })

  test('keeps its work while the other one is busy', async () => {
    const here = engine()
    const busy = await other()
    const theirs = [newId(), newId()]
    for (const id of theirs)
      await here.pool.query(
        `insert into dbos.workflow_status (workflow_uuid, status, name, executor_id, application_name, application_version, queue_name)
         values ($1 || '/1', 'PENDING', 'investigate', $2, 'inquest', $3, 'investigate')`,
        [id, busy, ENGINE_VERSION],
      )
    here.silentMs = 5_000
    const id = await ask()
    await until('the run to be taken', async () => (await statusOf(id))?.status === 'PENDING')
    await sleep(300)
    expect((await statusOf(id))?.status).toBe('PENDING')
    await here.pool.query(`delete from dbos.workflow_status where workflow_uuid = $1 || '/1'`, [theirs[0]])
    await until('the run to be given back', async () => (await statusOf(id))?.status === 'ENQUEUED')
    here.silentMs = 0
    expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded' })
    await here.pool.query(`delete from dbos.workflow_status where workflow_uuid = $1 || '/1'`, [theirs[1]])
  })

  test('goes on after five minutes: people must hear of it', async () => {
    engine().silentMs = 5 * MINUTE
    expect(await engine().ended(await ask())).toMatchObject({ phase: 'Succeeded' })
  })

  test('puts back a run whose diagnosis finds out, and goes on with it later', async () => {
    const here = engine()
    here.diagnose = async () => {
      if (++looks > 1) return DIAGNOSIS
      here.silentMs = 5_000
      throw new ReadError('Unreachable', 'cannot reach this cluster')
    }
    const id = await ask()
    await until('the run to be put back', async () => ((await here.runs.getInvestigation(id))?.epoch ?? 0) > 2)
    here.silentMs = 0
    expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded', reason: 'Complete', takeovers: 0, attempt: 1 })
    expect(looks).toBe(2)
    expect((await here.store.views.timeline(id, 0, 100)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['started', 'step-started', 'handed-over', 'resumed', 'step-restarted', 'succeeded']),
    )
  })
})
