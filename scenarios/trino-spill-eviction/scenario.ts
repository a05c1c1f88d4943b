import type { Alert } from '../../control-plane/alert.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const worker = { namespace: 'lakehouse', labels: { app: 'trino-worker' } }
const evicted = (using: string, available: string) => ({
  message: `The node was low on resource: ephemeral-storage. Threshold quantity: 8387377200, available: ${available}. Container trino was using ${using}, request is 0, has larger consumption of ephemeral-storage. `,
  after: 30,
})
const alert: Alert = {
  labels: { alertname: 'KubeNodeEviction', node: 'batch-1', instance: '10.20.7.31:10250', eviction_signal: 'nodefs.available', prometheus: 'monitoring/k8s', severity: 'info' },
  annotations: {
    description:
      'Node batch-1 is evicting Pods due to nodefs.available.  Eviction occurs when eviction thresholds are crossed, typically caused by Pods exceeding RAM/ephemeral-storage limits.',
    runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubenodeeviction',
    summary: 'Node is evicting pods.',
  },
  startsAt: '-3m40s',
  groupBy: ['alertname'],
  expr: 'sum(rate(kubelet_evictions{job="kubelet", metrics_path="/metrics"}[15m])) by (cluster, eviction_signal, instance) * on (cluster, instance) group_left(node) max by (cluster, instance, node) (kubelet_node_name{job="kubelet", metrics_path="/metrics"}) > 0',
}

export const scenario: Scenario = {
  title: 'a query engine spills until the node’s disk is full',
  now: '2026-09-11T02:54:35Z',
  nodes: [
    { name: 'general-1', ip: '10.20.7.11', labels: { pool: 'general' } },
    { name: 'general-2', ip: '10.20.7.12', labels: { pool: 'general' } },
    { name: 'batch-1', ip: '10.20.7.31', labels: { pool: 'batch' }, faults: [{ since: '-1d19m10s', until: '-1d13m', pressure: 'DiskPressure' }, { since: '-4m30s', pressure: 'DiskPressure' }] },
  ],
  steps: [
    { at: '-37d', apply: ['shared/monitoring.yaml', '10-lakehouse.yaml'], manager: 'helm' },
    { at: '-1d19m30s' },
    { at: '-1d13m' },
    { at: '-4m50s' },
    { at: '-4m20s', apply: ['30-node-events.yaml'], manager: 'kubelet' },
  ],
  behaviours: [
    { pods: worker, since: '-1d19m30s', until: '-1d18m', evicted: evicted('54173412Ki', '7013128Ki') },
    { pods: worker, since: '-4m50s', until: '-4m', evicted: evicted('57012944Ki', '6671316Ki') },
    {
      pods: worker,
      logs: [
        { after: 14, text: '{time}\tINFO\tmain\tio.trino.server.Server\t======== SERVER STARTED ========' },
      ],
    },
    { pods: { namespace: 'lakehouse', labels: { app: 'trino-coordinator' } }, since: '-24m', logs: [{ after: 3, text: '{time}\tINFO\tdispatcher-query-7\tio.trino.event.QueryMonitor\tTIMELINE: Query 20260911_023014_00031_k3w9p :: RUNNING :: elapsed 0ms' }] },
    {
      pods: { namespace: 'lakehouse', labels: { app: 'trino-coordinator' } },
      since: '-4m10s',
      logs: [
        { after: 2, text: '{time}\tWARN\thttp-client-node-manager-52\tio.trino.metadata.RemoteNodeState\tError fetching node state from http://10.244.2.9:8080/v1/info/state: Server refused connection: http://10.244.2.9:8080/v1/info/state' },
        { after: 31, text: '{time}\tINFO\tdispatcher-query-9\tio.trino.event.QueryMonitor\tTIMELINE: Query 20260911_023014_00031_k3w9p :: FAILED (NO_NODES_AVAILABLE) :: elapsed 1212417ms :: planning 812ms :: waiting 11ms :: scheduling 340ms :: running 1211254ms :: finishing 0ms :: begin 2026-09-11T02:30:14.118Z :: end 2026-09-11T02:50:26.535Z' },
      ],
    },
  ],
  alert,
}
