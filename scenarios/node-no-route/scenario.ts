import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the cloud has no route to worker-3’s pods; callers of the pod there time out',
  now: '2026-06-07T08:08:18Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-3'
      ? {
          ...node,
          faults: [
            {
              since: '-29m',
              condition: { type: 'NetworkUnavailable', reason: 'NoRouteCreated', message: 'RouteController failed to create a route' },
            },
          ],
        }
      : node,
  ),
  steps: [{ at: '-30d', apply: ['10-fleet.yaml'] }, { at: '-29m' }, { at: '-28m', wait: 2000 }],
  behaviours: [
    {
      pods: { namespace: 'fleet', labels: { app: 'tracker' } },
      since: '-29m',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 5,
          every: 15,
          text: '{time} ERROR 1 --- [http-nio] c.f.tracker.PositionStore : redis.clients.jedis.exceptions.JedisConnectionException: Failed to connect to positions:6379: java.net.SocketTimeoutException: Connect timed out',
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'fleet', deployment: 'tracker', startsAt: '-13m' }),
}
