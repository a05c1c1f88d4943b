import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const UPGRADE = '-3h8m'

export const scenario: Scenario = {
  title: "RabbitMQ's liveness probe has one second for a command that takes longer",
  now: '2026-11-03T21:14:58Z',
  steps: [
    { at: '-69d', apply: ['shared/watchers.yaml', '10-provisioning.yaml'], manager: 'helm' },
    { at: UPGRADE, apply: ['20-rabbitmq.yaml'], manager: 'helm' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: {
        namespace: 'provisioning',
        labels: { 'app.kubernetes.io/name': 'rabbitmq' },
        where: (pod) => pod.spec.containers[0].livenessProbe.timeoutSeconds === 1,
      },
      probes: { liveness: { timeout: true, after: 200 } },
      stop: { code: 0, after: 3 },
      logs: [
        {
          after: 270.2,
          text: "{pg}000+00:00 [notice] <0.64.0> SIGTERM received - shutting down\n{pg}000+00:00 [warning] <0.731.0> HTTP listener registry could not find context rabbitmq_prometheus_tls\n{pg}000+00:00 [info] <0.230.0> Closing all connections in vhost '/' on node 'rabbit@rabbitmq' because the vhost is stopping",
        },
      ],
    },
    {
      pods: { namespace: 'provisioning', labels: { 'app.kubernetes.io/name': 'rabbitmq' } },
      logs: [
        {
          after: 6,
          text: '{pg}000+00:00 [info] <0.230.0>  Starting RabbitMQ 4.1.4 on Erlang 27.3.4.3 [jit]\n{pg}000+00:00 [info] <0.230.0>  Copyright (c) 2007-2025 Broadcom Inc and/or its subsidiaries',
        },
        {
          after: 12,
          text: '{pg}000+00:00 [info] <0.673.0> started TCP listener on [::]:5672\n{pg}000+00:00 [info] <0.588.0> Server startup complete; 5 plugins started.',
        },
        {
          after: 31,
          every: 60,
          text: "{pg}000+00:00 [info] <0.1{ms}.0> accepting AMQP connection {ip:provisioning/sim-activator}:{port} -> {podip}:5672\n{pg}000+00:00 [info] <0.1{ms}.0> connection {ip:provisioning/sim-activator}:{port} -> {podip}:5672: user 'activator' authenticated and granted access to vhost '/'",
        },
      ],
    },
    {
      pods: { namespace: 'provisioning', labels: { app: 'sim-activator' } },
      until: UPGRADE,
      logs: [
        {
          after: 30,
          every: 45,
          text: '{time}  INFO 1 --- [sim-activator] [ntContainer#0-1] c.t.oss.sim.ActivationListener           : activated SIM 8949{ms}{ms}{n} in {ms}0 ms',
        },
      ],
    },
    {
      pods: { namespace: 'provisioning', labels: { app: 'sim-activator' } },
      since: UPGRADE,
      until: '-9m',
      logs: [
        {
          after: 30,
          every: 290,
          text: '{time}  INFO 1 --- [sim-activator] [ntContainer#0-1] c.t.oss.sim.ActivationListener           : activated SIM 8949{ms}{ms}{n} in {ms}0 ms',
        },
      ],
    },
    {
      pods: { namespace: 'provisioning', labels: { app: 'sim-activator' } },
      since: '-3h',
      logs: [
        {
          after: 40,
          every: 170,
          text: "{time} ERROR 1 --- [sim-activator] [10.96.102.9:5672] o.s.a.r.c.CachingConnectionFactory       : Shutdown Signal: channel error; protocol method: #method<connection.close>(reply-code=320, reply-text=CONNECTION_FORCED - broker forced connection closure with reason 'shutdown', class-id=0, method-id=0)\n{time}  INFO 1 --- [sim-activator] [ntContainer#0-1] o.s.a.r.l.SimpleMessageListenerContainer : Restarting Consumer@{id}: tags=[[]], channel=null, acknowledgeMode=AUTO local queue size=0",
        },
        {
          after: 43,
          every: 170,
          text: '{time}  WARN 1 --- [sim-activator] [ntContainer#0-1] o.s.a.r.l.SimpleMessageListenerContainer : Consumer raised exception, processing can restart if the connection factory supports it. Exception summary: org.springframework.amqp.AmqpConnectException: java.net.ConnectException: Connection refused',
        },
      ],
    },
    {
      pods: { namespace: 'provisioning', labels: { app: 'order-intake' } },
      logs: [{ after: 12, every: 40, text: '{"lvl":"info","t":"{time}","msg":"order accepted","id":"{id}"}' }],
    },
  ],
  alert: kubePrometheus.podCrashLooping({ namespace: 'provisioning', pod: 'rabbitmq-1', container: 'rabbitmq', startsAt: '-2h21m' }),
}
