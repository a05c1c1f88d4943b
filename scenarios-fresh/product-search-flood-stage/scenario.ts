import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const cron = (patch: Json, subresource?: 'status'): Patch => ({ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'search', name: 'access-log-curator', patch, ...(subresource ? { subresource } : {}) })
const app = (name: string) => ({ namespace: 'search', labels: { app: name } })
const es = (level: string, logger: string, message: string) =>
  `{"@timestamp":"{time}", "log.level":"${level}", "message":"${message}", "ecs.version": "1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server","process.thread.name":"elasticsearch[es-0][management][T#3]","log.logger":"${logger}","elasticsearch.node.name":"es-0","elasticsearch.cluster.name":"docker-cluster"}`
const DISK = 'org.elasticsearch.cluster.routing.allocation.DiskThresholdMonitor'
const BLOCKED = (index: string) => `index [${index}] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block; for more information, see https://www.elastic.co/docs/troubleshoot/elasticsearch/fix-watermark-errors?version=9.1];`
const FLOOD = '-1h52m'

export const scenario: Scenario = {
  title: 'old access logs fill the disk of Elasticsearch, which refuses the shop\'s products',
  now: '2026-11-19T10:26:00Z',
  nodes: [
    { name: 'wohnraum-w1', ip: '10.0.1.3', cpu: '8', memory: '32779220Ki' },
    { name: 'wohnraum-w2', ip: '10.0.1.4', cpu: '8', memory: '32779220Ki' },
    { name: 'wohnraum-w3', ip: '10.0.1.5', cpu: '8', memory: '32779220Ki' },
  ],
  steps: [
    { at: '-91d', apply: ['shared/observability.yaml', '05-storage.yaml'], manager: 'helm' },
    { at: '-90d', apply: ['10-search.yaml'], manager: 'helm' },
    { at: '-23d2h', manager: 'kubectl-edit', patch: [cron({ spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'curator', env: [{ name: 'KEEP_DAYS', value: '140' }] }] } } } } } })] },
    { at: '-8h45m30s', apply: ['20-curator-tonight.yaml'], manager: 'kube-controller-manager' },
    { at: '-8h45m', manager: 'kube-controller-manager', patch: [cron({ status: { lastScheduleTime: '2026-11-19T01:40:00Z' } }, 'status')], wait: 3500 },
  ],
  behaviours: [
    ...around,
    {
      pods: app('access-log-curator'),
      logs: [
        { after: 1, text: '{time} INFO  curator: pattern access-logs-*, keep 140 days' },
        { after: 2, text: '{time} INFO  curator: 36 indices match, oldest access-logs-2026.10.14' },
        { after: 2.1, text: '{time} INFO  curator: nothing to delete' },
      ],
    },
    {
      pods: app('es'),
      logs: [
        { after: 14, text: es('INFO', 'org.elasticsearch.node.Node', 'started {es-0}') },
        { after: 16, text: es('INFO', 'org.elasticsearch.cluster.routing.allocation.AllocationService', 'current.health=\\"GREEN\\" message=\\"Cluster health status changed from [RED] to [GREEN]\\" previous.health=\\"RED\\"') },
      ],
    },
    { pods: app('es'), since: '-10h26m', logs: [{ after: 2, text: es('INFO', 'org.elasticsearch.cluster.metadata.MetadataCreateIndexService', '[access-logs-2026.11.19] creating index, cause [auto(bulk api)], templates [access-logs], shards [1]/[0]') }] },
    { pods: app('es'), since: '-2d3h', until: FLOOD, logs: [{ after: 0, every: 3600, text: es('WARN', DISK, 'high disk watermark [90%] exceeded on [kX2mT0QfSVCmjM0dyyB6Gg][es-0][/usr/share/elasticsearch/data] free: 7.3gb[7.4%], shards will be relocated away from this node; currently relocating away shards totalling [0] bytes; the node is expected to continue to exceed the high disk watermark when these relocations are complete') }] },
    { pods: app('es'), since: FLOOD, logs: [{ after: 0, every: 60, text: es('WARN', DISK, 'flood stage disk watermark [95%] exceeded on [kX2mT0QfSVCmjM0dyyB6Gg][es-0][/usr/share/elasticsearch/data] free: 4.8gb[4.9%], all indices on this node will be marked read-only') }] },
    { pods: app('product-indexer'), until: FLOOD, logs: [{ after: 30, every: 60, text: '{time} INFO  indexer: 2{ms} products indexed in {ms}0 ms' }] },
    { pods: app('product-indexer'), since: FLOOD, logs: [{ after: 20, every: 60, text: `{time} ERROR indexer: bulk of 200 documents failed: 200 errors, first: {"type":"cluster_block_exception","reason":"${BLOCKED('products')}"} (429)` }] },
    { pods: app('access-log-shipper'), since: FLOOD, logs: [{ after: 5, every: 90, text: `{time} ERROR sink{component_kind="sink" component_id=es component_type=elasticsearch}: vector::sinks::elasticsearch::service: Response contained errors. error_code="cluster_block_exception" response="${BLOCKED('access-logs-2026.11.19')}"` }] },
    { pods: app('search-api'), logs: [{ after: 10, every: 12, text: '{"time":"{time}","level":"INFO","msg":"search","q_len":11,"hits":{ms},"took_ms":{ms}}' }] },
  ],
  alert: ownRule('ProductIndexStale', {
    startsAt: '-1h31m',
    labels: { namespace: 'search', deployment: 'product-indexer', index: 'products', severity: 'critical', team: 'shop-search' },
    summary: 'New and changed products do not reach the search.',
    description: 'The last document was written to index products more than 20 minutes ago.',
    expr: 'time() - max by (namespace, index) (indexer_last_successful_write_timestamp_seconds) > 1200',
  }),
}
