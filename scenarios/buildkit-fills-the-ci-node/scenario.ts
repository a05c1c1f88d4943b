import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const pressure = (since: string, until?: string) => ({ pressure: 'DiskPressure' as const, since, ...(until ? { until } : {}) })
const used = ['58213740Ki', '58644012Ki', '57990424Ki', '58871908Ki']

export const scenario: Scenario = {
  title: "the build daemon's cache fills the disk of the CI node",
  now: '2026-09-24T14:50:00Z',
  nodes: [
    { name: 'pool-apps-7hw-0', ip: '10.114.0.3', labels: { pool: 'apps' } },
    { name: 'pool-apps-7hw-1', ip: '10.114.0.4', labels: { pool: 'apps' } },
    {
      name: 'pool-ci-mx2-0',
      ip: '10.114.0.9',
      cpu: '8',
      memory: '32895500Ki',
      labels: { pool: 'ci' },
      taints: [{ key: 'pool', value: 'ci', effect: 'NoSchedule' }],
      faults: [pressure('-3h6m', '-3h'), pressure('-2h6m', '-2h'), pressure('-1h6m', '-1h'), pressure('-6m')],
    },
  ],
  steps: [
    { at: '-43d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-ci.yaml'], manager: 'helm' },
    // Moments to look at: the cluster changes by itself at them.
    ...[3, 2, 1, 0]
      .flatMap((h) => ['6m', '5m30s', '5m', '4m50s', '0m10s', '0m'].map((m) => ({ at: `-${h}h${m}` })))
      .filter(({ at }) => !at.startsWith('-0h0m')),
    { at: '-2m', apply: ['20-node-events.yaml'], manager: 'kubelet' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'ci', labels: { app: 'buildkitd' } },
      since: '-4h',
      evicted: {
        after: 3300,
        message: `The node was low on resource: ephemeral-storage. Threshold quantity: 8387377200, available: 7712344Ki. Container buildkitd was using ${used[0]}, request is 0, has larger consumption of ephemeral-storage. `,
      },
    },
    {
      pods: { namespace: 'ci', labels: { app: 'buildkitd' } },
      logs: [
        {
          after: 1,
          text: 'time="{utc}" level=warning msg="using host network as the default"\ntime="{utc}" level=info msg="found worker \\"{id}\\", labels=map[org.mobyproject.buildkit.worker.executor:oci org.mobyproject.buildkit.worker.snapshotter:overlayfs], platforms=[linux/amd64 linux/386]"\ntime="{utc}" level=info msg="running server on tcp://0.0.0.0:1234"',
        },
      ],
    },
    {
      pods: { namespace: 'ci', labels: { app: 'woodpecker-agent' } },
      logs: [
        {
          after: 1,
          text: '{"level":"info","time":"{utc}","message":"starting Woodpecker agent with version \'3.10.0\' and backend \'kubernetes\' using platform \'linux/amd64\' running up to 6 pipelines in parallel"}',
        },
        {
          after: 100,
          every: 420,
          text: '{"level":"info","repo":"plankit/web","pipeline":"4{ms}{n}","workflow_id":"{n}","time":"{utc}","message":"workflow finished"}',
        },
      ],
    },
    {
      pods: { namespace: 'ci', labels: { app: 'woodpecker-agent' } },
      since: '-5m',
      logs: [
        {
          after: 4,
          every: 60,
          text: '{"level":"error","repo":"plankit/web","pipeline":"4{ms}{n}","time":"{utc}","message":"step build: exit code 1: error: listing workers for Build: failed to list workers: Unavailable: connection error: desc = \\"transport: Error while dialing: dial tcp: connect: connection refused\\""}',
        },
      ],
    },
    {
      pods: { namespace: 'ci', labels: { app: 'npm-mirror' } },
      logs: [
        {
          after: 4,
          every: 50,
          text: "info <-- 10.244.2.{ms} requested 'GET /react'\nhttp <-- 200, user: null(10.244.2.{ms}), req: 'GET /react', bytes: 0/{ms}31",
        },
      ],
    },
  ],
  alert: ownRule('KubeNodeEviction', {
    startsAt: '-4m30s',
    labels: { node: 'pool-ci-mx2-0', eviction_signal: 'nodefs.available', instance: '10.114.0.9:10250', severity: 'info' },
    summary: 'Node is evicting pods.',
    description:
      'Node pool-ci-mx2-0 on is evicting Pods due to nodefs.available.  Eviction occurs when eviction thresholds are crossed, typically caused by Pods exceeding RAM/ephemeral-storage limits.',
    expr: 'sum(rate(kubelet_evictions{job="kubelet"}[15m])) by(cluster, eviction_signal, instance) * on (cluster, instance) group_left(node) max by (cluster, instance, node) (kubelet_node_name{job="kubelet"}) > 0',
  }),
}
