import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const DB = { cpu: '8', memory: '32779220Ki', labels: { 'node.telco.example/role': 'db' }, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }

export const scenario: Scenario = {
  title: 'a claim is bound to the local disk of a machine that was replaced',
  now: '2026-03-05T04:26:00Z',
  nodes: [
    { name: 'db-rack1-03', ip: '100.64.11.3', zone: 'rack1', ...DB },
    { name: 'db-rack2-05', ip: '100.64.12.5', zone: 'rack2', ...DB },
    { name: 'db-rack3-07', ip: '100.64.13.7', zone: 'rack3', ...DB, left: '-3h2m' },
    { name: 'app-rack1-11', ip: '100.64.11.11', zone: 'rack1' },
    { name: 'app-rack2-11', ip: '100.64.12.11', zone: 'rack2' },
    { name: 'db-rack3-12', ip: '100.64.13.12', zone: 'rack3', ...DB, joined: '-4h5m' },
  ],
  steps: [
    { at: '-91d', apply: ['shared/kps.yaml', '10-volumes.yaml'], manager: 'helm' },
    { at: '-90d', apply: ['20-hss.yaml'], manager: 'helm' },
    // Night work: a new machine takes the place of one with a faulty mainboard.
    { at: '-4h', apply: ['30-new-volume.yaml'], manager: 'local-volume-provisioner-db-rack3-12' },
    { at: '-3h9m', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'db-rack3-07', patch: { spec: { unschedulable: true } } }] },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'hss', labels: { app: 'subscriber-db' } },
      logs: [
        { after: 3, text: 'INFO  {log4j} [shard 0:main] init - Scylla version 2025.1.4-0.20250706.3f8d5a1 with build-id 8d1c initialized.' },
        { after: 18, text: 'INFO  {log4j} [shard 0:main] cql_server_controller - Starting listening for CQL clients on 0.0.0.0:9042 (unencrypted, non-shard-aware)' },
        { after: 1200, every: 5400, text: 'INFO  {log4j} [shard 1:comp] compaction - [Compact hss.impi 5f2c] Compacted 4 sstables to [/var/lib/scylla/data/hss/impi/me-3g{n}-big-Data.db:level=0]. 61MB to 44MB' },
      ],
    },
    {
      pods: { namespace: 'hss', labels: { app: 'subscriber-db' } },
      since: '-3h1m50s',
      logs: [
        { after: 0, text: 'INFO  {log4j} [shard 0:gms] gossip - InetAddress 4b1d8a1e-77aa-4c0f-9f43-1d0c5b7f2a90/10.244.2.3 is now DOWN, status = shutdown' },
        { after: 60, every: 300, text: 'WARN  {log4j} [shard 0:main] hints_manager - Hints for 10.244.2.3 grow: {n}1 MB' },
      ],
    },
    { pods: { namespace: 'hss', labels: { app: 'hss-fe' } }, logs: [{ after: 2, text: '{time} NOTICE  diameter: listening on 0.0.0.0:3868 (TCP)' }, { after: 20, every: 16, text: '{time} INFO  diameter: Cx UAR/UAA 2001 in {ms} ms' }] },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'hss', statefulset: 'subscriber-db', startsAt: '-2h47m' }),
}
