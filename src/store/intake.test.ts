import { describe, expect, test } from 'vitest'
import { fingerprint, incidentGroup, notificationKey, type Alert } from '#alert'
import { createStore, openDatabase, type Database, type Intake, type JudgedAlert } from '#store'
import { freshDatabase, onEachDatabase } from '../../test/postgres.ts'

const HOUR = 3_600_000

/** 12:00 and some minutes, as a sender writes it. */
const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 31, 12) + minutes * 60_000).toISOString().replace('000Z', '000000001Z')

interface Sent {
  name: string
  from: number
  /** Minute of its end; absent: firing. */
  to?: number
  as?: JudgedAlert['as']
  annotations?: Record<string, string>
}

/** One source of a test: sends notifications, passes time, tells what is stored. */
function sender(database: Database, source: string, windowMs = HOUR) {
  const store = createStore(database)
  const sql = async (text: string, ...values: unknown[]) => (await database.pool.query(text, [source, ...values])).rows
  return {
    send(alerts: readonly Sent[], groupKey = '{}'): Promise<Intake> {
      const made = alerts.map(({ name, from, to, annotations = {} }): Alert => {
        const labels = { alertname: name, namespace: 'shop' }
        const startsAt = at(from)
        const endsAt = to === undefined ? null : at(to)
        return {
          status: endsAt ? 'resolved' : 'firing',
          labels,
          annotations,
          startsAt,
          endsAt,
          generatorURL: '',
          fingerprint: fingerprint(labels),
        }
      })
      const notification = { receiver: 'inquest', groupKey, groupLabels: { namespace: 'shop' }, truncatedAlerts: 0, alerts: made }
      const judged = made.map((alert, i) => ({
        alert,
        as: alerts[i]!.as ?? ('incident' as const),
        group: incidentGroup(source, alert, undefined, notification.groupLabels),
        title: alerts[i]!.name,
      }))
      return store.intake({ source, key: notificationKey(source, notification), notification, alerts: judged, rejected: [], windowMs })
    },
    /** As the starter does: the incident's investigation begins, no other before `cooldownMs`. */
    investigate: (cooldownMs: number) =>
      sql(
        `update incidents set investigate_at = null, cooldown_until = clock_timestamp() + $2 * interval '1 ms' where source = $1 and investigate_at is not null`,
        cooldownMs,
      ),
    cooldownEnds: () => sql(`update incidents set cooldown_until = clock_timestamp() where source = $1`),
    windowEnds: () => sql(`update incidents set investigate_at = clock_timestamp() where source = $1 and investigate_at is not null`),
    aDayPasses: () => sql(`update episodes set closed_at = closed_at - interval '1 day' where source = $1`),
    incidents: () =>
      sql(
        `select title, status, outcome, resolutions, case when investigate_at is null then 'no' when investigate_at = cooldown_until then 'after cooldown'
           when investigate_at > clock_timestamp() then 'after window' else 'now' end as investigate
         from incidents where source = $1 order by opened_at, id`,
      ),
    episodes: () =>
      sql(
        `select labels->>'alertname' as name, starts_at_text as "from", ends_at_text as "to", seen, filtered, incident_id is not null as incident
         from episodes where source = $1 order by starts_at, name`,
      ),
    notifications: () => sql(`select seen, alert_count as alerts from notifications where source = $1 order by received_at`),
    heartbeats: () => sql(`select labels->>'alertname' as name from heartbeats where source = $1`),
  }
}

const open = { title: 'A', status: 'open', outcome: null, resolutions: 0, investigate: 'after window' }
const episode = { name: 'A', from: at(0), to: null, seen: 1, filtered: false, incident: true }

onEachDatabase('intake', (database) => {
  let sources = 0
  const fresh = (windowMs?: number) => sender(database(), `shop/source-${++sources}`, windowMs)

  describe('an alert that fires', () => {
    test('opens an incident, to be investigated when its window is over', async () => {
      const { send, incidents, episodes } = fresh(5_000)
      const before = Date.now()
      const answer = await send([{ name: 'A', from: 0 }])
      expect(answer).toMatchObject({
        known: false,
        counts: { fresh: 1, seen: 0, closed: 0 },
        incidents: [{ created: true, status: 'open' }],
      })
      expect(answer.incidents[0]!.due!.getTime()).toBeGreaterThanOrEqual(before + 5_000 - 50)
      expect(answer.incidents[0]!.due!.getTime()).toBeLessThanOrEqual(Date.now() + 5_000 + 50)
      expect(await incidents()).toEqual([open])
      expect(await episodes()).toEqual([episode])
    })

    test('with others of its group opens one incident', async () => {
      const { send, incidents, episodes } = fresh()
      const answer = await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 0 },
        { name: 'C', from: 1 },
      ])
      expect(answer.incidents).toHaveLength(1)
      expect(answer.counts.fresh).toBe(3)
      expect(await incidents()).toEqual([open])
      expect(await episodes()).toHaveLength(3)
    })

    test('in the same words again only counts', async () => {
      const { send, notifications, episodes } = fresh()
      const first = await send([{ name: 'A', from: 0 }])
      const again = await send([{ name: 'A', from: 0 }])
      expect(again).toEqual({ ...first, known: true, incidents: [], counts: { ...first.counts, fresh: 0 } })
      expect(await notifications()).toEqual([{ seen: 2, alerts: 1 }])
      expect(await episodes()).toEqual([episode])
    })

    test('in another notification is seen again, with its newest annotations', async () => {
      const { send, incidents, episodes } = fresh()
      await send([{ name: 'A', from: 0, annotations: { value: '1' } }])
      const answer = await send([
        { name: 'A', from: 0, annotations: { value: '2' } },
        { name: 'B', from: 2 },
      ])
      expect(answer).toMatchObject({ counts: { fresh: 1, seen: 1 }, incidents: [{ created: false }] })
      expect(await incidents()).toEqual([open])
      expect(await episodes()).toMatchObject([
        { name: 'A', seen: 2 },
        { name: 'B', seen: 1 },
      ])
      const { rows } = await database().pool.query(`select annotations from episodes where incident_id = $1 and seen = 2`, [
        answer.incidents[0]!.id,
      ])
      expect(rows).toEqual([{ annotations: { value: '2' } }])
    })
  })

  describe('an alert that is resolved', () => {
    test('before its window is over ends its incident as ResolvedEarly, and nothing is investigated', async () => {
      const { send, incidents, episodes } = fresh()
      await send([{ name: 'A', from: 0 }])
      const answer = await send([{ name: 'A', from: 0, to: 5 }])
      expect(answer).toMatchObject({ counts: { fresh: 0, closed: 1 }, incidents: [{ created: false, status: 'resolved', due: null }] })
      expect(await incidents()).toEqual([{ ...open, status: 'resolved', outcome: 'ResolvedEarly', resolutions: 1, investigate: 'no' }])
      expect(await episodes()).toEqual([{ ...episode, to: at(5), seen: 2 }])
    })

    test('after its window, but before anyone looked, is still investigated', async () => {
      const { send, incidents, windowEnds } = fresh()
      await send([{ name: 'A', from: 0 }])
      await windowEnds()
      await send([{ name: 'A', from: 0, to: 5 }])
      expect(await incidents()).toEqual([{ ...open, status: 'resolved', resolutions: 1, investigate: 'now' }])
    })

    test('after its investigation resolves the incident, to be told', async () => {
      const { send, incidents, investigate } = fresh()
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await send([{ name: 'A', from: 0, to: 5 }])
      expect(await incidents()).toEqual([{ ...open, status: 'resolved', resolutions: 1, investigate: 'no' }])
    })

    test('while another of its incident fires leaves it open', async () => {
      const { send, incidents } = fresh()
      await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 0 },
      ])
      await send([
        { name: 'A', from: 0, to: 5 },
        { name: 'B', from: 0 },
      ])
      expect(await incidents()).toEqual([open])
      await send([
        { name: 'A', from: 0, to: 5 },
        { name: 'B', from: 0, to: 6 },
      ])
      expect(await incidents()).toMatchObject([{ status: 'resolved', resolutions: 1 }])
    })

    test('and was never seen firing is kept, without an incident', async () => {
      const { send, incidents, episodes } = fresh()
      expect(await send([{ name: 'A', from: 0, to: 5 }])).toMatchObject({ counts: { fresh: 1, closed: 0 }, incidents: [] })
      expect(await incidents()).toEqual([])
      expect(await episodes()).toEqual([{ ...episode, to: at(5), incident: false }])
    })

    test('is not resolved by its absence from a notification', async () => {
      const { send, episodes } = fresh()
      await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 0 },
      ])
      await send([{ name: 'B', from: 0 }])
      expect((await episodes()).filter((row) => row.to === null)).toHaveLength(2)
    })
  })

  describe('of an HA pair, the late one', () => {
    test('that tells of the firing after the resolve starts nothing', async () => {
      const { send, incidents, episodes, investigate } = fresh()
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await send([{ name: 'A', from: 0, to: 5 }])
      const late = await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 0, to: 5 },
      ])
      expect(late.counts).toMatchObject({ fresh: 1, seen: 1, closed: 0 })
      expect(await incidents()).toEqual([{ ...open, status: 'resolved', resolutions: 1, investigate: 'no' }])
      expect(await episodes()).toMatchObject([{ name: 'A', to: at(5), seen: 3 }, { name: 'B' }])
    })

    test('whose clock is behind by a minute starts nothing either', async () => {
      const { send, episodes } = fresh()
      await send([{ name: 'A', from: 0 }])
      await send([{ name: 'A', from: 0, to: 5 }])
      await send([{ name: 'A', from: 4 }])
      expect(await episodes()).toMatchObject([{ to: at(5), seen: 3 }])
    })

    test('that tells of an earlier resolve does not close what fires now', async () => {
      const { send, incidents, episodes } = fresh()
      await send([{ name: 'A', from: 0 }])
      await send([{ name: 'A', from: 0, to: 5 }])
      await send([{ name: 'A', from: 10 }])
      await send([
        { name: 'A', from: 0, to: 5 },
        { name: 'B', from: 10 },
      ])
      expect(await episodes()).toMatchObject([
        { from: at(0), to: at(5), seen: 3 },
        { name: 'A', from: at(10), to: null, seen: 1 },
        { name: 'B' },
      ])
      expect((await incidents()).at(-1)).toEqual(open)
    })

    test('whose resolve comes before the firing starts nothing', async () => {
      const { send, incidents, episodes } = fresh()
      await send([{ name: 'A', from: 0, to: 5 }])
      await send([{ name: 'A', from: 0 }])
      expect(await incidents()).toEqual([])
      expect(await episodes()).toMatchObject([{ to: at(5), seen: 2 }])
    })

    test.each(['in the same words', 'with another alert'])('is believed a day later, %s: it fires indeed', async (how) => {
      const { send, episodes, incidents, aDayPasses } = fresh()
      await send([{ name: 'A', from: 0 }])
      await send([{ name: 'A', from: 0, to: 5 }])
      await aDayPasses()
      await send([{ name: 'A', from: 0 }, ...(how === 'with another alert' ? [{ name: 'B', from: 0 }] : [])])
      expect(
        (await episodes())
          .filter((row) => row.name === 'A')
          .map((row) => row.to)
          .sort(),
      ).toEqual([at(5), null])
      expect((await incidents()).at(-1)).toMatchObject({ status: 'open' })
      expect(await send([{ name: 'A', from: 0 }])).toMatchObject({ known: true })
    })
  })

  describe('an alert that fires again', () => {
    test('after ResolvedEarly opens a new incident', async () => {
      const { send, incidents } = fresh()
      await send([{ name: 'A', from: 0 }])
      await send([{ name: 'A', from: 0, to: 5 }])
      await send([{ name: 'A', from: 10 }])
      expect(await incidents()).toMatchObject([{ outcome: 'ResolvedEarly' }, open])
    })

    test('within the cooldown opens its incident again; if it stays open, it is investigated when that is over', async () => {
      const { send, incidents, investigate } = fresh(5_000)
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await send([{ name: 'A', from: 0, to: 5 }])
      expect(await send([{ name: 'A', from: 10 }])).toMatchObject({ incidents: [{ created: false, status: 'open' }] })
      expect(await incidents()).toEqual([{ ...open, resolutions: 1, investigate: 'after cooldown' }])
      await send([{ name: 'A', from: 10, to: 15 }])
      expect(await incidents()).toEqual([{ ...open, status: 'resolved', resolutions: 2, investigate: 'no' }])
    })

    test('after the cooldown opens a new incident', async () => {
      const { send, incidents, investigate, cooldownEnds } = fresh()
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await send([{ name: 'A', from: 0, to: 5 }])
      await cooldownEnds()
      await send([{ name: 'A', from: 10 }])
      expect(await incidents()).toMatchObject([{ status: 'resolved' }, open])
    })

    test('before anyone looked at the last time opens that incident again: one investigation for both', async () => {
      const { send, incidents, windowEnds } = fresh()
      await send([{ name: 'A', from: 0 }])
      await windowEnds()
      await send([{ name: 'A', from: 0, to: 5 }])
      await send([{ name: 'A', from: 10 }])
      expect(await incidents()).toEqual([{ ...open, resolutions: 1, investigate: 'now' }])
    })

    test('in the notification that tells of its end leaves the incident open', async () => {
      const { send, incidents, episodes } = fresh()
      await send([{ name: 'A', from: 0 }])
      expect(
        await send([
          { name: 'A', from: 10 },
          { name: 'A', from: 0, to: 5 },
        ]),
      ).toMatchObject({ counts: { fresh: 1, closed: 1 } })
      expect(await incidents()).toEqual([open])
      expect(await episodes()).toMatchObject([{ to: at(5) }, { from: at(10), to: null }])
    })

    test('many times in one notification is told in the right order', async () => {
      const { send, incidents, episodes } = fresh()
      await send([
        { name: 'A', from: 20 },
        { name: 'A', from: 0, to: 5 },
        { name: 'A', from: 10, to: 15 },
        { name: 'A', from: 10 },
        { name: 'A', from: 0 },
        { name: 'A', from: 20 },
      ])
      expect(await episodes()).toMatchObject([
        { from: at(0), to: at(5) },
        { from: at(10), to: at(15) },
        { from: at(20), to: null, seen: 1 },
      ])
      expect(await incidents()).toEqual([open])
    })

    test('and ends in its first notification is an incident that was ResolvedEarly', async () => {
      const { send, incidents } = fresh()
      await send([
        { name: 'A', from: 0 },
        { name: 'A', from: 0, to: 5 },
      ])
      expect(await incidents()).toMatchObject([{ status: 'resolved', outcome: 'ResolvedEarly', investigate: 'no' }])
    })
  })

  describe('a new alert of an incident that was investigated', () => {
    test('joins it within the cooldown', async () => {
      const { send, incidents, investigate } = fresh()
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 3 },
      ])
      expect(await incidents()).toEqual([{ ...open, investigate: 'no' }])
    })

    test('has it investigated again after the cooldown; an old one does not', async () => {
      const { send, incidents, investigate, cooldownEnds } = fresh()
      await send([{ name: 'A', from: 0 }])
      await investigate(HOUR)
      await cooldownEnds()
      await send([{ name: 'A', from: 0, annotations: { x: 'y' } }], 'other')
      expect(await incidents()).toEqual([{ ...open, investigate: 'no' }])
      await send([
        { name: 'A', from: 0 },
        { name: 'B', from: 3 },
      ])
      expect(await incidents()).toEqual([open])
    })
  })

  test('filtered alerts are kept and start nothing, also when they end', async () => {
    const { send, incidents, episodes } = fresh()
    await send([{ name: 'A', from: 0, as: 'filtered' }])
    await send([{ name: 'A', from: 0, to: 5, as: 'filtered' }])
    expect(await incidents()).toEqual([])
    expect(await episodes()).toEqual([{ ...episode, to: at(5), seen: 2, filtered: true, incident: false }])
  })

  test('a heartbeat is a sign of life, each time anew, and never an episode', async () => {
    const { send, incidents, episodes, heartbeats } = fresh()
    const beat = () => send([{ name: 'Watchdog', from: 0, as: 'heartbeat' }])
    const age = async () =>
      (await database().pool.query(`select max(last_seen_at) as at from heartbeats where source = $1`, [`shop/source-${sources}`])).rows[0]
        .at
    expect(await beat()).toMatchObject({ known: false, counts: { heartbeats: 1 }, incidents: [] })
    const first = await age()
    expect(await beat()).toMatchObject({ known: true })
    expect((await age()).getTime()).toBeGreaterThanOrEqual(first.getTime())
    expect(await heartbeats()).toEqual([{ name: 'Watchdog' }])
    expect([await incidents(), await episodes()]).toEqual([[], []])
  })

  test('no alerts at all are a notification', async () => {
    const { send, notifications } = fresh()
    expect(await send([])).toMatchObject({ known: false, incidents: [] })
    expect(await send([])).toMatchObject({ known: true })
    expect(await notifications()).toEqual([{ seen: 2, alerts: 0 }])
  })

  test('any text survives, but what PostgreSQL cannot store becomes a replacement character', async () => {
    const { send, episodes } = fresh()
    const name = 'Ünïcode ☃ 🦊 \u0000 "quoted" \n名前'
    await send([
      { name, from: 0 },
      { name: 'nul \0 and half a pair \ud83e.', from: 1 },
    ])
    expect((await episodes()).map((row) => row.name)).toEqual([name.replace('\0', '\ufffd'), 'nul \ufffd and half a pair \ufffd.'])
  })

  test('one notification may have 10,000 alerts', async () => {
    const { send, incidents } = fresh()
    const alerts = Array.from({ length: 10_000 }, (_, i) => ({ name: `A${i}`, from: 0 }))
    expect(await send(alerts)).toMatchObject({ counts: { fresh: 10_000 } })
    expect(await incidents()).toHaveLength(1)
    expect(await send(alerts.map((alert) => ({ ...alert, to: 5 })))).toMatchObject({ counts: { closed: 10_000 } })
    expect(await incidents()).toMatchObject([{ status: 'resolved', outcome: 'ResolvedEarly' }])
  })

  test('two peers that send overlapping notifications at once make one incident, and no alert twice', async () => {
    const { send, incidents, episodes, notifications } = fresh()
    // Each call is its own store, as of two replicas: their calls meet in the database, not in one queue.
    const replicas = [send, sender(database(), `shop/source-${sources}`, HOUR).send]
    const overlapping = Array.from({ length: 50 }, (_, i) =>
      Array.from({ length: 8 }, (_, j) => ({ name: `A${(i * 3 + j * 7) % 40}`, from: 0 })),
    )
    const answers = await Promise.all(overlapping.flatMap((alerts) => replicas.map((replica) => replica(alerts))))
    expect(answers.filter(({ known }) => known)).toHaveLength(
      50 + 50 - new Set(overlapping.map((alerts) => JSON.stringify(alerts.map(({ name }) => name).sort()))).size,
    )
    expect(await incidents()).toMatchObject([{ status: 'open', resolutions: 0 }])
    const rows = await episodes()
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
    expect((await notifications()).reduce((sum, { seen }) => sum + seen, 0)).toBe(100)
  })
})

describe('a notification that cannot be stored', () => {
  test('fails alone among those that it went with', async () => {
    const { url, drop } = await freshDatabase()
    const database = await openDatabase({ url })
    await database.pool.query(`alter table episodes add check (labels->>'alertname' <> 'refused')`)
    const { send, episodes } = sender(database, 'shop/one')
    // Two are on their way at once, the others go together.
    const outcomes = await Promise.allSettled(['A', 'B', 'C', 'refused', 'D', 'E'].map((name, i) => send([{ name, from: i }])))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect((await episodes()).map(({ name }) => name)).toEqual(['A', 'B', 'C', 'D', 'E'])
    await database.close()
    await drop()
  })
})
