import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { coredns, kubeProxy } from '../shared/around.ts'

const ERROR =
  'couldn\'t load configuration (--config.file=\\"/etc/config/prometheus.yml\\"): parsing YAML file /etc/config/prometheus.yml: found multiple scrape configs with job name \\"backstage\\"'

export const scenario: Scenario = {
  title: 'Prometheus refuses an edited configuration with two jobs of one name',
  now: '2026-10-28T10:33:05Z',
  nodes: [
    { name: 'idp-pool-0-m2xk', ip: '10.2.0.34' },
    { name: 'idp-pool-0-q8vd', ip: '10.2.0.35' },
    { name: 'idp-pool-0-z1bn', ip: '10.2.0.36' },
  ],
  steps: [
    { at: '-64d', apply: ['20-prometheus.yaml', '10-config.yaml'], manager: 'helm' },
    { at: '-5h12m', apply: ['30-preview.yaml'], manager: 'argocd-applicationset-controller' },
    { at: '-36m', apply: ['40-config-tekton.yaml'], manager: 'helm' },
  ],
  behaviours: [
    coredns,
    kubeProxy,
    { pods: { namespace: 'preview-mr-1184' }, pull: registry.notFound('harbor.platform.example.com/portal/backstage:mr-1184') },
    {
      pods: { namespace: 'observability', name: 'prometheus-platform' },
      container: 'server',
      logs: [
        { after: 0.1, text: 'time={time} level=INFO source=main.go:1544 msg="updated GOGC" old=100 new=75' },
        { after: 1.8, text: 'time={time} level=INFO source=main.go:1273 msg="TSDB started"' },
        { after: 1.9, text: 'time={time} level=INFO source=main.go:1495 msg="Completed loading of configuration file" db_storage=1.1µs remote_storage=1.9µs web_handler=401ns query_engine=882ns scrape=310.4µs scrape_sd=88.1µs notify=71.3µs notify_sd=9.2µs rules=24.7µs tracing=6.4µs filename=/etc/config/prometheus.yml totalDuration=2.41ms' },
        { after: 2, text: 'time={time} level=INFO source=main.go:1257 msg="Server is ready to receive web requests."' },
        { after: 1830, every: 7200, text: 'time={time} level=INFO source=compact.go:612 msg="write block" component=tsdb duration=1.4{ms}s' },
      ],
    },
    {
      pods: { namespace: 'observability', name: 'prometheus-platform' },
      container: 'server',
      since: '-35m10s',
      logs: [
        { after: 0, every: 30, text: `time={time} level=INFO source=main.go:1455 msg="Loading configuration file" filename=/etc/config/prometheus.yml\ntime={time} level=ERROR source=main.go:1145 msg="Error reloading config" err="${ERROR}"` },
      ],
    },
    {
      pods: { namespace: 'observability', name: 'prometheus-platform' },
      container: 'config-reloader',
      logs: [
        { after: 0.2, text: 'ts={time} level=info caller=/workspace/cmd/prometheus-config-reloader/main.go:147 msg="Starting prometheus-config-reloader" version="(version=0.86.1, branch=, revision=6fa2b6e)"' },
        { after: 6, text: 'ts={time} level=info caller=/go/pkg/mod/github.com/thanos-io/thanos@v0.39.2/pkg/reloader/reloader.go:548 msg="Reload triggered" cfg_in= cfg_out= cfg_dirs= watched_dirs=/etc/config' },
      ],
    },
    {
      pods: { namespace: 'observability', name: 'prometheus-platform' },
      container: 'config-reloader',
      since: '-35m10s',
      logs: [
        { after: 1, every: 30, text: 'ts={time} level=error caller=/go/pkg/mod/github.com/thanos-io/thanos@v0.39.2/pkg/runutil/runutil.go:117 msg="function failed. Retrying in next tick" err="trigger reload: received non-200 response: 500 Internal Server Error; have you set `--web.enable-lifecycle` Prometheus flag?"' },
      ],
    },
    { pods: { namespace: 'observability', name: 'alertmanager' }, logs: [{ after: 1, text: 'time={time} level=INFO source=coordinator.go:126 msg="Completed loading of configuration file" component=configuration file=/etc/alertmanager/alertmanager.yml' }] },
    {
      pods: { namespace: 'portal', labels: { app: 'backstage' } },
      logs: [
        { after: 9, text: '{"level":"info","message":"Listening on :7007","service":"rootHttpRouter","timestamp":"{time}"}' },
        { after: 30, every: 40, text: '{"level":"info","message":"[{time}] \\"GET /api/catalog/entities HTTP/1.1\\" 200 {ms}","service":"rootHttpRouter","timestamp":"{time}"}' },
        { after: 200, every: 1700, text: '{"level":"warn","message":"Unable to read url, NotFoundError: Request failed for https://git.platform.example.com/archive/legacy/catalog-info.yaml, 404 Not Found","service":"catalog","timestamp":"{time}"}' },
      ],
    },
  ],
  alert: {
    labels: { alertname: 'PrometheusBadConfig', namespace: 'observability', pod: 'prometheus-platform-0', instance: '10.244.1.9:9090', job: 'prometheus', service: 'prometheus-platform', severity: 'critical' },
    annotations: {
      description: 'Prometheus observability/prometheus-platform-0 has failed to reload its configuration.',
      runbook_url: 'https://runbooks.prometheus-operator.dev/runbooks/prometheus/prometheusbadconfig',
      summary: 'Failed Prometheus configuration reload.',
    },
    startsAt: '-24m30s',
    expr: 'max_over_time(prometheus_config_last_reload_successful{job="prometheus"}[5m]) == 0',
  },
}
