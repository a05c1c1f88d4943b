import { describe, expect, test } from 'vitest'
import { newId } from '#kit/ids'
import { resultOf, usageWithoutModel, type Cause } from '#kinds/result'
import { createStore, type ExpiryQuery, type Projection, type Runs, type RunInput, type ShownInvestigation } from '#store'
import { onEachDatabase } from '../../../test/postgres.ts'

const HOUR_MS = 3_600_000
const INPUT: RunInput = {
  workflow: { name: 'look', generation: 1, spec: { steps: [{ name: 'look', diagnose: {} }] } },
  sinks: [],
  missingSinks: [],
  params: { team: 'payments' },
  alerts: [],
  alertCount: 0,
  incident: null,
  target: null,
  source: 'shop/alerts',
}
const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' }
const cause: Cause = {
  id: 'c',
  by: 'diagnosis',
  rule: null,
  summary: 'The image does not exist.',
  object,
  field: null,
  confidence: 0.9,
  explains: [],
  cites: [],
}
const RESULT = resultOf(
  { target: object, healthy: false, rootCause: cause, alternatives: [], problems: [], findings: [], recommendations: [], incomplete: [] },
  { ...usageWithoutModel(1), costUSD: 0.0213 },
)

onEachDatabase('the projection', (database) => {
  const runs = (): Runs => createStore(database()).runs
  const projection = (): Projection => createStore(database()).projection
  const sql = async (text: string, values: unknown[] = []): Promise<any[]> => (await database().pool.query(text, values)).rows

  /** In a namespace of its own, or in the given one. */
  async function investigation(namespace = `n-${newId()}`, more = ''): Promise<{ id: string; namespace: string }> {
    const id = newId()
    const row = { id, incidentId: null, namespace, name: id, title: 'T', workflow: 'look', input: INPUT, engineVersion: '1', deadlineMs: 1 }
    await runs().insertInvestigation(row)
    if (more) await sql(`update investigations set ${more} where id = $1`, [id])
    return { id, namespace }
  }
  const changed = async (namespace: string): Promise<ShownInvestigation[]> => {
    const rows = await projection().changedInvestigations({ namespaces: [namespace], limit: 10 })
    return Promise.all(rows.map(async ({ id }) => (await projection().shownInvestigation(id))!))
  }
  const bind = async (id: string, namespace: string, uid = newId()): Promise<string> => {
    expect(await projection().bindObject({ uid, namespace, name: id }, id)).toBe(true)
    return uid
  }
  const known = async (uid: string) => (await projection().knownObjects({ uids: [uid], names: [] }))[0]

  describe('what changed', () => {
    test('is shown until it is marked, and again when it changes', async () => {
      const { id, namespace } = await investigation()
      const [fresh] = await changed(namespace)
      expect(fresh).toMatchObject({ id, phase: 'Pending', source: 'shop/alerts', params: { team: 'payments' }, alert: null, object: null })
      await projection().markShown({ id, revision: fresh!.revision, told: null })
      expect(await changed(namespace)).toEqual([])

      const claim = await runs().claimInvestigation({ id, attempt: 1, seenEpoch: 1, timeoutMs: 60_000 })
      expect(await changed(namespace)).toMatchObject([{ phase: 'Running', startedAt: expect.any(Date) }])
      const owner = { id, attempt: 1, epoch: claim!.epoch }
      await runs().finishInvestigation(owner, { phase: 'Succeeded', reason: 'Complete', message: 'M', result: RESULT })
      const headline = { rootCause: 'The image does not exist.', confidence: 0.9, costUSD: 0.0213 }
      expect(await changed(namespace)).toMatchObject([{ phase: 'Succeeded', reason: 'Complete', message: 'M', ...headline }])
    })

    test('a change that comes while it is shown is not lost', async () => {
      const { id, namespace } = await investigation()
      const [before] = await changed(namespace)
      await sql(`update investigations set phase = 'Running' where id = $1`, [id])
      await projection().markShown({ id, revision: before!.revision, told: null })
      expect(await changed(namespace)).toMatchObject([{ phase: 'Running' }])
    })

    test('what nobody sees changes nothing', async () => {
      const { id, namespace } = await investigation()
      const revision = (await changed(namespace))[0]!.revision
      await projection().markShown({ id, revision, told: null })
      await runs().raiseEpochs([id], { from: 'x', count: true })
      expect(await changed(namespace)).toEqual([])
    })

    test('comes the oldest first, as many as wanted, and from some namespaces only', async () => {
      const { id, namespace } = await investigation()
      const second = await investigation(namespace)
      await investigation()
      expect((await changed(namespace)).map((row) => row.id)).toEqual([id, second.id])
      expect(await projection().changedInvestigations({ namespaces: [namespace], limit: 1 })).toEqual([{ id, revision: 1 }])
      expect((await projection().changedInvestigations({ namespaces: null, limit: 500 })).length).toBeGreaterThan(2)
    })

    test('of an unknown one is nothing', async () => {
      expect(await projection().shownInvestigation(newId())).toBeNull()
    })
  })

  describe('an object', () => {
    test('belongs to its investigation', async () => {
      const { id, namespace } = await investigation()
      const uid = await bind(id, namespace)
      expect(await known(uid)).toEqual({ uid, namespace, name: id, investigationId: id, gone: false })
      expect(await projection().knownObjects({ uids: [], names: [{ namespace, name: id }] })).toMatchObject([{ uid }])
      expect(await projection().shownInvestigation(id)).toMatchObject({ object: { uid, namespace, name: id, told: null, gone: false } })
    })

    test('of which a Kubernetes Event told is remembered with the phase', async () => {
      const { id, namespace } = await investigation()
      await bind(id, namespace)
      await projection().markShown({ id, revision: 1, told: 'Running' })
      await projection().markShown({ id, revision: 1, told: null })
      expect(await projection().shownInvestigation(id)).toMatchObject({ object: { told: 'Running' } })
    })

    test('is the only one, until it is gone', async () => {
      const { id, namespace } = await investigation()
      const uid = await bind(id, namespace)
      const other = { uid: newId(), namespace, name: id }
      expect(await projection().bindObject(other, id)).toBe(false)
      expect(await projection().forgetObject(uid)).toBe(true)
      expect(await projection().forgetObject(uid)).toBe(false)
      expect(await known(uid)).toMatchObject({ gone: true })
      expect(await projection().knownObjects({ uids: [], names: [{ namespace, name: id }] })).toEqual([])
      expect(await projection().bindObject(other, id)).toBe(true)
      expect(await known(other.uid)).toMatchObject({ investigationId: id, gone: false })
    })

    test('outlives the row that retention deletes, so that it can be deleted after it', async () => {
      const { id, namespace } = await investigation()
      const [here, gone] = [await bind(id, namespace), newId()]
      const second = await investigation()
      await bind(second.id, second.namespace, gone)
      await projection().forgetObject(gone)
      await sql('delete from investigations where id = any($1)', [[id, second.id]])
      expect(await projection().orphanedObjects(['elsewhere'], 10)).toEqual([])
      const orphans = await projection().orphanedObjects([namespace], 10)
      expect(orphans).toEqual([{ uid: here, namespace, name: id }])
      expect(await known(gone)).toBeUndefined()
      await projection().forgetObject(here)
      expect(await projection().orphanedObjects(null, 10)).toEqual([])
      expect(await known(here)).toBeUndefined()
    })

    test('that is present is found by who has not seen it made', async () => {
      const { id, namespace } = await investigation()
      const uid = await bind(id, namespace)
      const all: string[] = []
      for (let after = ''; ;) {
        const page = await projection().presentObjects({ after, limit: 2 })
        all.push(...page.map((one) => one.uid))
        if (page.length < 2) break
        after = page.at(-1)!.uid
      }
      expect(all).toContain(uid)
      expect(new Set(all).size).toBe(all.length)
    })
  })

  describe('a request', () => {
    const claim = (uid: string, id: string) =>
      runs().transaction(async (queries) => {
        const taken = await queries.claimRequest({ uid, namespace: 'shop', name: 'look' }, id)
        if (!taken) {
          const row = { id, incidentId: null, namespace: 'shop', name: id, title: 'T', workflow: 'look', input: INPUT, engineVersion: '1' }
          await queries.insertInvestigation({ ...row, deadlineMs: 1 })
        }
        return taken
      })

    test('is claimed once, however many try', async () => {
      const uid = newId()
      const ids = [newId(), newId(), newId()]
      const outcomes = await Promise.all(ids.map((id) => claim(uid, id)))
      expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1)
      const winner = ids[outcomes.indexOf(null)]
      for (const outcome of outcomes.filter((one) => one !== null)) expect(outcome).toEqual({ takenBy: { id: winner, name: winner } })
      expect(await known(uid)).toMatchObject({ investigationId: winner })
    })

    test('whose row is gone is not claimed again', async () => {
      const [uid, id] = [newId(), newId()]
      await claim(uid, id)
      await sql('delete from investigations where id = $1', [id])
      expect(await claim(uid, newId())).toEqual({ takenBy: null })
    })

    test('that is rolled back is as if it had never been', async () => {
      const [uid, id] = [newId(), newId()]
      const failing = runs().transaction(async (queries) => {
        await queries.claimRequest({ uid, namespace: 'shop', name: 'look' }, id)
        throw new Error('no row')
      })
      await expect(failing).rejects.toThrow('no row')
      expect(await known(uid)).toBeUndefined()
      expect(await claim(uid, id)).toBeNull()
    })

    test('of a name that an investigation has is told so', async () => {
      const { id, namespace } = await investigation()
      const taken = (name: string) => runs().transaction((queries) => queries.isNameTaken(namespace, name))
      expect([await taken(id), await taken('other')]).toEqual([true, false])
    })
  })

  describe('expired', () => {
    const FOREVER: ExpiryQuery['standard'] = { ttlMs: 10_000 * HOUR_MS, successful: 1_000, failed: 1_000 }
    const ended = (namespace: string, hoursAgo: number, phase = 'Succeeded') =>
      investigation(namespace, `phase = '${phase}', completed_at = now() - interval '${hoursAgo} hours'`)
    const query = (namespace: string, policy: Partial<ExpiryQuery['standard']>): ExpiryQuery => ({
      namespaces: null,
      standard: FOREVER,
      workflows: [{ ...FOREVER, ...policy, namespace, workflow: 'look' }],
    })
    /** Of those with an object its name, which is the id. */
    const expired = async (namespace: string, policy: Partial<ExpiryQuery['standard']>): Promise<string[]> =>
      (await projection().expiredObjects(query(namespace, policy), 100)).map(({ name }) => name)

    test('is what ended too long ago', async () => {
      const { id, namespace } = await ended(`n-${newId()}`, 3)
      const young = await ended(namespace, 1)
      const running = await investigation(namespace)
      const uid = await bind(id, namespace)
      for (const one of [young, running]) await bind(one.id, namespace)
      expect(await projection().expiredObjects(query(namespace, { ttlMs: 2 * HOUR_MS }), 100)).toEqual([{ uid, namespace, name: id }])
      expect(await expired(namespace, { ttlMs: 0 })).toEqual([id, young.id])
    })

    test('are the oldest beyond a number, those that succeeded and the others each', async () => {
      const { id: oldest, namespace } = await ended(`n-${newId()}`, 5)
      const good = await ended(namespace, 4)
      const failed = await ended(namespace, 3, 'Failed')
      const cancelled = await ended(namespace, 2, 'Cancelled')
      for (const { id } of [{ id: oldest }, good, failed, cancelled]) await bind(id, namespace)
      expect(await expired(namespace, { successful: 1 })).toEqual([oldest])
      expect(await expired(namespace, { failed: 1 })).toEqual([failed.id])
      expect(await expired(namespace, { failed: 0 })).toEqual([failed.id, cancelled.id])
    })

    test('is skipped when it was never shown; younger ones, and those that have an object, are not', async () => {
      const { id, namespace } = await ended(`n-${newId()}`, 5)
      const young = await ended(namespace, 1)
      const shown = await ended(namespace, 5)
      await bind(shown.id, namespace)
      expect(await projection().skipExpired(query(namespace, { ttlMs: 2 * HOUR_MS }))).toBe(1)
      expect((await changed(namespace)).map((row) => row.id)).toEqual([young.id, shown.id])
      expect(await projection().shownInvestigation(id)).toMatchObject({ changed: false, object: null })
    })

    test('is not what has gone already', async () => {
      const { id, namespace } = await ended(`n-${newId()}`, 5)
      await projection().forgetObject(await bind(id, namespace))
      expect(await expired(namespace, { ttlMs: 0, successful: 0 })).toEqual([])
    })

    test('other Workflows keep to what is usual, other namespaces are left alone', async () => {
      const { id, namespace } = await ended(`n-${newId()}`, 5)
      await bind(id, namespace)
      const another: ExpiryQuery = {
        namespaces: null,
        standard: FOREVER,
        workflows: [{ ...FOREVER, ttlMs: 0, namespace, workflow: 'another' }],
      }
      const names = async (wanted: ExpiryQuery) => (await projection().expiredObjects(wanted, 1_000)).map(({ name }) => name)
      expect(await names(another)).not.toContain(id)
      const brief: ExpiryQuery = { ...another, standard: { ...FOREVER, ttlMs: 0 } }
      expect(await names(brief)).toContain(id)
      expect(await names({ ...brief, namespaces: ['elsewhere'] })).toEqual([])
    })
  })
})
