import { kubePrometheus } from '../../control-plane/alerts.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the file system of worker-2 was remounted read-only; a database on it cannot write',
  now: '2026-05-16T03:20:40Z',
  nodes: DEFAULT_NODES.map((node) =>
    node.name === 'worker-2'
      ? {
          ...node,
          faults: [
            {
              since: '-37m',
              condition: {
                type: 'ReadonlyFilesystem',
                reason: 'FilesystemIsReadOnly',
                message: 'EXT4-fs (nvme1n1): Remounting filesystem read-only',
              },
            },
          ],
        }
      : node,
  ),
  steps: [{ at: '-30d', apply: ['10-db.yaml'] }, { at: '-37m' }, { at: '-36m', wait: 2000 }],
  behaviours: [
    {
      pods: { namespace: 'ads', labels: { app: 'bids-db' } },
      since: '-37m',
      exits: { code: 1, after: 5 },
      logs: [
        {
          after: 1,
          text: '{time} UTC [1] LOG:  starting PostgreSQL 17.6 on x86_64-pc-linux-gnu\n{time} UTC [1] FATAL:  could not open file "/var/lib/postgresql/data/postmaster.pid": Read-only file system',
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'ads',
      pod: podsOf('ads', 'bids-db-')[0].metadata.name,
      container: 'postgres',
      startsAt: '-20m',
    }),
}
