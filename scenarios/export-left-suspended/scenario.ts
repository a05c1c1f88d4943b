import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

const job = { apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'edi', name: 'asn-export' }

export const scenario: Scenario = {
  title: 'a nightly export was suspended for a migration and nobody resumed it',
  now: '2026-09-03T09:05:00Z',
  steps: [
    { at: '-90d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-67d', manager: 'helm', apply: ['10-edi.yaml'] },
    { at: '-5d5h50m', manager: 'kube-controller-manager', apply: ['20-run-29.yaml'] },
    { at: '-4d5h50m', manager: 'kube-controller-manager', apply: ['21-run-30.yaml'] },
    { at: '-3d5h50m', manager: 'kube-controller-manager', apply: ['22-run-31.yaml'] },
    { at: '-2d20h', manager: 'kubectl-patch', patch: [{ ...job, patch: { spec: { suspend: true } } }] },
    {
      at: '-2d20h',
      manager: 'kube-controller-manager',
      patch: [{ ...job, subresource: 'status', patch: { status: { lastScheduleTime: '2026-08-31T03:15:00Z' } } }],
    },
  ],
  behaviours: [
    corednsAtWork,
    {
      pods: { namespace: 'edi', labels: { app: 'asn-export' } },
      exits: { code: 0, after: 214 },
      logs: [
        { after: 1, text: '{time} INFO asn_export: 2 partners, format desadv' },
        { after: 208, text: '{time} INFO asn_export: 1182 despatch advices sent to as2-gateway' },
        { after: 213, text: '{time} INFO asn_export: done' },
      ],
    },
    { pods: { namespace: 'edi', labels: { app: 'as2-gateway' } }, logs: [{ after: 5, every: 240, text: '{time} INFO  o.e.as2.Receiver - MDN processed id={id}@KAUFPARK_PROD' }] },
  ],
  alert: rule(
    'AsnExportStale',
    '-2d3h40m',
    { namespace: 'edi', cronjob: 'asn-export', severity: 'critical', team: 'edi' },
    'Partners have not been sent despatch advices.',
    'asn-export has had no successful run for more than 26 hours.',
    'time() - max by (namespace, cronjob) (kube_cronjob_status_last_successful_time{cronjob="asn-export"}) > 26 * 3600',
  ),
}
