import { describe, expect, test } from 'vitest'
import { Investigation } from '#kinds/investigation'
import type { ShownInvestigation } from '#store'
import { objectOf } from './investigation-object.ts'
import { statusOf, waitingStatus } from './investigation-status.ts'
import { eventsOf } from './kube-events.ts'

const at = (time: string): Date => new Date(`2026-03-01T${time}Z`)
const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' }
const PENDING: ShownInvestigation = {
  id: '0197a000-0000-7000-8000-000000000001',
  revision: 1,
  changed: true,
  incidentId: '0197a000-0000-7000-8000-000000000002',
  namespace: 'shop',
  name: 'pod-crash-0000000001',
  workflow: 'triage',
  source: 'shop/alertmanager',
  phase: 'Pending',
  reason: null,
  message: null,
  createdAt: at('10:00:00.123'),
  startedAt: null,
  completedAt: null,
  target,
  params: {},
  alert: null,
  rootCause: null,
  confidence: null,
  costUSD: null,
  object: null,
}
const RUNNING: ShownInvestigation = { ...PENDING, phase: 'Running', startedAt: at('10:00:01.999') }
const DONE: ShownInvestigation = {
  ...RUNNING,
  phase: 'Succeeded',
  reason: 'Complete',
  message: 'The image does not exist.',
  completedAt: at('10:00:09'),
  rootCause: 'The image does not exist.',
  confidence: 0.925,
  costUSD: 0.0213,
}
const FAILED: ShownInvestigation = { ...DONE, phase: 'Failed', reason: 'StepFailed', message: 'Step "look" failed.' }

describe('the object', () => {
  const alert = {
    status: 'firing' as const,
    labels: { alertname: 'PodCrash' },
    annotations: { summary: 'It crashes.' },
    startsAt: '2026-03-01T09:59:00Z',
    endsAt: null,
    generatorURL: '',
    fingerprint: 'f',
  }

  test('is what a person would have asked for', () => {
    expect(objectOf({ ...PENDING, alert, params: { team: 'a' } })).toEqual({
      apiVersion: 'inquest.dev/v1alpha1',
      kind: 'Investigation',
      metadata: {
        namespace: 'shop',
        name: 'pod-crash-0000000001',
        labels: {
          'inquest.dev/id': PENDING.id,
          'inquest.dev/workflow': 'triage',
          'inquest.dev/source': 'alertmanager',
          'inquest.dev/incident': PENDING.incidentId,
        },
      },
      spec: {
        workflowRef: { name: 'triage' },
        target,
        alert: { labels: { alertname: 'PodCrash' }, annotations: { summary: 'It crashes.' }, startsAt: '2026-03-01T09:59:00Z' },
        params: { team: 'a' },
      },
    })
  })

  const long = (n: number): string => 'x'.repeat(n)
  test.each<[string, Partial<ShownInvestigation>]>([
    ['nothing known', { target: null, source: null, incidentId: null }],
    ['a Source that is gone, and with it the name of its Workflow', { workflow: '' }],
    ['names too long for a label', { workflow: long(253), source: `shop/${long(253)}` }],
    ['a cluster-scoped target of no known group', { target: { apiVersion: '', kind: 'Node', namespace: null, name: 'n1' } }],
    [
      'more labels than an alert may have',
      { alert: { ...alert, labels: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, 'v'])) } },
    ],
    ['values that are too long', { alert: { ...alert, labels: { a: long(5_000) }, annotations: { a: long(20_000) } } }],
    ['a value that is cut in the middle of a character', { alert: { ...alert, labels: { a: `${long(4_094)}😀😀` } } }],
    ['a key that is too long', { alert: { ...alert, annotations: { [long(2_000)]: 'v' } } }],
  ])('fits the schema with %s', (_, more) => {
    const object = objectOf({ ...PENDING, ...more })
    expect(Investigation.safeParse(object).error?.issues ?? []).toEqual([])
    for (const value of Object.values(object.metadata.labels!)) expect(value.length).toBeLessThanOrEqual(63)
    expect(JSON.stringify(object)).not.toMatch(/\\ud[89a-f]/)
  })

  test('shows no secret that came with the alert', () => {
    const leaking = { ...alert, annotations: { summary: 'psql failed: password=hunter2secret' } }
    expect(JSON.stringify(objectOf({ ...PENDING, alert: leaking, params: { password: 'hunter2secret' } }))).not.toContain('hunter2secret')
  })
})

describe('the status', () => {
  const conditions = (row: ShownInvestigation): unknown =>
    Object.fromEntries(
      statusOf(row, null).conditions!.map(({ type, status, reason, lastTransitionTime }) => [
        type,
        `${status} ${reason} ${lastTransitionTime.slice(11)}`,
      ]),
    )
  const ACCEPTED = 'True Accepted 10:00:00Z'

  test.each<[string, ShownInvestigation, object]>([
    ['waits', PENDING, { Accepted: ACCEPTED, Succeeded: 'Unknown Pending 10:00:00Z' }],
    ['runs', RUNNING, { Accepted: ACCEPTED, Succeeded: 'Unknown Running 10:00:00Z' }],
    ['is complete', DONE, { Accepted: ACCEPTED, Succeeded: 'True Complete 10:00:09Z' }],
    ['is degraded', { ...DONE, reason: 'Degraded' }, { Accepted: ACCEPTED, Succeeded: 'True Degraded 10:00:09Z' }],
    ['failed', FAILED, { Accepted: ACCEPTED, Succeeded: 'False StepFailed 10:00:09Z' }],
    ['was cancelled', { ...DONE, phase: 'Cancelled', reason: 'Cancelled' }, { Accepted: ACCEPTED, Succeeded: 'False Cancelled 10:00:09Z' }],
    [
      'never began',
      { ...FAILED, reason: 'WorkflowNotFound' },
      { Accepted: 'False WorkflowNotFound 10:00:00Z', Succeeded: 'False WorkflowNotFound 10:00:09Z' },
    ],
    ['gives a reason that is none', { ...FAILED, reason: 'no reason!' }, { Accepted: ACCEPTED, Succeeded: 'False Failed 10:00:09Z' }],
  ])('of one that %s', (_, row, expected) => {
    expect(conditions(row)).toEqual(expected)
    expect(Investigation.shape.status.safeParse(statusOf(row, null)).error?.issues ?? []).toEqual([])
  })

  test('has the headline', () => {
    expect(statusOf(DONE, 'https://inquest.example/x')).toMatchObject({
      observedGeneration: 1,
      phase: 'Succeeded',
      rootCause: 'The image does not exist.',
      confidencePercent: 93,
      costUSD: '0.0213',
      startedAt: '2026-03-01T10:00:01Z',
      completedAt: '2026-03-01T10:00:09Z',
      link: 'https://inquest.example/x',
    })
  })

  test('leaves out what is not known', () => {
    expect(Object.keys(statusOf(PENDING, null))).toEqual(['observedGeneration', 'phase', 'conditions'])
  })

  test.each([
    [0, '0'],
    [2, '2'],
    [0.5, '0.5'],
    [0.1 + 0.2, '0.3'],
    [0.0000004, '0'],
    [120.25, '120.25'],
    [100, '100'],
  ])('writes %d dollars as %s', (costUSD, text) => {
    expect(statusOf({ ...DONE, costUSD }, null).costUSD).toBe(text)
  })

  test('is cut to what the schema takes', () => {
    const long = { ...DONE, rootCause: 'r'.repeat(10_000), message: 'm'.repeat(50_000) }
    const status = statusOf(long, `https://${'x'.repeat(3_000)}`)
    expect(Investigation.shape.status.safeParse(status).error?.issues ?? []).toEqual([])
    expect(status.rootCause).toMatch(/r…$/)
    expect(status).not.toHaveProperty('link')
  })

  test('of a request that waits has no phase', () => {
    const status = waitingStatus(at('10:00:00'), 'WorkflowNotFound', 'There is none.')
    expect(status).not.toHaveProperty('phase')
    expect(status.conditions!.map(({ type, status: is }) => `${type} ${is}`)).toEqual(['Accepted False', 'Succeeded Unknown'])
    expect(Investigation.shape.status.safeParse(status).error?.issues ?? []).toEqual([])
  })
})

describe('Kubernetes Events', () => {
  const OBJECT = { uid: 'u1', namespace: 'shop', name: 'pod-crash-0000000001' }
  const WORKFLOW = {
    apiVersion: 'inquest.dev/v1alpha1' as const,
    kind: 'Workflow' as const,
    metadata: { name: 'triage', namespace: 'shop', uid: 'w1' },
    spec: { steps: [] },
  }
  const NOW = at('10:00:10')
  const events = (row: ShownInvestigation, told: ShownInvestigation['phase'] | null = null, now = NOW) =>
    eventsOf({ ...row, object: { ...OBJECT, told, gone: false } }, OBJECT, WORKFLOW, now, 'inquest-0')
  const said = (row: ShownInvestigation, told: ShownInvestigation['phase'] | null = null, now = NOW): string[] =>
    events(row, told, now).map((event) => `${event['regarding'].kind}: ${event['type']} ${event['reason']}`)

  const CONCLUDED = ['Investigation: Normal Concluded', 'Workflow: Normal InvestigationConcluded']
  test.each<[string, ShownInvestigation, ShownInvestigation['phase'] | null, string[]]>([
    ['nothing of one that waits', PENDING, null, []],
    ['that it started', RUNNING, 'Pending', ['Investigation: Normal Started']],
    ['nothing twice', RUNNING, 'Running', []],
    ['that it concluded', DONE, 'Running', CONCLUDED],
    ['both, when nobody saw it run', DONE, null, ['Investigation: Normal Started', ...CONCLUDED]],
    [
      'that it is degraded',
      { ...DONE, reason: 'Degraded' },
      'Running',
      ['Investigation: Warning Degraded', 'Workflow: Warning InvestigationDegraded'],
    ],
    ['that it failed', FAILED, 'Running', ['Investigation: Warning Failed', 'Workflow: Warning InvestigationFailed']],
    [
      'that it never began',
      { ...FAILED, startedAt: null },
      null,
      ['Investigation: Warning Failed', 'Workflow: Warning InvestigationFailed'],
    ],
  ])('tell %s', (_, row, told, expected) => {
    expect(said(row, told)).toEqual(expected)
  })

  test('tell nothing of what is long over', () => {
    expect(said(DONE, null, at('11:00:00'))).toEqual([])
  })

  test('are the same whoever makes them, and others for another object', () => {
    const names = events(DONE).map(({ metadata }) => metadata.name)
    expect(events(DONE).map(({ metadata }) => metadata.name)).toEqual(names)
    expect(new Set(names).size).toBe(3)
    const other = eventsOf(DONE, { ...OBJECT, uid: 'u2' }, WORKFLOW, NOW, 'inquest-1')
    for (const { metadata } of other) expect(names).not.toContain(metadata.name)
  })

  test('have names that the API server takes, however long that of their object', () => {
    const object = { ...OBJECT, name: `${'a'.repeat(199)}-${'b'.repeat(53)}` }
    for (const { metadata } of eventsOf(DONE, object, WORKFLOW, NOW, 'inquest-0')) {
      expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
      expect(metadata.name.length).toBeLessThanOrEqual(253)
    }
  })
})
