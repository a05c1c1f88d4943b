import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alertmanagerPath, runAlertmanager } from '../../test/alertmanager-process.ts'
import { startAlertmanager, type AlertmanagerServer } from '../../test/alertmanager-server.ts'
import { COMPLETED, messageWith, RESOLVED, resultWith, sender, UPDATE } from '../../test/sink-message.ts'
import type { Sink } from '#kinds/sink'

type Spec = NonNullable<Sink['spec']['alertmanager']>
const HOUR = 3_600_000
const real = alertmanagerPath()

let sends: ReturnType<typeof sender>
beforeEach(() => (sends = sender({ 'am/token': 't0ken\n', 'am/password': 'pass\n' })))
afterEach(() => sends.close())

let incidents = 0
/** Each test has an incident of its own: a real Alertmanager forgets nothing. */
const ofIncident = (id: string) => {
  const about = (message: typeof COMPLETED, more: Partial<typeof COMPLETED> = {}) => ({
    ...message,
    ...more,
    incident: { ...message.incident, id, labels: { ...message.incident.labels, alertname: `Alert ${id} "with\\quotes"`, team: '' } },
  })
  return {
    update: about(UPDATE),
    completed: about(COMPLETED),
    resolved: about(RESOLVED),
    unexplained: about(COMPLETED, { result: resultWith({ rootCause: null }) }),
  }
}

interface Running {
  url: string
  stop(): Promise<void>
}
const SERVERS: [name: string, start: () => Promise<Running>, there: boolean][] = [
  ['the stand-in', () => startAlertmanager().then(({ url, close }) => ({ url, stop: close })), true],
  [`a real Alertmanager${real ? '' : ': NOT RUN, none on PATH or in $ALERTMANAGER'}`, () => runAlertmanager(real!), real !== null],
]

describe.each(SERVERS)('at %s', (_, start, there) => {
  describe.runIf(there)('kept in step with the incident', () => {
    let server: Running
    let incident: ReturnType<typeof ofIncident>
    let id: string
    beforeAll(async () => void (server = await start()))
    afterAll(() => server?.stop())
    beforeEach(() => {
      id = `incident-${++incidents}`
      incident = ofIncident(id)
    })
    const get = async (path: string): Promise<any[]> => (await fetch(`${server.url}/api/v2${path}`)).json() as Promise<any[]>
    const silences = async (): Promise<any[]> => (await get('/silences')).filter(({ comment }) => comment.endsWith(`[inquest ${id}]`))
    const running = async (): Promise<any[]> => (await silences()).filter(({ status }) => status.state === 'active')
    const alerts = (): Promise<any[]> => get(`/alerts?filter=${encodeURIComponent(`inquest_incident="${id}"`)}`)

    describe('a silence', () => {
      const spec = (): Sink['spec'] => ({ alertmanager: { url: `${server.url}/`, silence: { duration: '2h' } } })

      test('stands from the root cause to the resolve, and is the same one all along', async () => {
        const none = await sends.deliver(spec(), { message: incident.update })
        expect([none, await silences()]).toEqual([{ url: null, data: {} }, []])

        const first = await sends.deliver(spec(), { message: incident.completed, previous: none })
        const [silence, ...others] = await running()
        expect(others).toEqual([])
        expect(first).toEqual({ url: `${server.url}/#/silences/${silence.id}`, data: { silence: silence.id } })
        expect(silence.matchers.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))).toEqual([
          { name: 'alertname', value: `Alert ${id} "with\\quotes"`, isRegex: false, isEqual: true },
          { name: 'namespace', value: 'shop', isRegex: false, isEqual: true },
          { name: 'severity', value: 'critical', isRegex: false, isEqual: true },
        ])
        expect(silence.createdBy).toBe('inquest')
        expect(silence.comment).toBe(
          `The name ledger-db-v2 cannot be resolved (96 % sure) · Deployment shop/payments at spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value\nhttps://inquest.example/1?a=1&b=2 [inquest ${id}]`,
        )
        expect(Math.abs(Date.parse(silence.endsAt) - Date.now() - 2 * HOUR)).toBeLessThan(60_000)

        const again = await sends.deliver(spec(), { message: { ...incident.completed, result: resultWith() }, previous: first })
        expect(again).toEqual(first)
        expect(await silences()).toHaveLength(1)

        await expect(sends.deliver(spec(), { message: incident.resolved, previous: again })).resolves.toEqual({ url: null, data: {} })
        expect([await running(), (await silences()).length]).toEqual([[], 1])
      })

      test('is found by a repeat whose first try was not recorded', async () => {
        const lost = await sends.deliver(spec(), { message: incident.completed })
        const repeat = await sends.deliver(spec(), { message: incident.completed, repeated: true })
        expect(repeat).toEqual(lost)
        expect(await silences()).toHaveLength(1)
        // The same for its end, and once more for an end that was done before.
        for (const previous of [null, null, repeat]) await sends.deliver(spec(), { message: incident.resolved, repeated: true, previous })
        expect(await running()).toEqual([])
      })

      test('is a new one when a person ended the old one, or when it is not known any more', async () => {
        const first = await sends.deliver(spec(), { message: incident.completed })
        await fetch(`${server.url}/api/v2/silence/${first.data['silence']}`, { method: 'DELETE' })
        const second = await sends.deliver(spec(), { message: incident.completed, previous: first })
        expect(second.data['silence']).not.toBe(first.data['silence'])
        const unknown = { url: null, data: { silence: '00000000-0000-4000-8000-000000000000' } }
        await sends.deliver(spec(), { message: incident.resolved, previous: unknown })
        expect(await running()).toHaveLength(1)
      })

      test('ends when the next look finds no cause', async () => {
        const previous = await sends.deliver(spec(), { message: incident.completed })
        await expect(sends.deliver(spec(), { message: incident.unexplained, previous })).resolves.toEqual({ url: null, data: {} })
        expect(await running()).toEqual([])
      })
    })

    describe('an alert', () => {
      const spec = (): Sink['spec'] => ({ alertmanager: { url: server.url, alert: { labels: { severity: 'info', namespace: '' } } } })

      test('fires from the root cause to the resolve', async () => {
        const none = await sends.deliver(spec(), { message: incident.update })
        expect([none, await alerts()]).toEqual([{ url: null, data: {} }, []])

        const previous = await sends.deliver(spec(), { message: incident.completed, previous: none })
        const again = await sends.deliver(spec(), { message: incident.completed, repeated: true, previous: none })
        expect(again).toEqual(previous)
        const [alert, ...others] = await alerts()
        expect(others).toEqual([])
        expect(alert.labels).toEqual({
          alertname: 'InquestRootCause',
          inquest_alertname: `Alert ${id} "with\\quotes"`,
          inquest_incident: id,
          severity: 'info',
        })
        expect(alert.annotations).toEqual({
          summary: 'The name ledger-db-v2 cannot be resolved',
          root_cause: 'Deployment shop/payments at spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value',
          confidence: '96 %',
          investigation: 'shop/kube-pod-crash-looping-0123456789',
          what_to_do: 'Undo the last roll-out: kubectl rollout undo deployment/payments -n shop',
          link: 'https://inquest.example/1?a=1&b=2',
        })
        expect(alert.generatorURL).toBe('https://inquest.example/1?a=1&b=2')
        expect(Date.parse(alert.startsAt)).toBe(Date.parse('2024-08-01T00:00:00Z'))
        expect(Math.abs(Date.parse(alert.endsAt) - Date.now() - 4 * HOUR)).toBeLessThan(60_000)

        await sends.deliver(spec(), { message: incident.resolved, previous })
        expect(await alerts()).toEqual([])
      })

      test('with other labels takes the place of the one before', async () => {
        const previous = await sends.deliver(spec(), { message: incident.completed })
        const other = { alertmanager: { url: server.url, alert: { labels: { severity: 'none' } } } }
        await sends.deliver(other, { message: incident.completed, previous })
        expect((await alerts()).map(({ labels }) => labels.severity)).toEqual(['none'])
      })
    })
  })
})

describe('what can go wrong', () => {
  let server: AlertmanagerServer
  let silence: Spec
  beforeEach(async () => {
    server = await startAlertmanager()
    silence = { url: server.url, silence: {} }
  })
  afterEach(() => server.close())

  test('an answer that is lost: the repeat changes what is there', async () => {
    server.loseNextAnswer()
    await expect(sends.deliver({ alertmanager: silence })).rejects.toMatchObject({ name: 'RetryableError' })
    await sends.deliver({ alertmanager: silence }, { repeated: true })
    expect(server.requests).toEqual(['POST /silences 200', 'GET /silences… 200', 'POST /silences 200'])
    expect(server.silences.size).toBe(1)
  })

  test.each<[string, Partial<Spec>, string]>([
    ['bearer', { auth: { bearer: { secretKeyRef: { name: 'am', key: 'token' } } } }, 'Bearer t0ken'],
    ['basic', { auth: { basic: { username: 'u', passwordSecretKeyRef: { name: 'am', key: 'password' } } } }, `Basic ${btoa('u:pass')}`],
  ])('%s auth is sent, and missed where it is missing', async (_, auth, expected) => {
    server.authorization = expected
    await expect(sends.deliver({ alertmanager: { ...silence, ...auth } })).resolves.toMatchObject({ data: { silence: expect.any(String) } })
    await expect(sends.deliver({ alertmanager: silence })).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringContaining('answered 401'),
    })
  })

  test.each([
    [500, '', { name: 'RetryableError' }],
    [400, 'bad matcher', { name: 'TerminalError', message: expect.stringMatching(/answered 400: "bad matcher"$/) }],
    [200, 'Please log in', { name: 'TerminalError', message: expect.stringContaining('does not answer as Alertmanager does') }],
  ])('an answer of %i %s', async (status, body, error) => {
    server.answerNext(status, body)
    await expect(sends.deliver({ alertmanager: silence })).rejects.toMatchObject(error)
  })

  test.each([
    ['alerts of several names', { labels: { namespace: 'shop' } }, /have no alertname in common/],
    ['an alert of our own', { labels: { alertname: 'InquestRootCause', inquest_incident: 'x' } }, /sent itself/],
  ])('%s cannot be silenced', async (_, incident, message) => {
    await expect(sends.deliver({ alertmanager: silence }, { message: messageWith({ incident }) })).rejects.toMatchObject({
      name: 'TerminalError',
      message: expect.stringMatching(message),
    })
    expect(server.requests).toEqual([])
  })

  test.each<[Partial<Spec>, string]>([
    [{ silence: { duration: '30s' } }, 'spec.alertmanager.silence.duration'],
    [{ silence: undefined, alert: { duration: '0s' } }, 'spec.alertmanager.alert.duration'],
    [{ url: 'http://am:9093/api/v2' }, 'spec.alertmanager.url'],
    [{ url: 'http://am:9093/#/alerts' }, 'spec.alertmanager.url'],
  ])('%j is refused when the sink is made', (more, field) => {
    expect(() => sends.make({ alertmanager: { ...silence, ...more } })).toThrow(expect.objectContaining({ name: 'InputError', field }))
  })
})
