import { throttled } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'healthy: a busy service writes ERROR lines of its clients and one lost connection an hour ago, between thousands of good answers',
  now: '2026-06-06T18:06:00Z',
  steps: [{ at: '-48d3h', apply: ['10-news.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'articles' } },
      logs: [
        { after: 2, every: 12, text: '{time} INFO  GET /articles/{id} 200 {ms}ms' },
        { after: 7, every: 190, text: '{time} ERROR GET /articles/undefined 404 NotFoundError: no such article' },
        { after: 9, every: 420, text: '{time} WARN  client went away: write tcp 10.244.0.6:8080->10.244.1.1:53122: write: broken pipe' },
      ],
    },
    {
      pods: { labels: { app: 'articles' } },
      since: '-20m',
      until: '-19m50s',
      logs: [{ after: 3, text: '{time} ERROR image service: Get "http://images/9f3b": read tcp 10.244.0.6:40122->10.96.3.3:80: read: connection reset by peer, retrying\n{time} INFO  image service: retry 1 succeeded' }],
    },
    { pods: { labels: { app: 'images' } }, logs: [{ after: 4, every: 9, text: '{date} thumbor:DEBUG [http] 200 GET /unsafe/300x200/{id}.jpg' }] },
  ],
  alert: throttled('newsroom', 'articles-', 'articles', 44.9, '-15m'),
}
