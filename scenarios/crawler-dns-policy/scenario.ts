import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out of crawler sets dnsPolicy to Default; the names of Services are unknown to the node’s resolver',
  now: '2026-05-19T02:33:07Z',
  steps: [
    { at: '-14d', apply: ['10-crawl.yaml'] },
    {
      at: '-40m',
      manager: 'helm',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'search-index',
          name: 'crawler',
          patch: {
            spec: {
              template: { spec: { dnsPolicy: 'Default', containers: [{ name: 'crawler', image: 'registry.find.example/crawler:3.0.1' }] } },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'search-index', labels: { app: 'crawler' }, where: (pod: KubeObject) => pod.spec.dnsPolicy === 'Default' },
      exits: { code: 1, after: 4 },
      logs: [
        { after: 1, text: '{time} [INFO] crawler 3.0.1, 8 workers' },
        {
          after: 3,
          text: `thread 'main' panicked at src/queue.rs:71:10:
connect to queue: Io(Custom { kind: Uncategorized, error: "failed to lookup address information: Name or service not known: frontier-nats:4222" })
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'search-index',
      pod: podsOf('search-index', 'crawler-').at(-1)?.metadata.name,
      container: 'crawler',
      startsAt: '-24m',
    }),
}
