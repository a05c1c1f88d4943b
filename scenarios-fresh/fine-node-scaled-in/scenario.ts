import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const GONE = 'burst-6f1c2a90b7'
const NODE = { apiVersion: 'v1', kind: 'Node', name: GONE }
const replicas = (n: number): Patch => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'floorplans', name: 'raytracer-burst', patch: { spec: { replicas: n } } })
const autoscaler = { namespace: 'kube-system', labels: { app: 'cluster-autoscaler' } }

export const scenario: Scenario = {
  title: 'the autoscaler took an empty node away',
  now: '2026-05-08T16:48:30Z',
  nodes: [
    { name: 'base-1', ip: '10.42.8.11', cpu: '8', memory: '16200000Ki' },
    { name: 'base-2', ip: '10.42.8.12', cpu: '8', memory: '16200000Ki' },
    { name: GONE, ip: '10.42.8.19', cpu: '8', memory: '16200000Ki', joined: '-5h10m', left: '-12m20s' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-autoscaler.yaml'], manager: 'helm' },
    { at: '-46d', apply: ['10-render.yaml'], manager: 'helm' },
    { at: '-5h12m', manager: 'plan-api', patch: [replicas(5)] },
    { at: '-31m', manager: 'plan-api', patch: [replicas(0)] },
    { at: '-12m58s', manager: 'cluster-autoscaler', patch: [{ ...NODE, patch: { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', value: '1778257532', effect: 'NoSchedule' }] } } }] },
    {
      at: '-12m50s',
      events: [
        { object: NODE, type: 'Normal', reason: 'ScaleDown', message: 'marked the node as toBeDeleted/unschedulable', component: 'cluster-autoscaler', first: '-12m58s' },
        { object: NODE, type: 'Normal', reason: 'ScaleDown', message: 'node removed by cluster autoscaler', component: 'cluster-autoscaler', first: '-12m30s' },
        { object: NODE, type: 'Normal', reason: 'RemovingNode', message: `Node ${GONE} event: Removing Node ${GONE} from Controller`, component: 'node-controller', first: '-12m16s' },
      ],
    },
  ],
  behaviours: [
    ...around,
    {
      pods: autoscaler,
      logs: [{ after: 2, text: 'I{klog}       1 main.go:638] Cluster Autoscaler 1.34.1' }, { after: 600, every: 600, text: 'I{klog}       1 static_autoscaler.go:432] No unschedulable pods' }],
    },
    { pods: autoscaler, since: '-5h11m50s', until: '-5h11m', logs: [{ after: 0, text: 'I{klog}       1 orchestrator.go:185] Best option to resize: burst\nI{klog}       1 executor.go:162] Scale-up: setting group burst size to 1' }] },
    {
      pods: autoscaler,
      since: '-23m2s',
      until: '-12m',
      logs: [
        { after: 0, text: `I{klog}       1 nodes.go:84] ${GONE} is unneeded since 2026-05-08 16:25:28.104 +0000 UTC duration 0s` },
        { after: 603, text: `I{klog}       1 planner.go:231] ${GONE} was unneeded for 10m3.1s` },
        { after: 603.4, text: `I{klog}       1 actuator.go:183] Scale-down: removing empty node "${GONE}"` },
        { after: 604, text: `I{klog}       1 taints.go:160] Successfully added ToBeDeletedTaint on node ${GONE}` },
        { after: 632, text: `I{klog}       1 node_removal_latency_tracker.go:140] Observing deletion for node ${GONE}, unneeded for 10m32.4s` },
      ],
    },
    { pods: { namespace: 'observability', labels: { 'app.kubernetes.io/name': 'node-exporter' } }, logs: [{ after: 0.2, text: 'time={time} level=INFO source=tls_config.go:346 msg="Listening on" address=0.0.0.0:9100' }] },
    { pods: { namespace: 'floorplans', labels: { app: 'plan-api' } }, logs: [{ after: 10, every: 28, text: '{time} [INFO] POST /plans 202 {ms}ms' }] },
    { pods: { namespace: 'floorplans', labels: { app: 'plan-api' } }, since: '-31m5s', until: '-30m', logs: [{ after: 0, text: '{time} [INFO] render queue empty, raytracer-burst scaled to 0' }] },
    { pods: { namespace: 'floorplans', labels: { app: 'raytracer' } }, logs: [{ after: 15, every: 48, text: '{time} [INFO] plan {id} rendered in 4{ms} s' }] },
  ],
  alert: ownRule('InstanceDown', {
    startsAt: '-7m',
    labels: { job: 'node', instance: '10.42.8.19:9100', node: GONE, severity: 'critical' },
    summary: 'A machine does not answer.',
    description: `10.42.8.19:9100 (${GONE}) has been down for more than 5 minutes.`,
    expr: 'up{job="node"} == 0',
  }),
}
