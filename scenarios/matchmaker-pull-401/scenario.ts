import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const NEXT = 'harbor.northpeak-games.example/skyraiders/matchmaker:3.15.0'
const TOKEN = 'https://harbor.northpeak-games.example/service/token?scope=repository%3Askyraiders%2Fmatchmaker%3Apull&service=harbor-registry'

export const scenario: Scenario = {
  title: 'the registry refuses the pull secret of a roll-out',
  now: '2026-08-27T16:02:11Z',
  steps: [
    { at: '-90d6h', apply: ['shared/monitoring.yaml'] },
    { at: '-90d2h', apply: ['10-matchmaking.yaml'], manager: 'terraform' },
    { at: '-13d1h', manager: 'gitlab-agent', patch: [setImage({ kind: 'Deployment', namespace: 'matchmaking', name: 'matchmaker' }, 'matchmaker', 'harbor.northpeak-games.example/skyraiders/matchmaker:3.14.7')] },
    { at: '-41m', manager: 'gitlab-agent', patch: [setImage({ kind: 'Deployment', namespace: 'matchmaking', name: 'matchmaker' }, 'matchmaker', NEXT)] },
  ],
  behaviours: [
    {
      pods: { namespace: 'matchmaking', labels: { app: 'matchmaker' }, where: (pod) => pod.spec.containers[0].image === NEXT },
      pull: `rpc error: code = Unknown desc = failed to pull and unpack image "${NEXT}": failed to resolve reference "${NEXT}": failed to authorize: failed to fetch oauth token: unexpected status from GET request to ${TOKEN}: 401 Unauthorized`,
    },
    {
      pods: { namespace: 'matchmaking', labels: { app: 'matchmaker' } },
      logs: [
        { after: 1, text: '{"severity":"info","time":"{time}","message":"listening","addr":":50504"}' },
        { after: 3, every: 8, text: '{"severity":"info","time":"{time}","message":"match made","profile":"ranked-3v3","tickets":6,"took_ms":{ms}}' },
      ],
    },
    { pods: { namespace: 'matchmaking', labels: { app: 'backfill' } }, logs: [{ after: 5, every: 30, text: '{"severity":"info","time":"{time}","message":"backfill pass","open":{ms}}' }] },
    { pods: { namespace: 'matchmaking', labels: { app: 'tickets-redis' } }, logs: [{ after: 1, text: '1:M 29 May 2026 14:02:19.{n}37 * Ready to accept connections tcp' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'matchmaking', deployment: 'matchmaker', startsAt: '-16m' }),
}
