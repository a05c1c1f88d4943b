import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a fresh volume belongs to root, the program runs as 1000, and no fsGroup hands the volume over',
  now: '2026-09-15T19:40:26Z',
  steps: [{ at: '-58m10s', apply: ['10-search.yaml'] }],
  behaviours: [
    {
      pods: { namespace: 'search-eu' },
      exits: { code: 1, after: 9 },
      listens: [],
      logs: [
        { after: 4, text: '[{date},402][INFO ][o.o.n.Node               ] [opensearch-0] version[3.2.0], pid[1], build[tar/5f1c8a/2026-08-19]' },
        {
          after: 8,
          text: `[{date},911][ERROR][o.o.b.OpenSearchUncaughtExceptionHandler] [opensearch-0] uncaught exception in thread [main]
org.opensearch.bootstrap.StartupException: java.lang.IllegalStateException: failed to obtain node locks, tried [[/usr/share/opensearch/data]] with lock id [0]; maybe these locations are not writable or multiple nodes were started without increasing [node.max_local_storage_nodes] (was [1])?
	at org.opensearch.bootstrap.OpenSearch.init(OpenSearch.java:185)
	at org.opensearch.bootstrap.OpenSearch.main(OpenSearch.java:100)
Caused by: java.nio.file.AccessDeniedException: /usr/share/opensearch/data/nodes
	at sun.nio.fs.UnixException.translateToIOException(UnixException.java:90)`,
        },
      ],
    },
  ],
  alert: crashLooping('search-eu', 'opensearch-', 'opensearch', '-39m'),
}
