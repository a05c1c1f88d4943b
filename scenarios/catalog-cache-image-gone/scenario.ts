import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const IMAGE = 'docker.io/bitnami/redis:7.4.1-debian-12-r2'
const NODE = 'gke-prod-default-pool-1f09c2d4-k7xq'
const labels = { 'cloud.google.com/gke-nodepool': 'default-pool' }
const OLD = [NODE, 'gke-prod-default-pool-1f09c2d4-m2vb', 'gke-prod-default-pool-1f09c2d4-r5tc']
const cordon = (on: boolean | null) => OLD.map((name) => ({ apiVersion: 'v1', kind: 'Node', name, patch: { spec: { unschedulable: on } } }))

export const scenario: Scenario = {
  title: 'an image that its vendor took away is missed when a pod moves',
  now: '2026-06-11T05:38:20Z',
  nodes: [
    { name: NODE, ip: '10.132.0.21', zone: 'europe-west4-a', labels },
    { name: 'gke-prod-default-pool-1f09c2d4-m2vb', ip: '10.132.0.22', zone: 'europe-west4-b', labels },
    { name: 'gke-prod-default-pool-1f09c2d4-r5tc', ip: '10.132.0.23', zone: 'europe-west4-c', labels },
    { name: 'gke-prod-default-pool-1f09c2d4-zz81', ip: '10.132.0.24', zone: 'europe-west4-a', labels, joined: '-59m' },
  ],
  steps: [
    { at: '-88d', apply: ['shared/watchers.yaml', '10-catalog.yaml'], manager: 'helm' },
    { at: '-58m', patch: cordon(true), manager: 'gke-node-upgrader' },
    { at: '-57m', delete: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'catalog', name: 'catalog-cache-redis-replicas-1' }] },
    { at: '-31m', patch: cordon(null), manager: 'gke-node-upgrader' },
  ],
  behaviours: [
    ...platformAtWork,
    { pods: { namespace: 'catalog' }, container: 'redis', since: '-58m', pull: registry.notFound(IMAGE) },
    {
      pods: { namespace: 'catalog', labels: { 'app.kubernetes.io/component': 'master' } },
      logs: [
        { after: 3, text: 'redis 05:38:12.30 INFO  ==> ** Starting Redis **\n1:M {clock} * Ready to accept connections tcp' },
        {
          after: 900,
          every: 3600,
          text: '1:M {day} {clock} * 1 changes in 3600 seconds. Saving...\n8{ms}:C {day} {clock} * DB saved on disk\n1:M {day} {clock} * Background saving terminated with success',
        },
      ],
    },
    {
      pods: { namespace: 'catalog', labels: { app: 'catalog-api' } },
      logs: [
        {
          after: 2,
          every: 15,
          text: '{"level":30,"time":"{time}","req":{"method":"GET","url":"/v2/items?page={n}"},"res":{"statusCode":200},"responseTime":{ms}}',
        },
      ],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({
    namespace: 'catalog',
    statefulset: 'catalog-cache-redis-replicas',
    startsAt: '-36m',
  }),
}
