import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario, Step } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const cron = (name: string, patch: Json, subresource?: 'status'): Patch => ({ apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'acquiring', name, patch, ...(subresource ? { subresource } : {}) })
const ran = (name: string, lastScheduleTime: string): Patch => cron(name, { status: { lastScheduleTime } }, 'status')
const CONTROLLER = 'kube-controller-manager'
const fx = (hour: number, file: string): Step => ({ at: `-${18 - hour}h59m`, apply: [file], manager: CONTROLLER })

export const scenario: Scenario = {
  title: 'the quota on Jobs is full of the finished ones of another CronJob',
  now: '2026-11-23T19:04:00Z',
  nodes: [
    { name: 'aks-payments-31184-vmss000000', ip: '10.224.0.4', cpu: '8' },
    { name: 'aks-payments-31184-vmss000001', ip: '10.224.0.5', cpu: '8' },
    { name: 'aks-payments-31184-vmss000002', ip: '10.224.0.6', cpu: '8' },
  ],
  steps: [
    { at: '-70d', apply: ['shared/victoria.yaml'], manager: 'helm' },
    { at: '-49d', apply: ['10-acquiring.yaml'], manager: 'terraform' },
    { at: '-1d34m', apply: ['20-settlement-yesterday.yaml'], manager: CONTROLLER },
    { at: '-16h4m', apply: ['21-chargeback.yaml'], manager: CONTROLLER },
    fx(7, '30-fx-07.yaml'),
    fx(8, '31-fx-08.yaml'),
    // Rates looked odd this morning; the logs of all imports should stay.
    { at: '-10h41m', manager: 'kubectl-edit', patch: [cron('fx-rates-import', { spec: { successfulJobsHistoryLimit: 48 } })] },
    fx(9, '32-fx-09.yaml'),
    fx(10, '33-fx-10.yaml'),
    fx(11, '34-fx-11.yaml'),
    fx(12, '35-fx-12.yaml'),
    fx(13, '36-fx-13.yaml'),
    fx(14, '37-fx-14.yaml'),
    {
      at: '-34m',
      manager: CONTROLLER,
      patch: [
        ran('fx-rates-import', '2026-11-23T14:05:00Z'),
        ran('chargeback-sync', '2026-11-23T03:00:00Z'),
        ran('settlement-export', '2026-11-22T18:30:00Z'),
      ],
      wait: 4000,
    },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'acquiring', labels: { app: 'fx-rates-import' } },
      logs: [
        { after: 1, text: '{time} INFO  fx: fetching reference rates from ECB' },
        { after: 6, text: '{time} INFO  fx: 31 rates read, 2 differ from the previous import by more than 0.5% (TRY, ARS)' },
        { after: 12, text: '{time} INFO  fx: stored, batch={id}' },
      ],
    },
    { pods: { namespace: 'acquiring', labels: { app: 'chargeback-sync' } }, logs: [{ after: 2, text: '{time} INFO  chargebacks: 41 disputes synchronised' }] },
    { pods: { namespace: 'acquiring', labels: { app: 'settlement-export' } }, logs: [{ after: 2, text: '{time} INFO  settlement: exporting 2026-11-22' }, { after: 11, text: '{time} INFO  settlement: 2 files delivered (visa, mastercard), 88412 transactions' }] },
    {
      pods: { namespace: 'acquiring', labels: { app: 'auth-switch' } },
      logs: [
        { after: 3, text: '{time} INFO  switch: listening on :8583, 2 schemes connected' },
        { after: 9, every: 14, text: '{time} INFO  switch: 0110 rc=00 stan={port} rt={ms}ms' },
        { after: 100, every: 840, text: '{time} WARN  switch: 0110 rc=91 issuer unavailable, stand-in used stan={port}' },
      ],
    },
  ],
  alert: ownRule('SettlementExportMissing', {
    startsAt: '-19m',
    labels: { namespace: 'acquiring', cronjob: 'settlement-export', severity: 'critical', team: 'acquiring' },
    summary: "Today's settlement files have not been delivered.",
    description: 'CronJob acquiring/settlement-export has not succeeded since yesterday; the schemes close their window at 20:00 UTC.',
    expr: 'time() - kube_cronjob_status_last_successful_time{namespace="acquiring",cronjob="settlement-export"} > 87300',
  }),
}
