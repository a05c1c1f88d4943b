import { setContainer } from '../../control-plane/patches.ts'
import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const COMMAND = ['node', '/app/dist/main.js']

export const scenario: Scenario = {
  title: 'a clean-up of manifests changes the file that Node is to run to one that is not in the image',
  now: '2026-09-27T07:40:00Z',
  steps: [
    { at: '-23d', apply: ['10-voting.yaml'] },
    { at: '-50m', manager: 'kubectl-client-side-apply', patch: [setContainer({ kind: 'Deployment', namespace: 'voting', name: 'tally' }, 'tally', { command: COMMAND })] },
  ],
  behaviours: [
    {
      pods: { namespace: 'voting', where: (pod) => pod.spec.containers[0].command[1] === COMMAND[1] },
      exits: { code: 1, after: 0.4 },
      listens: [],
      logs: [
        {
          after: 0.1,
          text: `node:internal/modules/cjs/loader:1386
  throw err;
  ^

Error: Cannot find module '/app/dist/main.js'
    at Function._resolveFilename (node:internal/modules/cjs/loader:1383:15)
    at node:internal/main/run_main_module:33:47 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v22.19.0`,
        },
      ],
    },
  ],
  alert: crashLooping('voting', 'tally-', 'tally', '-31m'),
}
