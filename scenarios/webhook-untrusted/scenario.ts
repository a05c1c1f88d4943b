import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the CA bundle of a secrets webhook is from before its certificate was made anew',
  now: '2026-07-15T02:58:36Z',
  steps: [
    { at: '-18d', apply: ['10-hook.yaml', '20-clinic.yaml'] },
    { at: '-3h8m', manager: 'helm', apply: ['30-old-bundle.yaml'] },
    { at: '-50m', apply: ['40-import.yaml'] },
  ],
  behaviours: [
    { pods: { namespace: 'secrets-webhook' }, admits: () => null, logs: [{ after: 5, every: 400, text: '{date} http: TLS handshake error from 10.20.1.2:41{ms}: remote error: tls: bad certificate' }] },
  ],
  alert: kubePrometheus.own(
    'ImportJobHasNoPod',
    { namespace: 'clinic', job_name: 'hl7-import-20260715' },
    { summary: 'The nightly HL7 import has no pod.', description: 'Job clinic/hl7-import-20260715 was made and no pod of it is active.' },
    '-35m',
    'kube_job_status_active{job_name=~"hl7-import.*"} == 0 unless kube_job_complete',
  ),
}
