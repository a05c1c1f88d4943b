import { describe, expect, test } from 'vitest'
import { fingerprint } from '#alert'
import { inputErrorText, type InputError } from '#kit/errors'
import { parseAlerts } from '#sources'
import { parseAlertmanager } from './alertmanager.ts'

const NOW = new Date('2026-01-31T12:30:00Z')

/** As Alertmanager 0.28 sends it. */
const sent = (...alerts: unknown[]) => ({
  receiver: 'team\\.shop\\+oncall',
  status: 'firing',
  alerts,
  groupLabels: { namespace: 'shop' },
  commonLabels: { namespace: 'shop' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager-0:9093',
  version: '4',
  groupKey: '{}/{severity="critical"}:{namespace="shop"}',
  truncatedAlerts: 0,
  notification_reason: 'first',
  routeLabels: { future: true },
})

const firing = {
  status: 'firing',
  labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod: 'payments-5c' },
  annotations: { summary: 'Pod is crash looping.' },
  startsAt: '2026-01-31T12:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph?g0.expr=up',
  fingerprint: '0123456789abcdef',
}
const parsed = (...alerts: unknown[]) => parseAlertmanager(sent(...alerts), NOW)
const [taken] = parsed(firing).notification.alerts

test('a payload of version 4 becomes a notification, its unknown keys ignored', () => {
  expect(parsed(firing)).toEqual({
    notification: {
      receiver: 'team.shop+oncall',
      groupKey: '{}/{severity="critical"}:{namespace="shop"}',
      groupLabels: { namespace: 'shop' },
      truncatedAlerts: 0,
      alerts: [{ ...firing, endsAt: null }],
    },
    rejected: [],
    oddities: [],
  })
})

describe('an alert', () => {
  test.each<[string, object, object]>([
    [
      'that is resolved keeps its end as sent',
      { status: 'resolved', endsAt: '2026-01-31T12:10:00.000000001Z' },
      { status: 'resolved', endsAt: '2026-01-31T12:10:00.000000001Z' },
    ],
    ['that fires has no end, whatever is sent', { endsAt: '2026-01-31T13:00:00Z' }, { endsAt: null }],
    ['without a fingerprint gets it from its labels', { fingerprint: undefined }, { fingerprint: fingerprint(firing.labels) }],
    ['with something else as fingerprint too', { fingerprint: 'F00' }, { fingerprint: fingerprint(firing.labels) }],
    ['in unicode stays as it is', { annotations: { summary: 'Ünïcode ☃ 🦊 名前' } }, { annotations: { summary: 'Ünïcode ☃ 🦊 名前' } }],
    [
      'with numbers for texts',
      { labels: { alertname: 'A', code: 500, on: true, none: null, empty: '' } },
      { labels: { alertname: 'A', code: '500', on: 'true' } },
    ],
    ['without annotations and URL', { annotations: null, generatorURL: undefined }, { annotations: {}, generatorURL: '' }],
    [
      'without a status and with an end in the past is resolved',
      { status: undefined, endsAt: '2026-01-31T12:10:00Z' },
      { status: 'resolved' },
    ],
    [
      'without a status and with an end in the future fires',
      { status: undefined, endsAt: '2026-01-31T13:10:00Z' },
      { status: 'firing', endsAt: null },
    ],
    ['without a beginning begins now', { startsAt: undefined }, { startsAt: '2026-01-31T12:30:00.000Z' }],
    ['resolved without an end ended now', { status: 'resolved' }, { endsAt: '2026-01-31T12:30:00.000Z' }],
    [
      'with a huge annotation has it cut',
      { annotations: { log: 'x'.repeat(100_000) } },
      { annotations: { log: `${'x'.repeat(16_383)}…` } },
    ],
    [
      'with a huge label has it cut, and the fingerprint that it was sent with',
      { labels: { alertname: 'y'.repeat(5_000) } },
      { labels: { alertname: `${'y'.repeat(4_095)}…` } },
    ],
  ])('%s', (_, change, expected) => {
    const { notification, rejected } = parsed({ ...firing, ...change })
    expect(rejected).toEqual([])
    expect(notification.alerts).toEqual([{ ...taken, ...change, ...expected }])
  })

  test.each<[string, unknown, string]>([
    ['is no object', 'KubePodCrashLooping', 'the alert: '],
    ['has no labels', { ...firing, labels: undefined }, 'labels: '],
    ['has empty labels', { ...firing, labels: { x: '' } }, 'labels: there are none'],
    ['has labels in labels', { ...firing, labels: { a: { b: 'c' } } }, 'labels.a: '],
    [
      'has 300 labels',
      { ...firing, labels: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`l${i}`, 'x'])) },
      'labels: 300 are more than 256',
    ],
    ['has another status', { ...firing, status: 'pending' }, 'status: "pending" is neither firing nor resolved'],
    ['begins at no time', { ...firing, startsAt: 'noon' }, 'startsAt: "noon" is not an RFC 3339 time'],
    ['ends on 31 February', { ...firing, endsAt: '2026-02-31T00:00:00Z' }, 'endsAt: "2026-02-31T00:00:00Z" is not'],
  ])('that %s is rejected, with what was sent; the others are taken', (_, bad, reason) => {
    const { notification, rejected } = parsed(firing, bad, { ...firing, labels: { alertname: 'B' } })
    expect(notification.alerts).toHaveLength(2)
    expect(rejected).toEqual([
      { index: 1, reason: expect.stringMatching(new RegExp(`^${reason}`)), excerpt: JSON.stringify(bad).slice(0, 1024) },
    ])
  })
})

describe('a payload', () => {
  test('of no alerts is one', () => {
    expect(parsed().notification.alerts).toEqual([])
  })

  test.each([
    ['"1" (Grafana)', { version: '1' }, 'the payload\'s version is "1" and not "4"'],
    ['5 (the future)', { version: 5 }, 'the payload\'s version is 5 and not "4"'],
    ['missing', { version: undefined }, "the payload's version is missing"],
  ])('whose version is %s is taken, since a refusal would lose its alerts', (_, change, oddity) => {
    const { notification, oddities } = parseAlertmanager({ ...sent(firing), ...change }, NOW)
    expect(notification.alerts).toHaveLength(1)
    expect(oddities).toEqual([expect.stringContaining(oddity)])
  })

  test('with nonsense around its alerts is taken', () => {
    const { notification } = parseAlertmanager({ alerts: [firing], receiver: 7, groupLabels: [], truncatedAlerts: -1, groupKey: null }, NOW)
    expect(notification).toEqual({ receiver: '', groupKey: '', groupLabels: {}, truncatedAlerts: 0, alerts: [taken] })
  })

  test('that was cut short says how much is missing', () => {
    const { notification, oddities } = parseAlertmanager({ ...sent(firing), truncatedAlerts: 12 }, NOW)
    expect(notification.truncatedAlerts).toBe(12)
    expect(oddities).toEqual([expect.stringContaining('left out 12 alerts')])
  })

  test.each([[null], [[]], ['text'], [{ version: '9', items: [] }], [{ alerts: {} }]])('%j is refused', (body) => {
    expect(() => parseAlertmanager(body, NOW)).toThrow('this is not an Alertmanager webhook')
  })
})

describe('alerts of a file', () => {
  const api = {
    ...firing,
    status: { state: 'active', inhibitedBy: [], silencedBy: [] },
    endsAt: '2026-01-31T12:34:00Z',
    receivers: [{ name: 'x' }],
  }
  test.each<[string, unknown, object[]]>([
    ['a webhook payload', sent(firing), [{ status: 'firing' }]],
    ['a list of the API', [api, { ...api, endsAt: '2026-01-31T12:10:00Z' }], [{ status: 'firing', endsAt: null }, { status: 'resolved' }]],
    ['a single alert', { labels: { alertname: 'A' } }, [{ status: 'firing', labels: { alertname: 'A' } }]],
  ])('%s', (_, body, expected) => {
    expect(parseAlerts(JSON.stringify(body), NOW)).toMatchObject(expected)
  })

  test.each<[string, string, string]>([
    ['no JSON', '{', 'this is not JSON'],
    ['a bad alert of a payload', JSON.stringify(sent(firing, {})), 'alerts[1]: labels: '],
    ['a bad alert of a list', JSON.stringify([{}]), '[0]: labels: '],
    ['a bad alert', '7', 'the alert: '],
  ])('%s says where and what to give', (_, text, message) => {
    let error: unknown
    try {
      parseAlerts(text, NOW)
    } catch (thrown) {
      error = thrown
    }
    expect(inputErrorText(error as InputError)).toMatch(new RegExp(`^${message.replaceAll(/[[\]]/g, '\\$&')}.*Give the JSON`, 's'))
  })
})
