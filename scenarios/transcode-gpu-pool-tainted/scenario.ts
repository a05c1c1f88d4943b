import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const GPU = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }
const labels = (pool: string) => ({
  'nvidia.com/gpu.present': 'true',
  'lumacast.example/pool': pool,
  'node.kubernetes.io/instance-type': 'g6.2xlarge',
})

export const scenario: Scenario = {
  title: 'the device plugin does not tolerate the taint of the new GPU pool',
  now: '2026-11-12T18:03:26Z',
  nodes: [
    { name: 'web-0', ip: '10.70.1.10' },
    { name: 'web-1', ip: '10.70.2.10' },
    {
      name: 'gpu-l4-a-0',
      ip: '10.70.9.20',
      cpu: '8',
      memory: '32386520Ki',
      labels: labels('gpu-l4-a'),
      taints: [GPU],
      resources: { 'nvidia.com/gpu': '1' },
    },
    ...[0, 1].map((i) => ({
      name: `gpu-l4-b-${i}`,
      ip: `10.70.9.${30 + i}`,
      cpu: '8',
      memory: '32386520Ki',
      labels: labels('gpu-l4-b'),
      taints: [GPU, { key: 'dedicated', value: 'transcode', effect: 'NoSchedule' }],
      joined: '-1h44m',
    })),
  ],
  steps: [
    { at: '-75d', apply: ['shared/watchers.yaml', '10-media.yaml'], manager: 'argocd-controller' },
    {
      at: '-1h33m',
      manager: 'argocd-controller',
      patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'vod', name: 'transcoder', patch: { spec: { replicas: 3 } } }],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'gpu-operator' },
      logs: [
        {
          after: 0.6,
          text: "I{klog}       1 main.go:235] \"Starting NVIDIA Device Plugin\" version=<\n\td475b2cf\n\tcommit: d475b2cfcf12b983a4975d4fc59d91af432cf28e\n >\nI{klog}       1 main.go:317] Retrieving plugins.\nI{klog}       1 server.go:197] Starting GRPC server for 'nvidia.com/gpu'\nI{klog}       1 server.go:141] Starting to serve 'nvidia.com/gpu' on /var/lib/kubelet/device-plugins/nvidia-gpu.sock\nI{klog}       1 server.go:148] Registered device plugin for 'nvidia.com/gpu' with Kubelet",
        },
      ],
    },
    {
      pods: { namespace: 'vod', labels: { app: 'transcoder' } },
      logs: [
        {
          after: 20,
          every: 140,
          text: '{"ts":"{time}","lvl":"info","msg":"rendition done","asset":"{id}","ladder":"1080p","speed":"3.{ms}x"}',
        },
      ],
    },
    {
      pods: { namespace: 'vod', labels: { app: 'nats' } },
      logs: [
        {
          after: 0.3,
          text: '[1] {date} [INF] Starting nats-server\n[1] {date} [INF]   Version:  2.12.1\n[1] {date} [INF] Listening for client connections on 0.0.0.0:4222\n[1] {date} [INF] Server is ready',
        },
      ],
    },
    {
      pods: { namespace: 'vod', labels: { app: 'packager' } },
      logs: [{ after: 7, every: 50, text: '{"ts":"{time}","lvl":"info","msg":"packaged","asset":"{id}","formats":["hls","dash"]}' }],
    },
  ],
  alert: ownRule('TranscodeBacklogGrowing', {
    startsAt: '-58m',
    labels: { namespace: 'vod', stream: 'vod.transcode', consumer: 'transcoder', severity: 'warning', team: 'media-pipeline' },
    summary: 'Uploads wait too long to be transcoded.',
    description:
      'The consumer transcoder of stream vod.transcode has 1 912 pending messages and more every minute; premieres at 20:00 are at risk.',
    expr: 'deriv(jetstream_consumer_num_pending{consumer="transcoder"}[30m]) > 0 and jetstream_consumer_num_pending{consumer="transcoder"} > 500',
  }),
}
