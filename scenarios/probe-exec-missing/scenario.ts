import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const id = '6a0d0f5cd4e0d5c9f3ac7f0c84b2f3f8dd1b52f0a4b9b1f0dc7a9e2c3b4d5e6f'

export const scenario: Scenario = {
  title: 'a distroless image does not hold the program that the readiness probe runs',
  now: '2026-07-21T08:30:45Z',
  steps: [{ at: '-50m12s', apply: ['10-grpc.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'orders-grpc' },
      probes: {
        readiness: {
          output: `command "/bin/grpc_health_probe -addr=:50051" failed: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/grpc_health_probe": stat /bin/grpc_health_probe: no such file or directory`,
        },
      },
      logs: [{ after: 0.2, text: '{"severity":"info","timestamp":"{time}","message":"gRPC server listening","port":50051}' }],
    },
  ],
  alert: kubePrometheus.statefulSetReplicasMismatch({ namespace: 'orders-grpc', statefulset: 'allocator', startsAt: '-34m' }),
}
