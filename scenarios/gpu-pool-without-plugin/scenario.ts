import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const eks = { kubeletVersion: 'v1.36.2-eks-3025e55' }
const gpu = { 'node.kubernetes.io/accelerator': 'nvidia', 'node.kubernetes.io/instance-type': 'g5.2xlarge' }
const taint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }
const dedicated = { key: 'dedicated', value: 'transcode', effect: 'NoSchedule' }
const big = { cpu: '8', memory: '32386776Ki' }

export const scenario: Scenario = {
  title: 'new GPU nodes have a taint of their own that the device plugin does not tolerate; transcoders stay pending',
  now: '2026-10-02T19:38:05Z',
  nodes: [
    { name: 'ip-10-60-1-17.eu-central-1.compute.internal', ip: '10.60.1.17', zone: 'eu-central-1a', labels: { 'node.kubernetes.io/instance-type': 'm6i.xlarge', 'eks.amazonaws.com/nodegroup': 'general' }, ...eks },
    { name: 'ip-10-60-2-93.eu-central-1.compute.internal', ip: '10.60.2.93', zone: 'eu-central-1b', labels: { 'node.kubernetes.io/instance-type': 'm6i.xlarge', 'eks.amazonaws.com/nodegroup': 'general' }, ...eks },
    { name: 'ip-10-60-2-41.eu-central-1.compute.internal', ip: '10.60.2.41', zone: 'eu-central-1b', resources: { 'nvidia.com/gpu': '1' }, labels: { ...gpu, 'eks.amazonaws.com/nodegroup': 'gpu' }, taints: [taint], ...big, ...eks },
    { name: 'ip-10-60-1-204.eu-central-1.compute.internal', ip: '10.60.1.204', zone: 'eu-central-1a', joined: '-2h11m', labels: { ...gpu, 'eks.amazonaws.com/nodegroup': 'gpu-transcode' }, taints: [taint, dedicated], ...big, ...eks },
    { name: 'ip-10-60-3-118.eu-central-1.compute.internal', ip: '10.60.3.118', zone: 'eu-central-1c', joined: '-2h10m', labels: { ...gpu, 'eks.amazonaws.com/nodegroup': 'gpu-transcode' }, taints: [taint, dedicated], ...big, ...eks },
  ],
  steps: [
    { at: '-93d', manager: 'helm', apply: ['10-device-plugin.yaml'] },
    { at: '-90d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-70d', manager: 'flux', apply: ['20-media.yaml'] },
    { at: '-2h10m', wait: 6000 },
    { at: '-48m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'vod', name: 'transcoder', patch: { spec: { replicas: 3 } } }] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'vod', name: 'transcoder' }, logs: [{ after: 3, text: '{time} info  consuming from transcode.h265 prefetch=1' }, { after: 60, every: 190, text: '{time} info  job {id} done preset=h265-1080p' }] },
    { pods: { namespace: 'vod', name: 'ingest-api' }, logs: [{ after: 2, every: 31, text: '{time} info  published job={id} queue=transcode.h265' }] },
    {
      pods: { namespace: 'kube-system', labels: { name: 'nvidia-device-plugin-ds' } },
      logs: [{ after: 1, text: "I{klog}       1 server.go:197] Starting GRPC server for 'nvidia.com/gpu'\nI{klog}       1 server.go:141] Starting to serve 'nvidia.com/gpu' on /var/lib/kubelet/device-plugins/nvidia-gpu.sock\nI{klog}       1 server.go:148] Registered device plugin for 'nvidia.com/gpu' with Kubelet" }],
    },
  ],
  alert: rule(
    'TranscodeQueueBacklog',
    '-22m',
    { namespace: 'vod', queue: 'transcode.h265', team: 'video-platform' },
    'Jobs wait too long for a transcoder.',
    'Queue transcode.h265 has 4127 ready messages and grows; oldest is 39m old.',
    'rabbitmq_queue_messages_ready{queue=~"transcode.*"} > 1000 and deriv(rabbitmq_queue_messages_ready{queue=~"transcode.*"}[15m]) > 0',
  ),
}
