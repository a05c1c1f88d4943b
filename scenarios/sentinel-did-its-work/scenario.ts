import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const cordon = (unschedulable: boolean | null) => ({ apiVersion: 'v1', kind: 'Node', name: 'worker-1', patch: { spec: { unschedulable } } })
const host = (n: number) => `redis-node-${n}.redis-headless.basket.svc.cluster.local`

export const scenario: Scenario = {
  title: 'a drained node took the master of Redis with it; Sentinel has long elected another',
  now: '2026-11-10T21:30:00Z',
  steps: [
    { at: '-60d', apply: ['shared/tools.yaml'] },
    { at: '-58d', manager: 'helm', apply: ['10-basket.yaml'] },
    { at: '-27m', manager: 'kubectl-cordon', patch: [cordon(true)] },
    { at: '-26m50s', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'basket', name: 'redis-node-0' }] },
    { at: '-18m', manager: 'kubectl-uncordon', patch: [cordon(null)] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'basket', name: 'redis-node-0' },
      since: '-26m40s',
      container: 'redis',
      logs: [
        { after: 1.5, text: `1:S {date} * Connecting to MASTER ${host(1)}:6379\n1:S {date} * MASTER <-> REPLICA sync started` },
        { after: 2.5, text: '1:S {date} * MASTER <-> REPLICA sync: Finished with success' },
      ],
    },
    {
      pods: { namespace: 'basket', name: 'redis-node-1' },
      since: '-26m35s',
      container: 'redis',
      logs: [{ after: 0.4, text: "1:M {date} * MASTER MODE enabled (user request from 'id=9 addr={ip:basket/redis-node-2}:{port} laddr={podip}:6379 fd=13 name=sentinel-{id}-cmd')" }],
    },
    {
      pods: { namespace: 'basket', name: 'redis-node' },
      container: 'redis',
      logs: [
        { after: 0.2, text: '1:C {date} # WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail under low memory condition.\n1:C {date} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo' },
        { after: 0.5, text: '1:M {date} * Ready to accept connections tcp' },
      ],
    },
    {
      pods: { namespace: 'basket', name: 'redis-node', where: (pod) => pod.metadata.name !== 'redis-node-0' },
      container: 'sentinel',
      since: '-26m50s',
      logs: [
        { after: 11, text: `1:X {date} # +sdown master basket ${host(0)} 6379\n1:X {date} # +odown master basket ${host(0)} 6379 #quorum 2/2\n1:X {date} # +new-epoch 4\n1:X {date} # +try-failover master basket ${host(0)} 6379` },
        { after: 13, text: `1:X {date} # +elected-leader master basket ${host(0)} 6379\n1:X {date} # +failover-state-select-slave master basket ${host(0)} 6379\n1:X {date} # +selected-slave slave ${host(1)}:6379 ${host(1)} 6379 @ basket ${host(0)} 6379` },
        { after: 16, text: `1:X {date} # +promoted-slave slave ${host(1)}:6379 ${host(1)} 6379 @ basket ${host(0)} 6379\n1:X {date} # +failover-end master basket ${host(0)} 6379\n1:X {date} # +switch-master basket ${host(0)} 6379 ${host(1)} 6379` },
        { after: 60, text: `1:X {date} # -sdown slave ${host(0)}:6379 ${host(0)} 6379 @ basket ${host(1)} 6379\n1:X {date} * +convert-to-slave slave ${host(0)}:6379 ${host(0)} 6379 @ basket ${host(1)} 6379` },
      ],
    },
    { pods: { namespace: 'basket', name: 'basket-api' }, logs: [{ after: 3, every: 19, text: '{"time":"{time}","level":"INFO","msg":"PUT /baskets/{id}","status":200,"ms":{ms}}' }] },
    {
      pods: { namespace: 'basket', name: 'basket-api' },
      since: '-26m49s',
      until: '-26m32s',
      logs: [
        { after: 0, every: 4, text: '{"time":"{time}","level":"ERROR","msg":"PUT /baskets/{id}","status":503,"error":"dial tcp 10.244.0.8:6379: connect: connection refused"}' },
        { after: 1, text: '{"time":"{time}","level":"ERROR","msg":"PUT /baskets/{id}","status":503,"error":"READONLY You can\'t write against a read only replica."}' },
      ],
    },
    { pods: { namespace: 'basket', name: 'basket-api' }, since: '-26m32s', logs: [{ after: 0.5, text: `{"time":"{time}","level":"INFO","msg":"sentinel: new master=\\"basket\\" addr=\\"${host(1)}:6379\\""}` }] },
  ],
  alert: kubePrometheus.own(
    'RedisMissingMaster',
    { namespace: 'basket', service: 'redis-headless', job: 'redis-exporter', severity: 'critical' },
    { summary: 'Redis missing master', description: 'Redis cluster has no node marked as master.' },
    '-26m20s',
    '(count(redis_instance_info{role="master"}) or vector(0)) < 1',
  ),
}
