import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'an edit took the selector of the MQTT broker’s Service away; ingest, which publishes through it, is alerted on',
  now: '2026-07-14T09:22:51Z',
  steps: [
    { at: '-83d2h', apply: ['shared/platform.yaml'] },
    { at: '-44d5h11m', manager: 'argocd-controller', apply: ['10-telemetry.yaml'] },
    {
      at: '-37m12s',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'Service', namespace: 'telemetry', name: 'broker', patch: { spec: { selector: null } } }],
    },
    {
      at: '-37m5s',
      manager: 'kubectl-set',
      patch: [
        setImage(
          { kind: 'Deployment', namespace: 'telemetry', name: 'mosquitto' },
          'mosquitto',
          'docker.io/library/eclipse-mosquitto:2.0.23',
        ),
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'telemetry', labels: { app: 'ingest' } },
      since: '-37m10s',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 2,
          every: 15,
          text: '{time} ERROR mqtt: connect failed broker=tcp://broker:1883 err="dial tcp 10.96.71.4:1883: connect: connection refused"',
        },
      ],
    },
    {
      pods: { namespace: 'telemetry', labels: { app: 'ingest' } },
      until: '-37m10s',
      logs: [{ after: 2, every: 45, text: '{time} INFO batch published topic=plant/7 messages=412' }],
    },
    {
      pods: { namespace: 'telemetry', labels: { app: 'mosquitto' } },
      logs: [{ after: 1, text: '1763200000: mosquitto version 2.0.22 running' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'telemetry', deployment: 'ingest', startsAt: '-20m30s' }),
}
