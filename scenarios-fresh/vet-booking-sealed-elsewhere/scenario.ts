import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const NS = 'vet-booking'
const SEALED = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', namespace: NS, name: 'sms-gateway' }
const status = (name: string, condition: Json): Patch => ({ ...SEALED, name, subresource: 'status', patch: { status: { observedGeneration: 1, conditions: [{ type: 'Synced', ...condition }] } } })
const controller = { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'sealed-secrets' } }
const FAILED = 'no key could decrypt secret (api-token, sender)'

export const scenario: Scenario = {
  title: 'a secret was sealed for another cluster',
  now: '2026-08-25T14:44:10Z',
  nodes: [
    { name: 'k3s-vet-1', ip: '192.168.40.11' },
    { name: 'k3s-vet-2', ip: '192.168.40.12' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-sealed.yaml'], manager: 'helm' },
    { at: '-71d', apply: ['10-vet.yaml'], manager: 'argocd-controller' },
    { at: '-70d23h59m', manager: 'controller', patch: [status('booking-db', { status: 'True', lastTransitionTime: '2026-06-15T14:44:12Z', lastUpdateTime: '2026-06-15T14:44:12Z' })] },
    { at: '-41m', apply: ['20-reminders.yaml'], manager: 'argocd-controller' },
    {
      at: '-40m58s',
      manager: 'controller',
      patch: [status('sms-gateway', { status: 'False', message: FAILED, lastTransitionTime: '2026-08-25T14:03:12Z', lastUpdateTime: '2026-08-25T14:03:12Z' })],
      events: [{ object: SEALED, type: 'Warning', reason: 'ErrUnsealFailed', message: `Failed to unseal: ${FAILED}`, component: 'sealed-secrets', first: '-40m59s', last: '-40m43s', count: 6 }],
    },
  ],
  behaviours: [
    ...around,
    {
      pods: controller,
      logs: [
        { after: 0.2, text: 'time={time} level=INFO msg="Starting sealed-secrets controller" version=0.32.2' },
        { after: 0.4, text: 'time={time} level=INFO msg="Searching for existing private keys"' },
        { after: 1.5, text: 'time={time} level=INFO msg="registered private key" secretname=sealed-secrets-keyq7b2d' },
        { after: 1.7, text: 'time={time} level=INFO msg="HTTP server serving" addr=:8080' },
      ],
    },
    { pods: controller, since: '-70d23h59m59s', until: '-70d', logs: [{ after: 0, text: 'time={time} level=INFO msg=Updating key=vet-booking/booking-db' }] },
    {
      pods: controller,
      since: '-40m59s',
      until: '-40m42s',
      logs: [
        { after: 0, every: 3, text: `time={time} level=INFO msg=Updating key=vet-booking/sms-gateway\ntime={time} level=ERROR msg="Error updating, will retry" key=vet-booking/sms-gateway error="${FAILED}"` },
        { after: 16.3, text: `time={time} level=ERROR msg="Error updating, giving up" key=vet-booking/sms-gateway error="${FAILED}"` },
      ],
    },
    { pods: { namespace: NS, labels: { app: 'booking' } }, logs: [{ after: 3, text: '[{utc}] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)' }, { after: 20, every: 31, text: '10.42.0.1 - - [{clf}] "GET /api/slots?practice={port} HTTP/1.1" 200 14{ms}' }] },
  ],
  alert: (podsOf) => kubePrometheus.podNotReady({ namespace: NS, pod: podsOf(NS, 'reminders')[0]?.metadata.name, startsAt: '-25m30s' }),
}
