import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const station = (name: string, ip: string) => ({ name, ip, cpu: '4', memory: '8040520Ki', zone: 'edge-fra-1', ...(name === 'station-hub' ? {} : { taints: [{ key: 'metrolink.example/station', value: 'true', effect: 'NoSchedule' }] }) })
const onIt = (pod: { spec: { nodeName?: string } }) => pod.spec.nodeName === 'station-014'

export const scenario: Scenario = {
  title: 'a node was rebooted in its maintenance window and is back',
  now: '2026-09-18T01:21:30Z',
  nodeMonitorGracePeriod: '14s',
  nodes: [station('station-hub', '10.70.0.10'), station('station-013', '10.70.13.10'), { ...station('station-014', '10.70.14.10'), faults: [{ since: '-8m', until: '-3m55s', down: true }] }, station('station-015', '10.70.15.10')],
  steps: [
    { at: '-77d', apply: ['10-edge.yaml'] },
    { at: '-9m10s', manager: 'kured', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'station-014', patch: { spec: { unschedulable: true } } }] },
    { at: '-7m20s', wait: 21000 },
    { at: '-3m53s', apply: ['30-events.yaml'], manager: 'kubelet', wait: 6000 },
    { at: '-3m20s', manager: 'kured', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'station-014', patch: { spec: { unschedulable: null } } }] },
  ],
  behaviours: [
    { pods: { where: (pod) => onIt(pod as never) }, since: '-3m54s', until: '-3m52s', exits: { code: 255, after: 0.5, reason: 'Unknown' } },
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kured' }, where: (pod) => onIt(pod as never) },
      logs: [
        { after: 1, text: 'time="{day}T{clock}Z" level=info msg="Binding node-id command flag to environment variable: KURED_NODE_ID"\ntime="{day}T{clock}Z" level=info msg="Kubernetes Reboot Daemon: 1.19.0"\ntime="{day}T{clock}Z" level=info msg="Node ID: station-014"' },
      ],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kured' }, where: (pod) => onIt(pod as never) },
      since: '-3m24s',
      logs: [{ after: 3, text: 'time="{day}T{clock}Z" level=info msg="Holding lock"\ntime="{day}T{clock}Z" level=info msg="Uncordoning node station-014"\ntime="{day}T{clock}Z" level=info msg="Releasing lock"' }],
    },
    { pods: { namespace: 'turnstile', labels: { app: 'gate-controller' }, where: (pod) => !onIt(pod as never) }, logs: [{ after: 2, text: '{time} INFO gate_controller: mqtt connected' }, { after: 10, every: 20, text: '{time} INFO gate_controller: heartbeat gates=6 open=6' }] },
    { pods: { namespace: 'turnstile', labels: { app: 'gate-controller' }, where: (pod) => onIt(pod as never) }, until: '-8m', logs: [{ after: 2, text: '{time} INFO gate_controller: mqtt connected' }, { after: 10, every: 20, text: '{time} INFO gate_controller: heartbeat gates=6 open=6' }] },
    { pods: { namespace: 'turnstile', labels: { app: 'gate-controller' }, where: (pod) => onIt(pod as never) }, since: '-3m54s', logs: [{ after: 2, text: '{time} INFO gate_controller: mqtt connected' }, { after: 10, every: 20, text: '{time} INFO gate_controller: heartbeat gates=6 open=6' }] },
  ],
  alert: ownRule('StationOffline', {
    startsAt: '-5m40s',
    labels: { node: 'station-014', station: '014', severity: 'critical' },
    summary: 'A station does not report.',
    description: 'station-014 has sent no heartbeat for 2 minutes.',
    expr: 'time() - max by (node, station) (gate_heartbeat_timestamp_seconds) > 120',
  }),
}
