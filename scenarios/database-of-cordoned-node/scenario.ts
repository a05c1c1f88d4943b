import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

const hw = { cpu: '32', memory: '131894716Ki' }

export const scenario: Scenario = {
  title: 'the database restarts for a minor update and its local volume is on a node that somebody cordoned two days ago',
  now: '2026-07-22T06:41:33Z',
  nodes: [
    { name: 'hv-k8s-w1', ip: '172.20.10.31', zone: 'rz1-a', ...hw },
    { name: 'hv-k8s-w2', ip: '172.20.10.32', zone: 'rz1-b', ...hw },
    { name: 'hv-k8s-w3', ip: '172.20.10.33', zone: 'rz2-a', ...hw },
    { name: 'hv-k8s-w4', ip: '172.20.10.34', zone: 'rz2-b', ...hw },
  ],
  steps: [
    { at: '-92d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-88d', apply: ['10-lis.yaml'] },
    { at: '-2d3h', manager: 'kubectl-cordon', patch: [{ apiVersion: 'v1', kind: 'Node', name: 'hv-k8s-w3', patch: { spec: { unschedulable: true } } }] },
    { at: '-34m', manager: 'kubectl-set', patch: [setImage({ kind: 'StatefulSet', namespace: 'lab-system', name: 'lis-db' }, 'postgres', 'harbor.klinik.example/library/postgres:16.10')] },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'lab-system', name: 'lis-db' },
      logs: [
        { after: 1, text: '{pg} UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432' },
        { after: 2, text: '{pg} UTC [1] LOG:  database system is ready to accept connections' },
      ],
    },
    { pods: { namespace: 'lab-system', name: 'lis-api' }, logs: [{ after: 14, text: '{time}  INFO 1 --- [lis-api] [           main] com.zaxxer.hikari.HikariDataSource       : HikariPool-1 - Start completed.' }] },
    {
      pods: { namespace: 'lab-system', name: 'lis-api' },
      since: '-33m',
      probes: { readiness: { status: 503 } },
      logs: [
        { after: 12, every: 40, text: '{time}  WARN 1 --- [lis-api] [nio-8080-exec-4] o.h.engine.jdbc.spi.SqlExceptionHelper   : SQL Error: 0, SQLState: 08001\n{time} ERROR 1 --- [lis-api] [nio-8080-exec-4] o.h.engine.jdbc.spi.SqlExceptionHelper   : HikariPool-1 - Connection is not available, request timed out after 30001ms (total=0, active=0, idle=0, waiting=3)\norg.postgresql.util.PSQLException: The connection attempt failed.\nCaused by: java.net.UnknownHostException: lis-db' },
      ],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'lab-system', statefulset: 'lis-db', startsAt: '-18m' }),
}
