import { setImage } from '../../control-plane/patches.ts'
import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEW = 'registry.games.example/backend/lobby:2026.21.0'

export const scenario: Scenario = {
  title: 'the deploy token in the pull secret of a ServiceAccount has expired; the next roll-out cannot pull',
  now: '2026-05-26T17:20:08Z',
  steps: [
    { at: '-80d3h12m8s', apply: ['10-game.yaml'] },
    { at: '-39m50s', manager: 'gitlab-runner', patch: [setImage({ kind: 'Deployment', namespace: 'match-making', name: 'lobby' }, 'lobby', NEW)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'match-making', where: (pod) => pod.spec.containers[0].image === NEW },
      pull: `rpc error: code = Unknown desc = failed to pull and unpack image "${NEW}": failed to resolve reference "${NEW}": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://gitlab.games.example/jwt/auth?scope=repository%3Abackend%2Flobby%3Apull&service=container_registry: 403 Forbidden`,
    },
  ],
  alert: notReady('match-making', 'lobby-', '-24m'),
}
