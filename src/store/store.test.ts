import { beforeAll, describe, expect, test } from 'vitest'
import { fingerprint, incidentGroup, type Alert } from '#alert'
import { newId } from '#kit/ids'
import { createStore, type JudgedAlert } from '#store'
import { onEachDatabase } from '../../test/postgres.ts'

const DAY = 86_400_000
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' }
const result = { rootCause: { summary: 'The image does not exist.', object, confidence: 0.9 }, usage: { costUSD: 0.02 } }

onEachDatabase('the store', (database) => {
  const store = () => createStore(database())
  const sql = (text: string, values: unknown[] = []) => database().pool.query(text, values)

  /** One notification; answers the ids of the incidents that it touched. */
  async function send(
    source: string,
    key: string,
    ...alerts: { name: string; resolved?: boolean; as?: JudgedAlert['as'] }[]
  ): Promise<string[]> {
    const judged = alerts.map(({ name, resolved, as = 'incident' }): JudgedAlert => {
      const labels = { alertname: name }
      const alert: Alert = {
        status: resolved ? 'resolved' : 'firing',
        labels,
        annotations: { summary: 'so it is' },
        startsAt: '2026-01-31T12:00:00.123456789Z',
        endsAt: resolved ? '2026-01-31T12:10:00Z' : null,
        generatorURL: 'http://prometheus/graph',
        fingerprint: fingerprint(labels),
      }
      return { alert, as, group: incidentGroup(source, alert, ['alertname'], {}), title: name }
    })
    const notification = { receiver: 'r', groupKey: key, groupLabels: { a: 'b' }, truncatedAlerts: 3 }
    const rejected = [{ index: 9, reason: 'labels: there are none', excerpt: '{}' }]
    const { incidents } = await store().intake({ source, key, notification, alerts: judged, rejected, windowMs: 0 })
    return incidents.map(({ id }) => id)
  }

  async function investigation(name: string, incidentId: string | null, phase: string): Promise<string> {
    const id = newId()
    await sql(
      `insert into investigations (id, incident_id, namespace, name, title, workflow, input, phase, engine_version, deadline, started_at, completed_at, result, outputs)
       values ($1, $2, 'shop', $3, 'A', 'triage', '{}', $4, '1', now(), now(), case when $4 = 'Succeeded' then now() end, $5, '{"a": 1}')`,
      [id, incidentId, name, phase, phase === 'Succeeded' ? JSON.stringify(result) : null],
    )
    await sql(
      `insert into investigation_events (investigation_id, attempt, step, seq, type, data) values ($1, 1, '', 0, 'Started', '{}'), ($1, 1, 'look', 0, 'StepStarted', '{"n": 1}')`,
      [id],
    )
    await sql(
      `insert into deliveries (key, sink, thread, incident_id, investigation_id, state, status, receipt) values ($1, 'shop/slack', $2, $3, $2, 'completed', 'delivered', '{"url": "https://chat/1", "data": {}}')`,
      [`key-${name}`, id, incidentId],
    )
    return id
  }

  describe('views', () => {
    let incidentId: string
    let investigationId: string
    beforeAll(async () => {
      ;[incidentId] = (await send('shop/am', 'one', { name: 'A' })) as [string]
      await send('ops/am', 'two', { name: 'B' }, { name: 'quiet', as: 'filtered' }, { name: 'Watchdog', as: 'heartbeat' })
      await send('ops/am', 'three', { name: 'B', resolved: true })
      investigationId = await investigation('a-1', incidentId, 'Succeeded')
      await investigation('a-2', null, 'Running')
    })

    test('list incidents, the newest first', async () => {
      const incidents = await store().views.incidents({ limit: 10 })
      expect(
        incidents.map(({ title, source, status, alerts, firing, investigations }) => ({
          title,
          source,
          status,
          alerts,
          firing,
          investigations,
        })),
      ).toEqual([
        { title: 'B', source: 'ops/am', status: 'resolved', alerts: 1, firing: 0, investigations: 0 },
        { title: 'A', source: 'shop/am', status: 'open', alerts: 1, firing: 1, investigations: 1 },
      ])
      expect(incidents[1]).toMatchObject({
        labels: { alertname: 'A' },
        resolvedAt: null,
        openedAt: expect.stringMatching(RFC_3339),
        investigateAt: expect.stringMatching(RFC_3339),
      })
      expect(await store().views.incident(incidentId)).toEqual(incidents[1])
      expect(await store().views.incident(newId())).toBeNull()
    })

    test('page, and filter by namespace and state', async () => {
      const { views } = store()
      const titles = async (page: Parameters<typeof views.incidents>[0]) => (await views.incidents(page)).map(({ title }) => title)
      expect(await titles({ limit: 1 })).toEqual(['B'])
      expect(await titles({ limit: 1, before: (await views.incidents({ limit: 1 }))[0]!.id })).toEqual(['A'])
      expect(await titles({ limit: 10, namespace: 'shop' })).toEqual(['A'])
      expect(await titles({ limit: 10, status: 'resolved' })).toEqual(['B'])
    })

    test('list alerts with their incident, times as they were sent', async () => {
      const { views } = store()
      const [alert] = await views.alerts({ limit: 10, incident: incidentId })
      expect(alert).toEqual({
        id: expect.any(String),
        source: 'shop/am',
        fingerprint: fingerprint({ alertname: 'A' }),
        incidentId,
        filtered: false,
        status: 'firing',
        labels: { alertname: 'A' },
        annotations: { summary: 'so it is' },
        generatorURL: 'http://prometheus/graph',
        startsAt: '2026-01-31T12:00:00.123456789Z',
        endsAt: null,
        firstSeenAt: expect.stringMatching(RFC_3339),
        lastSeenAt: expect.stringMatching(RFC_3339),
        seen: 1,
      })
      expect(await views.alert(alert!.id)).toEqual(alert)
      const others = await views.alerts({ limit: 10, namespace: 'ops' })
      expect(others.map(({ labels, status, filtered }) => [labels['alertname'], status, filtered]).sort()).toEqual([
        ['B', 'resolved', false],
        ['quiet', 'firing', true],
      ])
      expect(await views.alerts({ limit: 10, status: 'resolved' })).toMatchObject([{ endsAt: '2026-01-31T12:10:00Z' }])
    })

    test('list investigations by their headline, and show one with its result', async () => {
      const { views } = store()
      const [running, done] = await views.investigations({ limit: 10 })
      expect(running).toMatchObject({
        name: 'a-2',
        phase: 'Running',
        incidentId: null,
        completedAt: null,
        rootCause: null,
        object: null,
        confidence: null,
        costUSD: null,
      })
      expect(done).toMatchObject({
        name: 'a-1',
        phase: 'Succeeded',
        incidentId,
        rootCause: 'The image does not exist.',
        object,
        confidence: 0.9,
        costUSD: 0.02,
        completedAt: expect.stringMatching(RFC_3339),
      })
      expect(await views.investigation('shop', 'a-1')).toEqual({ ...done, result, outputs: { a: 1 } })
      expect(await views.investigation('shop', 'none')).toBeNull()
      expect((await views.investigations({ limit: 10, phase: 'Running' })).map(({ name }) => name)).toEqual(['a-2'])
      expect((await views.investigations({ limit: 10, incident: incidentId })).map(({ name }) => name)).toEqual(['a-1'])
    })

    test('follow a timeline from where the reader was', async () => {
      const { views } = store()
      const [first, second] = await views.timeline(investigationId, 0)
      expect(first).toEqual({
        id: expect.any(Number),
        attempt: 1,
        step: '',
        at: expect.stringMatching(RFC_3339),
        type: 'Started',
        data: {},
      })
      expect(await views.timeline(investigationId, first!.id)).toEqual([second])
      expect(await views.timeline(investigationId, 0, 1)).toEqual([first])
      expect(await views.timeline(investigationId, second!.id)).toEqual([])
    })

    test('list deliveries, notifications and heartbeats, and count', async () => {
      const { views } = store()
      expect(await views.deliveries(investigationId)).toMatchObject([
        { key: 'key-a-1', sink: 'shop/slack', status: 'delivered', url: 'https://chat/1', finishedAt: null },
      ])
      expect(await views.notifications({ limit: 1 })).toMatchObject([
        { groupKey: 'three', alerts: 1, truncatedAlerts: 3, rejected: [{ reason: 'labels: there are none' }], seen: 1 },
      ])
      expect(await views.heartbeats()).toMatchObject([{ source: 'ops/am', labels: { alertname: 'Watchdog' } }])
      expect(await views.counts()).toMatchObject({ investigations: { Succeeded: 1, Running: 1 }, incidents: { open: 1, resolved: 1 } })
    })
  })

  describe('artifacts', () => {
    const put = async (content: string) => {
      const investigationId = await investigation(`artifact-${newId()}`, null, 'Running')
      const { artifacts } = store()
      return artifacts.get(
        (await artifacts.put({ investigationId, attempt: 1, step: 'look', name: 'x.txt', mediaType: 'text/plain', content })).id,
      )
    }

    test('come back as they were put', async () => {
      expect(await put('Ünïcode ☃ 🦊')).toMatchObject({
        content: 'Ünïcode ☃ 🦊',
        truncatedBytes: 0,
        step: 'look',
        createdAt: expect.any(Date),
      })
      expect(await store().artifacts.get(newId())).toBeNull()
    })

    test('are cut in the middle beyond 1 MiB, and say by how much', async () => {
      const kept = await put(`first${'x'.repeat(2_000_000)}last`)
      expect(kept!.truncatedBytes).toBe(2_000_009 - 1_048_576)
      expect(kept!.content).toMatch(/^firstx+\n… 951433 bytes left out …\nx+last$/)
    })

    test('lose what PostgreSQL cannot store', async () => {
      expect((await put('a\0b'))!.content).toBe('a\ufffdb')
    })
  })

  test('a lease has one holder, until it is released or expires', async () => {
    const { leases } = store()
    const take = (holder: string, ms = 60_000) => leases.take({ name: 'leader', holder, ms })
    expect([await take('a'), await take('b'), await take('a')]).toEqual([true, false, true])
    await leases.release({ name: 'leader', holder: 'b' })
    expect(await take('b')).toBe(false)
    await leases.release({ name: 'leader', holder: 'a' })
    expect([await take('b', -1), await take('a')]).toEqual([true, true])
  })

  describe('retention', () => {
    const old = () =>
      sql(`update incidents set resolved_at = resolved_at - interval '2 days', resolution_told = resolutions, investigate_at = null;
        update episodes set last_seen_at = last_seen_at - interval '2 days'; update notifications set last_seen_at = last_seen_at - interval '2 days';
        update heartbeats set last_seen_at = last_seen_at - interval '2 days'; update investigations set completed_at = completed_at - interval '2 days'`)
    const titles = async () => (await store().views.incidents({ limit: 100, namespace: 'gone' })).map(({ title }) => title).sort()

    test('deletes what is finished and older, with all that hangs on it, and nothing else', async () => {
      for (const name of ['open', 'done', 'running', 'sending', 'untold']) {
        const [id] = (await send('gone/am', `${name}-fires`, { name })) as [string]
        await investigation(`gone-${name}`, id, name === 'running' ? 'Running' : 'Succeeded')
        if (name !== 'open') await send('gone/am', `${name}-ends`, { name, resolved: true })
      }
      await investigation('gone-by-hand', null, 'Succeeded')
      await send('gone/am', 'filtered', { name: 'x', as: 'filtered' })
      await old()
      await sql(`update deliveries set status = 'intended' where key = 'key-gone-sending'`)
      await sql(`update incidents set resolution_told = 0 where title = 'untold'`)
      const [fresh] = (await send('gone/am', 'fresh-fires', { name: 'fresh' })) as [string]
      await send('gone/am', 'fresh-ends', { name: 'fresh', resolved: true })
      await sql('update incidents set resolution_told = resolutions, investigate_at = null where id = $1', [fresh])

      const deleted = await store().deleteOlderThan(DAY)
      expect(await titles()).toEqual(['fresh', 'open', 'running', 'sending', 'untold'])
      expect(deleted.investigations).toBeGreaterThanOrEqual(1)
      expect((await store().views.investigations({ limit: 100 })).map(({ name }) => name)).not.toContain('gone-done')
      expect((await store().views.investigations({ limit: 100 })).map(({ name }) => name)).not.toContain('gone-by-hand')
      expect((await store().views.alerts({ limit: 100, namespace: 'gone' })).map(({ labels }) => labels['alertname']).sort()).toEqual([
        'fresh',
        'open',
        'running',
        'sending',
        'untold',
      ])
      expect(await store().deleteOlderThan(DAY)).toEqual({ incidents: 0, investigations: 0, alerts: 0, notifications: 0, heartbeats: 0 })
    })
  })
})
