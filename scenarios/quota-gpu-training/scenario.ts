import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a training Job wants four GPUs of which the team has two left',
  now: '2026-08-06T22:51:00Z',
  nodes: [
    { name: 'cpu-1', ip: '10.9.0.5' },
    { name: 'gpu-1', ip: '10.9.0.21', cpu: '64', memory: '540016640Ki', resources: { 'nvidia.com/gpu': '8' } },
  ],
  steps: [
    { at: '-9d', apply: ['10-research.yaml'] },
    { at: '-3h4m', apply: ['20-finetune.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'vision-research', name: 'pretrain' }, exits: { code: 0, after: 2_000_000 }, logs: [{ after: 30, every: 45, text: '{time} | INFO | epoch 3 step {n} loss 0.4{ms} lr 1.2e-05 mem 71.2G' }] },
  ],
  alert: kubePrometheus.own(
    'TrainingJobNotStarted',
    { namespace: 'vision-research', job_name: 'finetune-detr-0142', team: 'perception' },
    { summary: 'A training Job has no active pod.', description: 'Job vision-research/finetune-detr-0142 has had no active pod for 2 hours.' },
    '-55m',
    'kube_job_status_active == 0 unless kube_job_complete',
  ),
}
