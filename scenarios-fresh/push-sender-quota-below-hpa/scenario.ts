import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const app = (name: string) => ({ namespace: 'engagement', labels: { app: name } })
/** Polls close, everybody gets a message. */
const RUSH = '-41m'

export const scenario: Scenario = {
  title: 'the autoscaler wants more than the quota lets in',
  now: '2026-09-13T18:43:30Z',
  nodes: [
    { name: 'nr-eu-1', ip: '10.21.0.31', cpu: '16', memory: '65842004Ki' },
    { name: 'nr-eu-2', ip: '10.21.0.32', cpu: '16', memory: '65842004Ki' },
    { name: 'nr-eu-3', ip: '10.21.0.33', cpu: '16', memory: '65842004Ki' },
  ],
  steps: [
    { at: '-91d', apply: ['shared/observability.yaml'], manager: 'helm' },
    { at: '-58d', apply: ['10-engagement.yaml'], manager: 'argocd-controller', wait: 3000 },
    { at: '-57d', wait: 17_000 },
    { at: RUSH, wait: 5200 },
    { at: '-40m45s', wait: 5200 },
    { at: '-40m30s', wait: 5200 },
    { at: '-40m14s', wait: 5200 },
    { at: '-39m59s', wait: 5200 },
  ],
  behaviours: [
    ...around,
    { pods: app('push-sender'), until: RUSH, usage: { cpu: '260m', memory: '190Mi' } },
    { pods: app('push-sender'), since: RUSH, usage: { cpu: '980m', memory: '240Mi' } },
    { pods: app('push-sender'), logs: [{ after: 2, text: '{time} INFO  sender: 8 workers on redis://push-queue:6379/0 list push' }] },
    { pods: app('push-sender'), until: RUSH, logs: [{ after: 20, every: 60, text: '{time} INFO  sender: 1{ms}0 messages in the last minute, queue 0' }] },
    { pods: app('push-sender'), since: RUSH, logs: [{ after: 20, every: 60, text: '{time} INFO  sender: 61{ms}0 messages in the last minute, queue 1842{ms}' }, { after: 420, every: 60, text: '{time} WARN  sender: oldest message waits longer than 300 s' }] },
    { pods: app('push-queue'), logs: [{ after: 0.1, text: '1:M 18 Jul 2026 {clock} * Ready to accept connections tcp' }, { after: 900, every: 900, text: '1:M 13 Sep 2026 {clock} * 1000 changes in 900 seconds. Saving...' }] },
    { pods: app('campaigns'), logs: [{ after: 15, every: 30, text: '{"ts":"{time}","lvl":"info","msg":"GET /v1/campaigns","status":200,"ms":{ms}}' }] },
    { pods: app('campaigns'), since: RUSH, until: '-40m40s', logs: [{ after: 3, text: '{"ts":"{time}","lvl":"info","msg":"campaign started","name":"election-night-1","recipients":2114380}' }] },
  ],
  alert: ownRule('PushDeliveryDelayed', {
    startsAt: '-29m',
    labels: { namespace: 'engagement', queue: 'push', job: 'push-queue-metrics', severity: 'critical', team: 'engagement' },
    summary: 'Push messages arrive late.',
    description: 'The oldest message of queue push waits for 9m 40s; breaking news must be delivered within 2 minutes.',
    expr: 'max by (namespace, queue, job) (push_queue_oldest_message_age_seconds) > 300',
  }),
}
