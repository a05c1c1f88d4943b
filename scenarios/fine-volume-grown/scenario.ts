import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const PV = 'pvc-5d1c8f1e-60c9-4a4b-a2a5-1f6f0b0d7c11'
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'mediation', name: 'data-cdr-postgres-0' }
const claim = (patch: Json, status = false): Patch => ({ ...CLAIM, patch, ...(status ? { subresource: 'status' as const } : {}) })
const pg = { namespace: 'mediation', labels: { app: 'cdr-postgres' } }

export const scenario: Scenario = {
  title: 'a volume that was nearly full has just been grown',
  now: '2026-09-03T12:02:35Z',
  nodes: [
    { name: 'bss-node-1', ip: '10.88.3.11', cpu: '8', memory: '32779220Ki' },
    { name: 'bss-node-2', ip: '10.88.3.12', cpu: '8', memory: '32779220Ki' },
    { name: 'bss-node-3', ip: '10.88.3.13', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-93d', apply: ['05-topolvm.yaml', 'shared/kps.yaml'], manager: 'helm' },
    { at: '-90d', apply: ['10-mediation.yaml'], manager: 'helm' },
    { at: '-89d23h', apply: ['20-workloads.yaml'], manager: 'helm' },
    { at: '-3m10s', manager: 'kubectl-edit', patch: [claim({ spec: { resources: { requests: { storage: '400Gi' } } } })] },
    { at: '-3m4s', manager: 'csi-resizer', patch: [{ apiVersion: 'v1', kind: 'PersistentVolume', name: PV, patch: { spec: { capacity: { storage: '400Gi' } } } }] },
    { at: '-2m51s', manager: 'kubelet', patch: [claim({ status: { capacity: { storage: '400Gi' }, allocatedResources: { storage: '400Gi' } } }, true)] },
    {
      at: '-2m50s',
      events: [
        { object: CLAIM, type: 'Normal', reason: 'Resizing', message: `External resizer is resizing volume ${PV}`, component: 'external-resizer topolvm.io', first: '-3m9s' },
        { object: CLAIM, type: 'Normal', reason: 'FileSystemResizeRequired', message: 'Require file system resize of volume on node', component: 'external-resizer topolvm.io', first: '-3m4s' },
        { object: { apiVersion: 'v1', kind: 'Pod', namespace: 'mediation', name: 'cdr-postgres-0' }, type: 'Normal', reason: 'FileSystemResizeSuccessful', message: `MountVolume.NodeExpandVolume succeeded for volume "${PV}" bss-node-2`, component: 'kubelet', first: '-2m51s' },
      ],
    },
  ],
  behaviours: [
    ...around,
    {
      pods: pg,
      logs: [
        { after: 2, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' },
        { after: 2.4, text: '{pg} UTC [1] LOG:  background worker "TimescaleDB Background Worker Launcher" started' },
        { after: 240, every: 610, text: '{pg} UTC [27] LOG:  checkpoint complete: wrote 48{ms} buffers (9.2%), wrote 3 SLRU buffers; 0 WAL file(s) added, 0 removed, 14 recycled; write=269.8{ms} s, sync=0.107 s, total=270.011 s' },
        { after: 700, every: 3100, text: '{pg} UTC [27] LOG:  checkpoints are occurring too frequently (24 seconds apart)\n{pg} UTC [27] HINT:  Consider increasing the configuration parameter "max_wal_size".' },
      ],
    },
    { pods: { namespace: 'mediation', labels: { app: 'cdr-collector' } }, logs: [{ after: 4, every: 30, text: '{time} INFO  collector file=MSC{port}.cdr records=12{ms} inserted in {ms} ms' }, { after: 900, every: 2600, text: '{time} WARN  collector file=MSC{port}.cdr: 3 records with unknown cell id, written to quarantine' }] },
    {
      pods: { namespace: 'topolvm-system', labels: { 'app.kubernetes.io/name': 'topolvm-controller' } },
      container: 'csi-resizer',
      logs: [{ after: 1, text: 'I{klog}       1 main.go:105] "Version" version="v1.14.0"' }],
    },
    {
      pods: { namespace: 'topolvm-system', labels: { 'app.kubernetes.io/name': 'topolvm-controller' } },
      container: 'csi-resizer',
      since: '-3m9s',
      logs: [{ after: 0, text: `I{klog}       1 event.go:389] "Event occurred" object="mediation/data-cdr-postgres-0" kind="PersistentVolumeClaim" apiVersion="v1" type="Normal" reason="Resizing" message="External resizer is resizing volume ${PV}"` }],
    },
  ],
  alert: {
    labels: { alertname: 'KubePersistentVolumeFillingUp', namespace: 'mediation', persistentvolumeclaim: 'data-cdr-postgres-0', instance: '10.88.3.12:10250', job: 'kubelet', metrics_path: '/metrics', node: 'bss-node-2', endpoint: 'https-metrics', service: 'kps-kubelet', prometheus: 'monitoring/kps-prometheus', severity: 'critical' },
    annotations: {
      description: 'The PersistentVolume claimed by data-cdr-postgres-0 in Namespace mediation is only 2.61% free.',
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepersistentvolumefillingup',
      summary: 'PersistentVolume is filling up.',
    },
    startsAt: '-21m',
    expr: '(kubelet_volume_stats_available_bytes{job="kubelet"} / kubelet_volume_stats_capacity_bytes{job="kubelet"}) < 0.03',
  },
}
