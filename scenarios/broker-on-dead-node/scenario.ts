import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const metal = { cpu: '24', memory: '131894716Ki' }
const DEAD = 'rabbit@rabbitmq-server-1.rabbitmq-nodes.messaging'

export const scenario: Scenario = {
  title: 'a machine dies; the message broker pod with its local disk hangs on it',
  now: '2026-08-31T02:56:12Z',
  nodeMonitorGracePeriod: '12s',
  nodes: [
    { name: 'metal-a03', ip: '10.15.3.3', zone: 'hall-a', ...metal },
    { name: 'metal-b07', ip: '10.15.3.27', zone: 'hall-b', ...metal, faults: [{ since: '-38m', down: true }] },
    { name: 'metal-c02', ip: '10.15.3.42', zone: 'hall-c', ...metal },
    { name: 'metal-c05', ip: '10.15.3.45', zone: 'hall-c', ...metal },
  ],
  steps: [
    { at: '-93d', apply: ['shared/kube-prometheus.yaml', '05-disks.yaml'] },
    { at: '-77d', manager: 'helm', apply: ['10-messaging.yaml'] },
    { at: '-38m' },
    { at: '-37m10s', wait: 18000 },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'messaging', name: 'rabbitmq-server' }, logs: [{ after: 6, text: '{pg}000+00:00 [info] <0.9.0> Server startup complete; 7 plugins started.' }, { after: 300, every: 600, text: '{pg}000+00:00 [info] <0.1421.0> accepting AMQP connection <0.1421.0> (10.244.0.9:{port} -> {podip}:5672)' }] },
    {
      pods: { namespace: 'messaging', name: 'rabbitmq-server' },
      since: '-37m5s',
      logs: [
        { after: 1, text: `{pg}000+00:00 [info] <0.468.0> rabbit on node '${DEAD}' down` },
        { after: 1.1, text: `{pg}000+00:00 [info] <0.468.0> node '${DEAD}' down: net_tick_timeout` },
        { after: 3, every: 301, text: `{pg}000+00:00 [warning] <0.612.0> Peer discovery: node ${DEAD} is unreachable` },
      ],
    },
    { pods: { namespace: 'carriers' }, logs: [{ after: 3, every: 49, text: '{time} INFO  label {id} printed carrier=DPD' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'messaging', statefulset: 'rabbitmq-server', startsAt: '-21m' }),
}
