import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a database is to make its files at the top of a fresh disk, where lost+found is',
  now: '2026-08-20T20:20:00Z',
  steps: [{ at: '-37m', apply: ['10-gis.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'gis' },
      exits: { code: 1, after: 1.5 },
      logs: [
        {
          after: 1,
          text: `The files belonging to this database system will be owned by user "postgres".
This user must also own the server process.

initdb: error: directory "/var/lib/postgresql/data" exists but is not empty
initdb: detail: It contains a lost+found directory, perhaps due to it being a mount point.
initdb: hint: Using a mount point directly as the data directory is not recommended.
Create a subdirectory under the mount point.`,
        },
      ],
    },
  ],
  alert: crashLooping('gis', 'postgis-', 'postgis', '-20m'),
}
