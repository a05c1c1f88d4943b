import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const REBOOT = '-47m'
const RECOVERED = '-11m'

export const scenario: Scenario = {
  title: 'nothing is broken any more: the database has recovered, and what waited for it runs',
  now: '2026-05-08T04:58:36Z',
  steps: [{ at: '-64d', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '10-lms.yaml'], manager: 'helm' }],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'elearning', labels: { app: 'moodle-db' } },
      since: REBOOT,
      exits: { code: 255, after: 1, reason: 'Unknown', times: 1 },
      probes: { startup: { output: "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)" } },
      until: RECOVERED,
    },
    {
      pods: { namespace: 'elearning', labels: { app: 'moodle-db' } },
      logs: [
        {
          after: 2,
          text: '{day} {clock} 0 [Note] Starting MariaDB 11.8.3-MariaDB-ubu2404 source revision 8fb09426b98583916ccfd4f8c49741adc115bac3 as process 1\n{day} {clock} 0 [Note] InnoDB: Initializing buffer pool, total size = 1.000GiB, chunk size = 16.000MiB',
        },
        { after: 4, text: '{day} {clock} 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=918273665410' },
        { after: 19, text: '{day} {clock} 0 [Note] InnoDB: To recover: 212904 pages' },
        { after: 1210, text: '{day} {clock} 0 [Note] InnoDB: To recover: 88217 pages' },
        {
          after: 2120,
          text: "{day} {clock} 0 [Note] InnoDB: Rollback of non-prepared transactions completed\n{day} {clock} 0 [Note] InnoDB: log sequence number 918299112907; transaction id 77120455\n{day} {clock} 0 [Note] Server socket created on IP: '0.0.0.0', port: '3306'.\n{day} {clock} 0 [Note] mariadbd: ready for connections.\nVersion: '11.8.3-MariaDB-ubu2404'  socket: '/run/mysqld/mysqld.sock'  port: 3306  mariadb.org binary distribution",
        },
      ],
    },
    {
      pods: { namespace: 'elearning', labels: { app: 'moodle' } },
      since: REBOOT,
      until: RECOVERED,
      exits: { code: 1, after: 9 },
      logs: [
        {
          after: 8.5,
          text: '{day} {clock} moodle-supervisor: database check moodle-db:3306 failed: SQLSTATE[HY000] [2002] Connection refused\n{day} {clock} moodle-supervisor: database is not available, exiting',
        },
      ],
    },
    {
      pods: { namespace: 'elearning', labels: { app: 'moodle' } },
      since: RECOVERED,
      logs: [{ after: 3, every: 12, text: '10.244.1.1 - - [{clf}] "GET /login/index.php HTTP/1.1" 200 4{ms}1 "-" "kube-probe/1.36"' }],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'elearning',
      pod: podsOf('elearning', 'moodle-').find((pod) => pod.metadata.labels.app === 'moodle')?.metadata.name,
      container: 'php',
      startsAt: '-30m',
    }),
}
