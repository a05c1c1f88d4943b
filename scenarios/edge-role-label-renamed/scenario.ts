import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const taints = [{ key: 'node-role.kubernetes.io/edge', effect: 'NoSchedule' }]
const edge = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name, patch: { metadata: { labels: { 'node-role.kubernetes.io/edge': '' } } } })

export const scenario: Scenario = {
  title: 'the edge nodes lose the value of their role label; the ingress DaemonSet that asks for it wants no pods any more',
  now: '2026-06-11T19:26:00Z',
  nodes: [
    { name: 'edge-1', ip: '10.30.0.21', labels: { 'node-role.kubernetes.io/edge': 'true' }, taints, cpu: '2', memory: '8042356Ki' },
    { name: 'edge-2', ip: '10.30.0.22', labels: { 'node-role.kubernetes.io/edge': 'true' }, taints, cpu: '2', memory: '8042356Ki' },
    { name: 'app-1', ip: '10.30.1.31' },
    { name: 'app-2', ip: '10.30.1.32' },
  ],
  steps: [
    { at: '-82d', apply: ['shared/tools.yaml'] },
    { at: '-81d', manager: 'helm', apply: ['10-edge.yaml'] },
    { at: '-22m', manager: 'ansible-k8s', patch: [edge('edge-1')] },
    { at: '-21m10s', manager: 'ansible-k8s', patch: [edge('edge-2')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    { pods: { namespace: 'edge' }, logs: [{ after: 1, text: '{date} INFO    haproxy/main.go:40 [transactionID=] HAProxy Kubernetes Ingress Controller 3.1.12' }] },
    { pods: { namespace: 'box-office' }, logs: [{ after: 2, text: '   ▲ Next.js 15.5.2\n   - Local:        http://localhost:3000\n ✓ Ready in 412ms' }] },
    { pods: { namespace: 'box-office' }, until: '-21m', logs: [{ after: 6, every: 19, text: '{time} GET /api/shows 200 {ms}ms' }] },
  ],
  alert: kubePrometheus.own(
    'ProbeFailed',
    { job: 'probe/monitoring/ingresses', instance: 'https://tickets.opera.example/', namespace: 'box-office', ingress: 'tickets', severity: 'critical' },
    { summary: 'A site does not answer.', description: 'https://tickets.opera.example/ has failed its probe from outside for 5 minutes.' },
    '-15m',
    'probe_success{job="probe/monitoring/ingresses"} == 0',
  ),
}
