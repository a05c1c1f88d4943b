import { describe, expect, test } from 'vitest'
import { fingerprint, incidentGroup, notificationKey, type Alert } from '#alert'
import { createStore, type Database, type Intake, type JudgedAlert } from '#store'
import { onEachDatabase } from '../../test/postgres.ts'

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
})
