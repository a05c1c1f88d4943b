import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario, Step } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const velero = { namespace: 'velero', labels: { component: 'velero' } }
const line = (level: string, msg: string, backup: string) => `time="{utc}" level=${level} msg="${msg}" backup=velero/six-hourly-${backup} logSource="pkg/controller/backup_controller.go:723"`
const last = (at: string, lastBackup: string): Step => ({ at, manager: 'velero-server', patch: [{ apiVersion: 'velero.io/v1', kind: 'Schedule', namespace: 'velero', name: 'six-hourly', patch: { status: { lastBackup } } }] })

export const scenario: Scenario = {
  title: 'a backup failed in part, the next one did not',
  now: '2026-07-09T07:12:40Z',
  nodes: [
    { name: 'archive-1', ip: '192.168.77.11' },
    { name: 'archive-2', ip: '192.168.77.12' },
    { name: 'archive-3', ip: '192.168.77.13' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-velero.yaml'], manager: 'helm' },
    { at: '-82d', apply: ['06-schedule.yaml', '10-archive.yaml'], manager: 'helm' },
    { at: '-13h12m36s', apply: ['20-evening.yaml'], manager: 'velero-server' },
    { at: '-7h12m36s', apply: ['21-midnight.yaml'], manager: 'velero-server' },
    last('-7h12m35s', '2026-07-09T00:00:04Z'),
    { at: '-1h12m36s', apply: ['22-morning.yaml'], manager: 'velero-server' },
    last('-1h12m35s', '2026-07-09T06:00:04Z'),
  ],
  behaviours: [
    ...around,
    { pods: velero, logs: [{ after: 1, text: 'time="{utc}" level=info msg="Starting controllers" logSource="pkg/cmd/server/server.go:580"' }, { after: 300, every: 420, text: 'time="{utc}" level=info msg="BackupStorageLocations is valid, marking as available" backup-storage-location=velero/default controller=backup-storage-location logSource="pkg/controller/backup_storage_location_controller.go:128"' }] },
    {
      pods: velero,
      since: '-7h12m36s',
      until: '-6h53m',
      logs: [
        { after: 0, text: line('info', 'Setting up backup log', '20260709000004') },
        { after: 640, text: line('error', 'Error uploading log file: rpc error: code = Unknown desc = error putting object document-archive/pods.json: RequestError: send request failed, caused by: Put https://s3.objektspeicher.example/archive-cluster-backups: read tcp {podip}:{port}->198.51.100.90:443: read: connection reset by peer', '20260709000004') },
        { after: 1172, text: line('info', 'Initial backup processing complete, moving to Finalizing', '20260709000004') },
      ],
    },
    {
      pods: velero,
      since: '-1h12m36s',
      until: '-1h7m',
      logs: [
        { after: 0, text: line('info', 'Setting up backup log', '20260709060004') },
        { after: 293, text: line('info', 'Initial backup processing complete, moving to Finalizing', '20260709060004') },
        { after: 294, text: line('info', 'Backup completed', '20260709060004') },
      ],
    },
    { pods: { namespace: 'document-archive' }, logs: [{ after: 10, every: 44, text: '{time} INFO archive: document {id} stored ({ms} kB)' }] },
  ],
  alert: ownRule('VeleroBackupPartialFailures', {
    startsAt: '-6h52m',
    labels: { namespace: 'velero', schedule: 'six-hourly', job: 'velero', severity: 'warning' },
    summary: 'A backup failed in part.',
    description: 'Velero backups of schedule six-hourly had 1 partial failure within 12 hours.',
    expr: 'increase(velero_backup_partial_failure_total{schedule!=""}[12h]) > 0',
  }),
}
