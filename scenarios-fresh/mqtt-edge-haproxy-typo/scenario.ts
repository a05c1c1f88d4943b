import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const CONFIG = `global
  log stdout format raw local0 info
  maxconn 40000

defaults
  mode tcp
  log global
  option tcplog
  timeout connect 5s
  timeout client 90s
  timeout server 90s

frontend mqtts
  bind :8883
  default_backend brokers

frontend stats
  mode http
  bind :8404
  http-request return status 200 content-type text/plain string ok if { path /healthz }
  http-request use-service prometheus-exporter if { path /metrics }

backend brokers
  balance leastconn
  timout tunnel 2h
  default-server check inter 5s
  server broker-0 emqx-0.emqx-headless:1883
  server broker-1 emqx-1.emqx-headless:1883
`
const restarted = ({ metadata }: KubeObject) => metadata.annotations?.['kubectl.kubernetes.io/restartedAt'] !== undefined
const RESTART: Patch = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'mqtt-edge', name: 'haproxy', patch: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-05-27T13:20:40Z' } } } } } }
const pods = { namespace: 'mqtt-edge', labels: { app: 'haproxy' } }

export const scenario: Scenario = {
  title: 'a typing error in haproxy.cfg',
  now: '2026-05-27T13:58:10Z',
  nodes: [
    { name: 'edge-1', ip: '172.31.8.4' },
    { name: 'edge-2', ip: '172.31.8.5' },
    { name: 'edge-3', ip: '172.31.8.6' },
  ],
  steps: [
    { at: '-89d', apply: ['shared/observability.yaml', '10-mqtt-edge.yaml'], manager: 'helm' },
    { at: '-38m2s', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'mqtt-edge', name: 'haproxy', patch: { data: { 'haproxy.cfg': CONFIG } } }] },
    { at: '-37m30s', manager: 'kubectl-rollout', patch: [RESTART] },
  ],
  behaviours: [
    ...around,
    { pods: { ...pods, where: restarted }, exits: { code: 1, after: 0.4 }, listens: [] },
    {
      pods: { ...pods, where: restarted },
      logs: [
        { after: 0.1, text: '[NOTICE]   (1) : haproxy version is 3.2.6-81dcf1e' },
        { after: 0.1, text: '[NOTICE]   (1) : path to executable is /usr/local/sbin/haproxy' },
        { after: 0.11, text: "[ALERT]    (1) : config : parsing [/usr/local/etc/haproxy/haproxy.cfg:25] : unknown keyword 'timout' in 'backend' section; did you mean 'timeout' maybe ?" },
        { after: 0.12, text: '[ALERT]    (1) : config : Error(s) found in configuration file : /usr/local/etc/haproxy/haproxy.cfg' },
        { after: 0.13, text: '[ALERT]    (1) : config : Fatal errors found in configuration.' },
      ],
    },
    {
      pods: { ...pods, where: (pod) => !restarted(pod) },
      logs: [
        { after: 0.2, text: '[NOTICE]   (1) : New worker (8) forked\n[NOTICE]   (1) : Loading success.' },
        { after: 9, every: 16, text: '10.20.31.7:{port} [{clf}] mqtts brokers/broker-1 1/0/8{ms}12 4{ms} -- 118/118/117/58/0 0/0' },
        { after: 90, every: 900, text: '10.20.40.9:{port} [{clf}] mqtts brokers/broker-0 1/0/90001 212 sD 118/118/117/58/0 0/0' },
      ],
    },
    { pods: { namespace: 'mqtt-edge', labels: { app: 'emqx' } }, logs: [{ after: 9, text: 'Listener tcp:default on 0.0.0.0:1883 started.\nEMQX 5.8.8 is running now!' }, { after: 600, every: 2400, text: '{time} [warning] clientid: meter-{port}, msg: alarm_is_deactivated, name: conn_congestion/meter-{port}' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'mqtt-edge', deployment: 'haproxy', startsAt: '-12m' }),
}
