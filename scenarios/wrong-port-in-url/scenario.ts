import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a new service is configured with a port that the Service of its cache does not serve',
  now: '2026-01-15T10:10:10Z',
  steps: [{ at: '-35m', apply: ['10-loyalty.yaml'] }],
  behaviours: [
    {
      pods: { labels: { app: 'points' } },
      exits: { code: 1, after: 13 },
      listens: [],
      logs: [
        { after: 0.6, text: '> points@0.44.1 start\n> node dist/server.js' },
        {
          after: 11,
          text: `node:internal/process/promises:394
      triggerUncaughtException(err, true /* fromPromise */);
      ^

Error: connect ETIMEDOUT
    at Socket.<anonymous> (/app/node_modules/ioredis/built/Redis.js:170:41)
    at Object.onceWrapper (node:events:622:28)
    at Socket.emit (node:events:508:28) {
  errorno: 'ETIMEDOUT',
  code: 'ETIMEDOUT',
  syscall: 'connect'
}

Node.js v22.20.0`,
        },
      ],
    },
    { pods: { labels: { app: 'session-cache' } }, logs: [{ after: 0.3, text: '1:M {date} * Ready to accept connections tcp' }] },
  ],
  alert: crashLooping('loyalty', 'points-', 'points', '-19m'),
}
