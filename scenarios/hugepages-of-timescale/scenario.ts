import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a database is given larger buffers and asks for more huge pages than any node reserves',
  now: '2026-08-27T03:22:05Z',
  nodes: DEFAULT_NODES.map((node) => ({ ...node, resources: { 'hugepages-2Mi': '4Gi' } })),
  steps: [
    { at: '-66d', apply: ['10-metering.yaml'] },
    {
      at: '-44m',
      manager: 'argocd-controller',
      patch: [
        setContainer({ kind: 'StatefulSet', namespace: 'metering', name: 'timescale' }, 'timescaledb', {
          args: ['postgres', '-c', 'huge_pages=on', '-c', 'shared_buffers=8GB', '-c', 'max_connections=200'],
          resources: { requests: { 'hugepages-2Mi': '9Gi' }, limits: { 'hugepages-2Mi': '9Gi' } },
        }),
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'metering', labels: { app: 'timescale' } }, logs: [{ after: 3, text: '{time} UTC [1] LOG:  database system is ready to accept connections' }] },
    {
      pods: { namespace: 'metering', labels: { app: 'ingest' } },
      logs: [{ after: 2, every: 60, text: '{"level":"info","ts":"{time}","msg":"batch flushed","rows":5000,"took_ms":{ms}}' }],
      until: '-44m',
    },
    {
      pods: { namespace: 'metering', labels: { app: 'ingest' } },
      since: '-43m50s',
      logs: [{ after: 2, every: 15, text: '{"level":"error","ts":"{time}","msg":"flush failed, keeping batch","error":"failed to connect to `user=ingest database=meters`: 10.96.44.8:5432 (timescale): dial error: dial tcp 10.96.44.8:5432: connect: connection refused"}' }],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'metering', statefulset: 'timescale', startsAt: '-28m' }),
}
