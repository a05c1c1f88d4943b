import { describe, expect, test } from 'vitest'
import { onEachDatabase } from '../../../test/postgres.ts'
import { newId } from '#kit/ids'
import { resultOf, usageWithoutModel } from '#kinds/result'
import { createStore, type Owner, type Runs, type RunInput } from '#store'

const INPUT: RunInput = {
  workflow: { name: 'look', generation: 1, spec: { steps: [{ name: 'look', diagnose: {} }] } },
  sinks: [],
  missingSinks: [],
  params: {},
  alerts: [],
  alertCount: 0,
  incident: null,
  target: null,
  source: null,
}
const RESULT = resultOf(
  { target: null, healthy: true, rootCause: null, alternatives: [], problems: [], findings: [], recommendations: [], incomplete: [] },
  usageWithoutModel(1),
)

onEachDatabase('the runs', (database) => {
  const runs = (): Runs => createStore(database()).runs
  const sql = async (text: string, values: unknown[] = []): Promise<any[]> => (await database().pool.query(text, values)).rows

  async function investigation(incidentId: string | null = null): Promise<string> {
    const id = newId()
    const row = {
      id,
      incidentId,
      namespace: 'shop',
      name: id,
      title: 'T',
      workflow: 'look',
      input: INPUT,
      engineVersion: '1',
      deadlineMs: 60_000,
    }
    await runs().insertInvestigation(row)
    return id
  }
  async function claimed(incidentId: string | null = null): Promise<Owner> {
    const id = await investigation(incidentId)
    const { epoch } = (await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 1, timeoutMs: 60_000 }))!
    return { id, attempt: 1, epoch }
  }
  async function incident(more = ''): Promise<string> {
    const id = newId()
    await sql(`insert into incidents (id, source, key, labels, title, status) values ($1, 'shop/alerts', $2, '{}', 'T', 'open')`, [id, id])
    if (more) await sql(`update incidents set ${more} where id = $1`, [id])
    return id
  }
  const stale = (owner: Owner): Owner => ({ ...owner, epoch: owner.epoch - 1 })
  const types = async (id: string): Promise<string[]> =>
    (await sql('select type from investigation_events where investigation_id = $1 order by id', [id])).map(({ type }) => type)

  describe('a claim', () => {
    test('raises exactly the epoch that was seen', async () => {
      const id = await investigation()
      const run = { id, attempt: 1, seenEpoch: 1, timeoutMs: 60_000 }
      expect(await runs().claimInvestigation(run)).toMatchObject({ epoch: 2, takeovers: 0, first: true })
      expect(await runs().claimInvestigation(run)).toBeNull()
      expect(await runs().claimInvestigation({ ...run, seenEpoch: 2 })).toMatchObject({ epoch: 3, first: false })
    })

    test('sets the deadline when the investigation starts, not when it goes on', async () => {
      const id = await investigation()
      const first = await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 1, timeoutMs: 3_600_000 })
      const second = await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 2, timeoutMs: 7_200_000 })
      for (const claim of [first, second]) expect(Math.round(claim!.remainingMs / 60_000)).toBe(60)
    })

    test.each([
      ['of another attempt', 'attempt = 2'],
      ['of one that has ended', `phase = 'Succeeded'`],
    ])('%s is refused', async (_, change) => {
      const id = await investigation()
      await sql(`update investigations set ${change} where id = $1`, [id])
      expect(await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 1, timeoutMs: 1 })).toBeNull()
    })
  })

  describe('under an old epoch nothing is written', () => {
    const intent = (): { key: string; sink: string; state: string } => ({ key: newId(), sink: 'shop/chat', state: 'update/x' })
    const writes: [string, (owner: Owner) => Promise<unknown>][] = [
      ['a result', (owner) => runs().keepResult(owner, RESULT)],
      [
        'an end',
        (owner) => runs().finishInvestigation(owner, { phase: 'Succeeded', reason: 'Complete', message: '', result: RESULT, outputs: {} }),
      ],
      ['an intent', async (owner) => (await runs().intendDelivery(owner, intent())) !== null],
      ['a planned delivery', (owner) => runs().planDelivery(owner, intent(), 'intended')],
      [
        'an event',
        async (owner) => {
          await runs().appendEvents(owner, [{ step: 'x', seq: 1, type: 'progress', data: {} }])
          return (await types(owner.id)).length > 0
        },
      ],
    ]
    test.each(writes)('%s', async (_, write) => {
      const owner = await claimed()
      expect(await write(stale(owner))).toBe(false)
      expect(await write(owner)).toBe(true)
    })

    test('not even an intent whose take-over is not committed yet', async () => {
      // The embedded database has one connection: there is no second one that could be in the middle of anything.
      if (database().kind === 'embedded') return
      const owner = await claimed()
      const client = await database().pool.connect()
      await client.query('begin')
      await client.query('update investigations set epoch = epoch + 1 where id = $1', [owner.id])
      const intended = runs().intendDelivery(owner, intent())
      await sql('select pg_sleep(0.1)')
      await client.query('commit')
      client.release()
      expect(await intended).toBeNull()
    })
  })

  describe('the timeline', () => {
    test('takes an event with the same place once, and keeps their order', async () => {
      const owner = await claimed()
      const event = (seq: number, type: string) => ({ step: 'look', seq, type, data: { seq } })
      await runs().appendEvents(owner, [event(1, 'b'), event(0, 'a')])
      await runs().appendEvents(owner, [event(0, 'again'), event(2, 'c')])
      expect(await types(owner.id)).toEqual(['b', 'a', 'c'])
      expect(await runs().nextSeq(owner, 'look', 1_000)).toBe(3)
      expect(await runs().nextSeq(owner, 'other', 1_000)).toBe(0)
    })

    test('says who lost a run, and whether it counts', async () => {
      const owner = await claimed()
      await runs().raiseEpochs([owner.id], { from: 'a', count: true })
      await runs().raiseEpochs([owner.id], { from: 'b', count: false })
      expect(await types(owner.id)).toEqual(['taken-over', 'handed-over'])
      expect(await runs().getInvestigation(owner.id)).toMatchObject({ takeovers: 1, epoch: owner.epoch + 2 })
    })
  })

  describe('an end', () => {
    test('is written once, with its event; the fields of the result keep their order', async () => {
      const owner = await claimed()
      const ending = { phase: 'Failed', reason: 'StepFailed', message: 'no', result: RESULT, outputs: { a: 1 } } as const
      expect(await runs().finishInvestigation(owner, ending)).toBe(true)
      expect(await runs().finishInvestigation(owner, ending)).toBe(false)
      const row = (await runs().getInvestigation(owner.id))!
      expect(row).toMatchObject({ phase: 'Failed', reason: 'StepFailed', message: 'no', outputs: { a: 1 } })
      expect(row.completedAt).toBeInstanceOf(Date)
      expect(JSON.stringify(row.result)).toBe(JSON.stringify(RESULT))
      expect(await types(owner.id)).toEqual(['failed'])
    })

    test('from outside takes the epoch away, and keeps what is known', async () => {
      const owner = await claimed()
      await runs().keepResult(owner, RESULT)
      const ender = await runs().endInvestigation(owner.id, { phase: 'Cancelled', reason: 'Cancelled', message: 'by ada' })
      expect(ender).toEqual({ id: owner.id, attempt: 1, epoch: owner.epoch + 1 })
      expect(await runs().endInvestigation(owner.id, { phase: 'Failed', reason: 'x', message: '' })).toBeNull()
      expect(await runs().getInvestigation(owner.id)).toMatchObject({ phase: 'Cancelled', result: RESULT })
    })

    test.each([
      ['finishInvestigation', (owner: Owner) => runs().finishInvestigation(owner, { phase: 'Failed', reason: 'x', message: '' })],
      ['endInvestigation', (owner: Owner) => runs().endInvestigation(owner.id, { phase: 'Failed', reason: 'x', message: '' })],
    ])('gives up what a step was still sending (%s), not what has a run of its own', async (_, end) => {
      const owner = await claimed()
      const [update, completed] = [newId(), newId()]
      await runs().intendDelivery(owner, { key: update, sink: 'shop/chat', state: 'update/x' })
      await runs().planDelivery(owner, { key: completed, sink: 'shop/chat', state: 'completed/x' }, 'intended')
      await end(owner)
      expect(await runs().getDelivery(update)).toMatchObject({ status: 'failed', error: 'the investigation ended while it was on its way' })
      expect(await runs().getDelivery(completed)).toMatchObject({ status: 'intended' })
    })

    test('is not taken back by a restart', async () => {
      const owner = await claimed()
      expect(await runs().restartInvestigation({ id: owner.id, attempt: 1, version: '2' })).toBe(2)
      expect(await runs().restartInvestigation({ id: owner.id, attempt: 1, version: '2' })).toBeNull()
      await runs().endInvestigation(owner.id, { phase: 'Failed', reason: 'x', message: '' })
      expect(await runs().restartInvestigation({ id: owner.id, attempt: 2, version: '3' })).toBeNull()
    })
  })

  describe('a delivery', () => {
    const receipt = { url: 'https://chat.example/1', data: { ts: '1' } }

    test('of a run: each try is counted before it is made, until it arrived', async () => {
      const owner = await claimed(await incident())
      const intent = { key: newId(), sink: 'shop/chat', state: 'update/x' }
      expect(await runs().intendDelivery(owner, intent)).toEqual({ tries: 1 })
      expect(await runs().recordFailedTry({ key: intent.key, epoch: owner.epoch, error: '404', final: true })).toBe(true)
      expect(await runs().getDelivery(intent.key)).toMatchObject({ status: 'failed', error: '404' })
      expect(await runs().intendDelivery(owner, intent)).toEqual({ tries: 2 })
      expect(await runs().recordDelivered({ key: intent.key, epoch: owner.epoch, receipt, possiblyDuplicate: true })).toBe(true)
      expect(await runs().intendDelivery(owner, intent)).toBeNull()
      expect(await runs().getDelivery(intent.key)).toMatchObject({
        status: 'delivered',
        tries: 2,
        possiblyDuplicate: true,
        receipt,
        error: null,
      })
      expect(await types(owner.id)).toEqual(['delivery-failed', 'delivered'])
    })

    test('what was sent before a take-over counts until the new owner sends; then only his', async () => {
      const owner = await claimed()
      const intent = { key: newId(), sink: 'shop/chat', state: 'update/x' }
      await runs().intendDelivery(owner, intent)
      await runs().raiseEpochs([owner.id], { from: 'a', count: true })
      const next = { ...owner, epoch: owner.epoch + 1 }
      expect(await runs().intendDelivery(next, intent)).toEqual({ tries: 2 })
      expect(await runs().recordDelivered({ key: intent.key, epoch: owner.epoch, receipt, possiblyDuplicate: false })).toBe(false)
      expect(await runs().recordDelivered({ key: intent.key, epoch: next.epoch, receipt, possiblyDuplicate: false })).toBe(true)
    })

    test('with a run of its own has an epoch of its own', async () => {
      const owner = await claimed()
      const key = newId()
      await runs().planDelivery(owner, { key, sink: 'shop/chat', state: 'completed/x' }, 'intended')
      expect(await runs().claimDelivery({ key, attempt: 1, seenEpoch: 0 })).toBe(1)
      expect(await runs().claimDelivery({ key, attempt: 1, seenEpoch: 0 })).toBeNull()
      expect(await runs().beginTry({ key, epoch: 1 })).toEqual({ tries: 1 })
      await runs().raiseDeliveryEpochs([key])
      expect(await runs().beginTry({ key, epoch: 1 })).toBeNull()
      expect(await runs().recordDelivered({ key, epoch: 1, receipt, possiblyDuplicate: false })).toBe(false)
      expect(await runs().restartDelivery({ key, attempt: 1 })).toBe(2)
      expect(await runs().claimDelivery({ key, attempt: 1, seenEpoch: 3 })).toBeNull()
      expect(await runs().claimDelivery({ key, attempt: 2, seenEpoch: 3 })).toBe(4)
    })

    test.each([
      ["is the incident's", true],
      ["is the investigation's own when a person asked", false],
    ])('the thread %s', async (_, hasIncident) => {
      const incidentId = hasIncident ? await incident() : null
      const owner = await claimed(incidentId)
      const thread = incidentId ?? owner.id
      const intent = { key: newId(), sink: 'shop/chat', state: 'update/x' }
      await runs().intendDelivery(owner, intent)
      expect(await runs().threadReceipt('shop/chat', thread)).toBeNull()
      await runs().recordDelivered({ key: intent.key, epoch: owner.epoch, receipt, possiblyDuplicate: false })
      expect(await runs().threadReceipt('shop/chat', thread)).toEqual(receipt)
      expect(await runs().threadSinks(thread)).toEqual(['shop/chat'])
      // What is deleted takes its threads and messages along.
      await sql(hasIncident ? 'delete from incidents where id = $1' : 'delete from investigations where id = $1', [thread])
      expect(await sql('select 1 from threads where thread = $1 union all select 1 from deliveries where thread = $1', [thread])).toEqual(
        [],
      )
    })
  })

  describe('a resolution is told', () => {
    const due = async (id: string): Promise<boolean> => (await runs().resolvedIncidents(500)).some((one) => one.id === id)
    const resolved = `status = 'resolved', resolutions = 1`

    test('once', async () => {
      const id = await incident(resolved)
      expect(await due(id)).toBe(true)
      await runs().markResolutionTold(id, 1)
      expect(await due(id)).toBe(false)
    })

    test('after the investigation that is under way', async () => {
      const id = await incident(resolved)
      const owner = await claimed(id)
      expect(await due(id)).toBe(false)
      const key = newId()
      await runs().planDelivery(owner, { key, sink: 'shop/chat', state: 'completed/x' }, 'intended')
      await runs().endInvestigation(owner.id, { phase: 'Failed', reason: 'x', message: '' })
      expect(await due(id)).toBe(false)
      await runs().recordFailedTry({ key, epoch: 0, error: 'no', final: true })
      expect(await due(id)).toBe(true)
    })

    test('after the investigation that is still to start', async () => {
      expect(await due(await incident(`${resolved}, investigate_at = now()`))).toBe(false)
    })
  })

  test('of two starters only one gets a due incident', async () => {
    if (database().kind === 'embedded') return
    const id = await incident('investigate_at = now()')
    const has = (due: { id: string }[]): boolean => due.some((one) => one.id === id)
    await runs().transaction(async (queries) => {
      expect(has(await queries.dueIncidents(500))).toBe(true)
      expect(has(await runs().dueIncidents(500))).toBe(false)
      await queries.markInvestigated(id, 1_000)
    })
    expect(has(await runs().dueIncidents(500))).toBe(false)
  })

  test('the starter is told when the next window ends, and not of one that has', async () => {
    await sql('update incidents set investigate_at = null')
    await incident('investigate_at = now()')
    expect(await runs().nextDue()).toBeUndefined()
    await incident(`investigate_at = now() + interval '2 hours'`)
    await incident(`investigate_at = now() + interval '1 hour'`)
    const ms = await runs().nextDue()
    expect(ms).toBeGreaterThan(0)
    expect(ms).toBeLessThanOrEqual(3_600_000)
  })

  describe('a process', () => {
    const register = async (agoMs: number): Promise<string> => {
      const id = newId()
      await runs().registerExecutor({ id, hostname: 'h', version: '1' })
      await sql(`update executors set heartbeat_at = now() - $2 * interval '1 ms' where id = $1`, [id, agoMs])
      return id
    }

    test('lives while it says so; who was removed learns it at his next heartbeat', async () => {
      const [dead, live] = [await register(60_000), await register(0)]
      expect((await runs().liveExecutors(30_000)).map(({ id }) => id)).toEqual([live])
      expect(await runs().removeDeadExecutors(30_000, live)).toEqual([dead])
      expect(await runs().heartbeat(dead, true)).toBe(false)
      expect(await runs().heartbeat(live, false)).toBe(true)
      await runs().removeExecutors({ allBut: newId() })
      expect(await runs().heartbeat(live, true)).toBe(false)
    })

    test('that is late, but not removed yet, is alive again by its heartbeat', async () => {
      const id = await register(60_000)
      expect(await runs().heartbeat(id, true)).toBe(true)
      expect(await runs().removeDeadExecutors(30_000, newId())).toEqual([])
    })
  })
})
