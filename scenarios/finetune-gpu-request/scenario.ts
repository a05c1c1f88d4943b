import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { NodeSpec } from '../../control-plane/kubelet/nodes.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const gpu = (name: string, ip: string): NodeSpec => ({
  name,
  ip,
  cpu: '48',
  memory: '196608000Ki',
  resources: { 'nvidia.com/gpu': '4' },
  labels: { 'node.kubernetes.io/instance-type': 'g5.12xlarge', 'nvidia.com/gpu.present': 'true', 'nvidia.com/gpu.product': 'NVIDIA-A10G', 'nvidia.com/gpu.count': '4' },
  taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
})

export const scenario: Scenario = {
  title: 'a training job asks for more GPUs than any node has',
  now: '2026-09-22T13:15:48Z',
  nodes: [
    { name: 'cpu-pool-1', ip: '10.20.1.11' },
    { name: 'cpu-pool-2', ip: '10.20.2.12' },
    gpu('gpu-a10g-1', '10.20.9.21'),
    gpu('gpu-a10g-2', '10.20.9.22'),
  ],
  steps: [
    { at: '-58d', apply: ['shared/monitoring.yaml', '10-ml.yaml'] },
    { at: '-1d4h', apply: ['23-job.yaml'] },
    { at: '-3h37m', apply: ['24-job.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'ml-research', labels: { run: 'v3' } },
      exits: { code: 0, after: 9840 },
      logs: [
        { after: 21, text: '{log4j} INFO trainer: world_size=4 per_device_batch=32' },
        { after: 60, every: 120, text: '{log4j} INFO trainer: step {n}00 loss=0.{ms} lr=2e-05' },
      ],
    },
    { pods: { namespace: 'ml-research', labels: { app: 'reranker' } }, logs: [{ after: 25, text: '{time}  INFO text_embeddings_router::http::server: router/src/http/server.rs:1864: Ready' }] },
    { pods: { namespace: 'ml-research', labels: { app: 'mlflow' } }, logs: [{ after: 9, text: '[{day} {clock} +0000] [12] [INFO] Listening at: http://0.0.0.0:5000 (12)' }] },
  ],
  alert: ownRule('TrainingJobQueuedTooLong', {
    startsAt: '-1h37m',
    labels: { namespace: 'ml-research', job_name: 'finetune-reranker-v4', severity: 'warning' },
    summary: 'A training job has not begun two hours after it was submitted.',
    description: 'Job ml-research/finetune-reranker-v4 is active but none of its pods has run for 2 h.',
    expr: 'kube_job_status_active > 0 unless on (namespace, job_name) kube_job_status_ready > 0',
  }),
}
