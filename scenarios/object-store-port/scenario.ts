import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a backup program is given the port of the console of its object store, which the Service in another namespace does not serve',
  now: '2026-10-05T03:30:00Z',
  steps: [{ at: '-41m', apply: ['10-backups.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'vaultd' } },
      exits: { code: 1, after: 31 },
      logs: [
        { after: 0.2, text: 'ts={time} level=info msg="opening repository" bucket=nightly' },
        { after: 30, text: 'ts={time} level=error msg="open repository" err="stat bucket nightly: Get \\"http://minio.object-store.svc.cluster.local:9001/nightly/?location=\\": dial tcp 10.96.90.17:9001: i/o timeout"' },
      ],
    },
  ],
  alert: crashLooping('backups', 'vaultd-', 'vaultd', '-24m'),
}
