import { expect, test } from 'vitest'
import { onEachDatabase } from '../../../test/postgres.ts'
import { newId } from '#kit/ids'
import { createStore, type Owner, type Runs } from '#store'

const INTENT = { step: 'check', try: 1, namespace: 'shop', account: 'inquest-agent', name: 'inquest-check-1' }

onEachDatabase('what run steps start', (database) => {
  const runs = (): Runs => createStore(database()).runs
  async function claimed(): Promise<Owner> {
    const id = newId()
    const input = { workflow: { name: 'w', generation: 1, spec: { steps: [] } }, sinks: [], missingSinks: [], params: {}, alerts: [] }
    const rest = { alertCount: 0, incident: null, target: null, source: null }
    const row = { id, incidentId: null, namespace: 'shop', name: id, title: 'T', workflow: 'w', engineVersion: '1', deadlineMs: 60_000 }
    await runs().insertInvestigation({ ...row, input: { ...input, ...rest } })
    const { epoch } = (await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 1, timeoutMs: 60_000 }))!
    return { id, attempt: 1, epoch }
  }
  const stale = (owner: Owner): Owner => ({ ...owner, epoch: owner.epoch - 1 })
  const left = async (owner: Owner): Promise<string[]> =>
    (await runs().leftJobs(0, 100)).filter(({ investigationId }) => investigationId === owner.id).map(({ name }) => name)

  test('an intent is one a try, and tells what an execution before knew', async () => {
    const owner = await claimed()
    expect(await runs().intendRun(owner, INTENT)).toEqual({ isNew: true, ageMs: expect.any(Number), uid: null, outcome: null })
    expect(await runs().keepRun(owner, INTENT, { uid: 'u1' })).toBe(true)
    expect(await runs().intendRun(owner, INTENT)).toMatchObject({ isNew: false, uid: 'u1', outcome: null })
    expect(await runs().keepRun(owner, INTENT, { outcome: { ok: true } })).toBe(true)
    const again = (await runs().intendRun(owner, INTENT))!
    expect(again).toMatchObject({ isNew: false, uid: 'u1', outcome: { ok: true } })
    expect(again.ageMs).toBeGreaterThanOrEqual(0)
    expect(await runs().intendRun(owner, { ...INTENT, try: 2 })).toMatchObject({ isNew: true })
    expect(await runs().intendRun({ ...owner, attempt: 2 }, INTENT)).toMatchObject({ isNew: true })
  })

  test('what no database stores is stored as what it is not', async () => {
    const owner = await claimed()
    await runs().intendRun(owner, INTENT)
    expect(await runs().keepRun(owner, INTENT, { outcome: { 'a\0': ['\0b', '\ud83d', new Date(0), '😀'], at: null } })).toBe(true)
    expect((await runs().intendRun(owner, INTENT))!.outcome).toEqual({
      'a\uFFFD': ['\uFFFDb', '\uFFFD', '1970-01-01T00:00:00.000Z', '😀'],
      at: null,
    })
    await runs().appendEvents(owner, [{ step: 'check', seq: 0, type: 'printed', data: { output: 'a\0b\ud83d' } }])
    const outputs = { check: { json: '\0\udc00' } }
    const ended = { phase: 'Succeeded', reason: 'Complete', message: 'it said \0', outputs } as const
    expect(await runs().finishInvestigation(owner, ended)).toBe(true)
    expect(await runs().getInvestigation(owner.id)).toMatchObject({
      message: 'it said \uFFFD',
      outputs: { check: { json: '\uFFFD\uFFFD' } },
    })
  })

  test('whoever has lost the run intends nothing and keeps nothing', async () => {
    const owner = await claimed()
    expect(await runs().intendRun(stale(owner), INTENT)).toBeNull()
    await runs().intendRun(owner, INTENT)
    expect(await runs().keepRun(stale(owner), INTENT, { uid: 'x' })).toBe(false)
    expect(await runs().intendRun(owner, INTENT)).toMatchObject({ uid: null })
  })

  test('a Job is left over once its investigation ended or began anew; it is given out once a while, until it is gone', async () => {
    const owner = await claimed()
    await runs().intendRun(owner, INTENT)
    await runs().intendRun(owner, { ...INTENT, step: 'own', name: null })
    expect(await left(owner)).toEqual([])
    await runs().endInvestigation(owner.id, { phase: 'Cancelled', reason: 'Cancelled', message: '' })
    expect(await runs().leftJobs(60_000, 100)).toEqual([])
    expect(await left(owner)).toEqual([INTENT.name])
    expect(await left(owner)).toEqual([])
    const later = (): Promise<unknown> => database().pool.query(`update run_jobs set clear_at = now() - interval '1 s'`)
    await later()
    expect(await left(owner)).toEqual([INTENT.name])
    await runs().markCleared({ investigationId: owner.id, attempt: 1, ...INTENT })
    await later()
    expect(await left(owner)).toEqual([])

    const restarted = await claimed()
    await runs().intendRun(restarted, INTENT)
    await runs().restartInvestigation({ id: restarted.id, attempt: 1, version: '2' })
    expect(await left(restarted)).toEqual([INTENT.name])
  })
})
