import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const pool = (name: string, ip: string, label: string) => ({
  name,
  ip,
  cpu: '8',
  memory: '32614072Ki',
  labels: { 'hb.example/pool': label, 'node.kubernetes.io/instance-type': label === 'es-nvme' ? 'i3en.xlarge' : 'i4i.xlarge' },
  taints: [{ key: 'dedicated', value: 'search', effect: 'NoSchedule' }],
})

const es = (level: string, logger: string, message: string) =>
  `{"@timestamp":"{time}", "log.level": "${level}", "message":"${message}", "ecs.version": "1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server","process.thread.name":"main","log.logger":"${logger}","elasticsearch.cluster.name":"hotels"}`

export const scenario: Scenario = {
  title: 'the tuner of kernel settings does not select the new pool, where Elasticsearch was scaled out to',
  now: '2026-09-17T13:22:41Z',
  nodes: [
    { name: 'general-0', ip: '10.40.0.10' },
    { name: 'general-1', ip: '10.40.0.11' },
    pool('es-nvme-0', '10.40.4.20', 'es-nvme'),
    pool('es-nvme-1', '10.40.4.21', 'es-nvme'),
    pool('es-nvme-2', '10.40.4.22', 'es-nvme'),
    { ...pool('es-nvme2-0', '10.40.5.20', 'es-nvme2'), joined: '-2h10m' },
  ],
  steps: [
    { at: '-80d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-search.yaml'], manager: 'helm' },
    { at: '-1h58m', apply: ['20-pv.yaml'] },
    {
      at: '-1h52m',
      manager: 'kubectl',
      patch: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'search', name: 'es-hot', patch: { spec: { replicas: 4 } } }],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'kube-system', labels: { app: 'sysctl-tuner' } },
      container: 'sysctl',
      logs: [{ after: 0.2, text: 'vm.max_map_count = 262144\nnet.core.somaxconn = 4096' }],
    },
    {
      pods: { namespace: 'search', labels: { app: 'es-hot' } },
      logs: [
        {
          after: 4,
          text: es(
            'INFO',
            'org.elasticsearch.node.Node',
            'version[8.19.4], pid[67], build[docker/aa0a7826e719b392e7782716b323c4fb8fa3b392/2025-09-16T22:06:03.940754111Z], OS[Linux/6.12.41-generic/amd64], JVM[Oracle Corporation/OpenJDK 64-Bit Server VM/24.0.2/24.0.2+12-54]',
          ),
        },
        {
          after: 14,
          text: es('INFO', 'org.elasticsearch.transport.TransportService', 'publish_address {{podip}:9300}, bound_addresses {[::]:9300}'),
        },
        {
          after: 14.6,
          text: es(
            'INFO',
            'org.elasticsearch.bootstrap.BootstrapChecks',
            'bound or publishing to a non-loopback address, enforcing bootstrap checks',
          ),
        },
      ],
    },
    {
      pods: { namespace: 'search', labels: { app: 'es-hot' }, where: (pod) => pod.spec.nodeName === 'es-nvme2-0' },
      exits: { code: 78, after: 16.2 },
      probes: { readiness: { refused: true } },
      logs: [
        {
          after: 14.9,
          text: es(
            'ERROR',
            'org.elasticsearch.bootstrap.Elasticsearch',
            'node validation exception\\n[1] bootstrap checks failed. You must address the points described in the following [1] lines before starting Elasticsearch. For more information see [https://www.elastic.co/guide/en/elasticsearch/reference/8.19/bootstrap-checks.html]\\nbootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]; for more information see [https://www.elastic.co/guide/en/elasticsearch/reference/8.19/bootstrap-checks-max-map-count.html]',
          ),
        },
        { after: 15.1, text: es('INFO', 'org.elasticsearch.node.Node', 'stopping ...') },
        { after: 15.7, text: es('INFO', 'org.elasticsearch.node.Node', 'closed') },
        {
          after: 16,
          text: '\nERROR: Elasticsearch did not exit normally - check the logs at /usr/share/elasticsearch/logs/hotels.log\n\nERROR: Elasticsearch died while starting up, with exit code 78',
        },
      ],
    },
    {
      pods: { namespace: 'search', labels: { app: 'es-hot' }, where: (pod) => pod.spec.nodeName !== 'es-nvme2-0' },
      logs: [{ after: 600, every: 1200, text: es('INFO', 'org.elasticsearch.index.engine.MergeScheduler', 'merge completed in {ms}ms') }],
    },
    {
      pods: { namespace: 'search', labels: { app: 'availability-api' } },
      logs: [{ after: 3, every: 20, text: '{"time":"{time}","level":"INFO","msg":"search","city":"Porto","hits":{ms},"took_ms":{ms}}' }],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'search', statefulset: 'es-hot', startsAt: '-1h33m' }),
}
