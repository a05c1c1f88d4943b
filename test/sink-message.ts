import { systemClock } from '#kit/clock'
import { createHttpClient } from '#kit/http'
import { silentLogger } from '#kit/log'
import { resultOf, usageWithoutModel, type Cause, type Diagnosis, type Result } from '#kinds/result'
import type { Sink } from '#kinds/sink'
import type { Message } from '#sinks'
import { makeSink, type Delivered, type Delivery, type SinkContext } from '../src/sinks/sinks.ts'

/** What the tests of sinks have in common: an incident from its first message to its last, and a place to send it from. */

const PAYMENTS = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' }

export const CAUSE: Cause = {
  id: 'c1',
  by: 'diagnosis',
  rule: 'name-not-resolved',
  summary: 'The name ledger-db-v2 cannot be resolved',
  object: PAYMENTS,
  field: 'spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value',
  confidence: 0.96,
  explains: [],
  cites: ['f1'],
}

const DIAGNOSIS: Diagnosis = {
  target: PAYMENTS,
  healthy: false,
  rootCause: CAUSE,
  alternatives: [],
  problems: [CAUSE],
  findings: [
    {
      id: 'f1',
      rule: 'name-not-resolved',
      severity: 'critical',
      object: PAYMENTS,
      summary: 'cannot resolve',
      evidence: [
        { id: 'e1', source: 'log', ref: 'log/shop/payments-1/payments#previous', text: 'panic\n  dial tcp: lookup ledger-db-v2' },
        { id: 'e2', source: 'change', ref: 'deployment/shop/payments', text: 'revision 6 → 7 changed LEDGER_HOST' },
      ],
    },
  ],
  recommendations: [
    {
      action: 'Undo the last roll-out',
      why: 'Revision 6 did not have this.',
      command: 'kubectl rollout undo deployment/payments -n shop',
      risk: 'low',
      needsApproval: true,
    },
  ],
  incomplete: [],
}

export const resultWith = (more: Partial<Diagnosis> = {}): Result => resultOf({ ...DIAGNOSIS, ...more }, usageWithoutModel(2))

export const messageWith = ({
  incident,
  ...more
}: Partial<Omit<Message, 'incident'>> & { incident?: Partial<Message['incident']> } = {}): Message => ({
  state: 'completed',
  title: 'KubePodCrashLooping',
  text: '**KubePodCrashLooping**: investigated.\n',
  templated: false,
  incident: {
    id: 'incident-1',
    status: 'firing',
    startsAt: '2024-08-01T00:00:00Z',
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'critical' },
    ...incident,
  },
  investigation: { namespace: 'shop', name: 'kube-pod-crash-looping-0123456789', id: 'id', link: 'https://inquest.example/1?a=1&b=2' },
  alert: {
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'critical', pod: 'payments-1' },
    annotations: { runbook_url: 'https://runbooks.example/KubePodCrashLooping' },
  },
  result: resultWith(),
  outputs: {},
  ...more,
})

export const UPDATE = messageWith({ state: 'update', result: null, text: '**KubePodCrashLooping**: being investigated.\n' })
export const COMPLETED = messageWith()
export const RESOLVED = messageWith({ state: 'resolved', incident: { status: 'resolved' } })

/** Sends from a namespace with these Secrets, over the real client. */
export function sender(secrets: Readonly<Record<string, string>>, more: Partial<SinkContext> = {}) {
  const http = createHttpClient({ profile: 'configured' })
  const context: SinkContext = {
    http,
    clock: systemClock,
    log: silentLogger,
    write: () => {},
    secret: async ({ name, key }) => secrets[`${name}/${key}`] ?? Promise.reject(new Error(`no Secret ${name}/${key}`)),
    ...more,
  }
  return {
    close: () => http.close(),
    make: (spec: Sink['spec']) =>
      makeSink({ apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', metadata: { name: 's', namespace: 'shop' }, spec }, context),
    deliver(spec: Sink['spec'], delivery: Partial<Delivery> = {}): Promise<Delivered> {
      const whole = {
        message: COMPLETED,
        key: `key of ${delivery.message?.state ?? 'completed'}`,
        previous: null,
        repeated: false,
        ...delivery,
      }
      return this.make(spec).deliver(whole, AbortSignal.timeout(30_000))
    },
  }
}
