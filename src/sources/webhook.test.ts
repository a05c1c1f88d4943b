import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { WebhookSource } from '#kinds/webhook-source'
import type { Headers } from './payload.ts'
import { isSigned } from './signature.ts'
import { webhookParser } from './webhook.ts'

const NOW = new Date('2026-11-23T12:00:00Z')
const read = (spec: WebhookSource, body: unknown, headers: Headers = {}) => webhookParser(spec)(body, NOW, headers)
const alertsOf = (spec: WebhookSource, body: unknown, headers: Headers = {}) => {
  const { notification, rejected } = read(spec, body, headers)
  expect(rejected).toEqual([])
  return notification.alerts.map(({ fingerprint, ...alert }) => {
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/)
    return alert
  })
}

describe('presets read what the senders document', () => {
  test('grafana', () => {
    const alert = {
      status: 'firing',
      labels: { alertname: 'High memory usage', team: 'blue', zone: 'us-1' },
      annotations: { description: 'The system has high memory usage', runbook_url: 'https://myrunbook.com/runbook/1234' },
      startsAt: '2021-10-12T09:51:03.157076+02:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://play.grafana.org/alerting/1afz29v7z/edit',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://play.grafana.org/alerting/silence/new?alertmanager=grafana',
      dashboardURL: '',
      panelURL: '',
      values: { B: 44.23, C: 1 },
      valueString: "[ var='B' labels={} value=44.23 ]",
    }
    const resolved = { ...alert, status: 'resolved', endsAt: '2021-10-12T10:00:00Z', valueString: undefined }
    const sent = {
      receiver: 'My Super Webhook',
      status: 'firing',
      orgId: 1,
      alerts: [alert, resolved],
      groupLabels: {},
      version: '1',
      state: 'alerting',
    }
    const [first, second] = alertsOf({ preset: 'grafana' }, sent)
    expect(first).toEqual({
      status: 'firing',
      labels: alert.labels,
      annotations: { ...alert.annotations, value: alert.valueString, silence: alert.silenceURL },
      startsAt: alert.startsAt,
      endsAt: null,
      generatorURL: alert.generatorURL,
    })
    expect(second).toMatchObject({ status: 'resolved', endsAt: '2021-10-12T10:00:00Z' })
  })

  const data = {
    id: 'PGR0VU2',
    type: 'incident',
    html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
    number: 2,
    status: 'triggered',
    title: 'A little bump in the road',
    service: { html_url: 'https://acme.pagerduty.com/services/PF9KMXH', id: 'PF9KMXH', summary: 'API Service', type: 'service_reference' },
    created_at: '2020-10-02T18:45:22Z',
    priority: null,
    urgency: 'high',
  }
  const pagerduty = (event_type: string) => ({
    event: {
      id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
      event_type,
      resource_type: 'incident',
      occurred_at: '2020-10-02T18:50:22.169Z',
      data,
    },
  })
  test('pagerduty', () => {
    const [fired, ended] = ['incident.triggered', 'incident.resolved'].map(
      (type) => read({ preset: 'pagerduty' }, pagerduty(type)).notification.alerts[0]!,
    )
    expect(fired).toMatchObject({
      status: 'firing',
      labels: { alertname: 'PagerDutyIncident', pagerduty_incident: 'PGR0VU2', pagerduty_service: 'API Service' },
      annotations: { summary: 'A little bump in the road', urgency: 'high', incident: data.html_url },
      startsAt: '2020-10-02T18:45:22Z',
    })
    expect(ended).toMatchObject({ status: 'resolved', endsAt: '2020-10-02T18:50:22.169Z', fingerprint: fired!.fingerprint })
  })

  test.each(['incident.acknowledged', 'pagey.ping'])('pagerduty: %s is no alert', (type) => {
    const { notification, rejected, oddities } = read({ preset: 'pagerduty' }, pagerduty(type))
    expect([notification.alerts, rejected, oddities]).toEqual([[], [], [`left aside 1 of status "${type}": no alert`]])
  })

  const event = {
    specversion: '1.0',
    type: 'com.example.disk.full',
    source: '/nodes/7',
    id: 'A234',
    time: '2018-04-05T17:31:00Z',
    data: { used: 0.99 },
  }
  const expected = {
    status: 'firing',
    labels: { alertname: 'com.example.disk.full', event_source: '/nodes/7' },
    annotations: { event_id: 'A234', data: '{"used":0.99}' },
    startsAt: '2018-04-05T17:31:00Z',
  }
  test.each<[string, unknown, Headers]>([
    ['structured', event, {}],
    ['batched', [event], {}],
    [
      'binary',
      event.data,
      {
        'ce-specversion': '1.0',
        'ce-type': event.type,
        'ce-source': '/nodes/7',
        'ce-id': 'A234',
        'ce-time': event.time,
        'content-type': 'application/json',
      },
    ],
  ])('cloudevents, %s', (_, body, headers) => {
    expect(alertsOf({ preset: 'cloudevents' }, body, headers)).toMatchObject([expected])
  })
})

describe('a mapping', () => {
  const checks: WebhookSource = {
    mapping: {
      alerts: 'body.checks.map(c, {"check": c, "site": body.site})',
      status: 'item.check.ok ? "resolved" : "firing"',
      labels: {
        alertname: 'item.check.name',
        namespace: 'item.site',
        level: 'item.check.?level',
        code: 'item.check.code',
        origin: 'headers["x-origin"]',
      },
      annotations: { summary: '"code " + string(item.check.code)' },
    },
  }
  const down = { name: 'PingFailed', ok: false, code: 7 }

  test('makes one alert of each item; numbers become text, what is null or empty is left out', () => {
    const body = { site: 'berlin', checks: [down, { ...down, name: 'DiskFull', ok: true, level: '' }] }
    expect(alertsOf(checks, body, { 'x-origin': 'probe' })).toMatchObject([
      {
        status: 'firing',
        labels: { alertname: 'PingFailed', namespace: 'berlin', code: '7', origin: 'probe' },
        annotations: { summary: 'code 7' },
        startsAt: NOW.toISOString(),
        endsAt: null,
      },
      { status: 'resolved', labels: { alertname: 'DiskFull' }, endsAt: NOW.toISOString() },
    ])
  })

  test('on top of a preset changes single members of it', () => {
    const body = {
      alerts: [{ status: 'firing', labels: { alertname: 'X', k8s_ns: 'shop' }, annotations: {}, startsAt: '2026-01-01T00:00:00Z' }],
    }
    const spec: WebhookSource = { preset: 'grafana', mapping: { labels: { namespace: 'item.labels.k8s_ns' } } }
    expect(alertsOf(spec, body)).toMatchObject([{ labels: { alertname: 'X', k8s_ns: 'shop', namespace: 'shop' } }])
  })

  test('without `alerts` the body is the one alert', () => {
    expect(alertsOf({ mapping: { labelsFrom: 'item.tags' } }, { tags: { alertname: 'A', n: 1 } })).toMatchObject([
      { labels: { alertname: 'A', n: '1' } },
    ])
  })

  test('an item that it does not fit is kept with the reason; the others are taken', () => {
    const { notification, rejected } = read(checks, { site: 'berlin', checks: [{ name: 'x' }, down] }, { 'x-origin': 'p' })
    expect(notification.alerts).toHaveLength(1)
    expect(rejected).toEqual([
      {
        index: 0,
        reason: expect.stringMatching(/^spec\.webhook\.mapping\.(labels\[code\]|annotations\[summary\]|status): .*No such key/),
        excerpt: expect.stringContaining('"name":"x"'),
      },
    ])
  })

  test.each<[says: string, spec: WebhookSource, body: unknown, reason: RegExp]>([
    [
      'a time that is none',
      { mapping: { labelsFrom: 'item', startsAt: '"yesterday"' } },
      { a: 'b' },
      /startsAt: "yesterday" is not an RFC 3339 time/,
    ],
    ['labels that are no map', { mapping: { labelsFrom: 'item.a' } }, { a: 'b' }, /labelsFrom.*gives no map/],
    ['no labels at all', { mapping: { labelsFrom: 'item' } }, {}, /labels: there are none/],
  ])('%s is a reason', (_, spec, body, reason) => {
    expect(read(spec, body).rejected).toMatchObject([{ reason: expect.stringMatching(reason) }])
  })

  test.each<[says: string, body: unknown, message: RegExp]>([
    ['is no list', { site: 's', checks: 7 }, /./],
    ['is not there', {}, /No such key/],
    ['has no body', null, /./],
  ])('what `alerts` names %s', (_, body, message) => {
    expect(() => read(checks, body)).toThrow(
      expect.objectContaining({ field: 'spec.webhook.mapping.alerts', message: expect.stringMatching(message) }),
    )
  })

  test('`alerts` that gives no list is refused', () => {
    expect(() => read({ mapping: { alerts: 'body.a', labelsFrom: 'item' } }, { a: { b: 'c' } })).toThrow(/`body.a` gives no list/)
  })

  test('reads a large payload', () => {
    const body = { site: 's', checks: Array.from({ length: 2_000 }, (_, i) => ({ ...down, name: `check ${i} ${'x'.repeat(50)}` })) }
    expect(alertsOf(checks, body, { 'x-origin': 'p' })).toHaveLength(2_000)
  })
})

describe('a signature', () => {
  const body = Buffer.from('{"a":1}')
  const hex = createHmac('sha256', 'key').update(body).digest('hex')
  test.each<[boolean, says: string, header: string]>([
    [true, 'bare', hex],
    [true, 'as GitHub writes it', `sha256=${hex}`],
    [true, 'as PagerDuty writes it while the secret is replaced', `v1=${'0'.repeat(64)}, v1=${hex}`],
    [true, 'in capitals', hex.toUpperCase()],
    [false, 'of another secret', createHmac('sha256', 'other').update(body).digest('hex')],
    [false, 'cut', hex.slice(0, 62)],
    [false, 'empty', ''],
  ])('%s: %s', (good, _, header) => {
    expect(isSigned(body, 'key', header)).toBe(good)
  })
})
