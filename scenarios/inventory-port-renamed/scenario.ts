import { ownRule } from '../../control-plane/controller-alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const SIEGE = 'registry.ironvale.example/playtest/dungeon-server:feature-siege-a91f'

export const scenario: Scenario = {
  title: 'a release renames a container port that the Service knows by its name',
  now: '2026-07-31T20:12:55Z',
  steps: [
    { at: '-50d', apply: ['shared/monitoring.yaml', '10-live.yaml'], manager: 'helm' },
    { at: '-9d4h', apply: ['20-playtest.yaml'], manager: 'kubectl-client-side-apply' },
    { at: '-24m', apply: ['30-inventory.yaml'], manager: 'helm' },
  ],
  behaviours: [
    { pods: { namespace: 'playtest' }, pull: registry.notFound(SIEGE) },
    {
      pods: { namespace: 'live', labels: { 'app.kubernetes.io/name': 'inventory' } },
      logs: [
        { after: 0.4, text: '{time}  INFO inventory: connected to scylla nodes=3' },
        { after: 0.5, text: '{time}  INFO inventory: gRPC server listening addr=0.0.0.0:50051' },
      ],
    },
    { pods: { namespace: 'live', labels: { 'app.kubernetes.io/name': 'lobby-gateway' } }, until: '-24m', logs: [{ after: 3, every: 6, text: '{"level":30,"time":"{time}","msg":"loadout fetched","player":"{id}","ms":{ms}}' }] },
    {
      pods: { namespace: 'live', labels: { 'app.kubernetes.io/name': 'lobby-gateway' } },
      since: '-23m50s',
      logs: [
        {
          after: 1,
          every: 6,
          text: '{"level":50,"time":"{time}","msg":"loadout failed","player":"{id}","err":{"type":"Error","message":"14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.96.71.20:50051","code":14,"stack":"Error: 14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.96.71.20:50051\\n    at callErrorFromStatus (/app/node_modules/@grpc/grpc-js/build/src/call.js:32:19)\\n    at Object.onReceiveStatus (/app/node_modules/@grpc/grpc-js/build/src/client.js:193:76)"}}',
        },
        { after: 4, every: 15, text: '{"level":30,"time":"{time}","msg":"presence updated","player":"{id}","ms":{ms}}' },
      ],
    },
  ],
  alert: ownRule('LobbyErrorBudgetFastBurn', {
    startsAt: '-19m',
    labels: { namespace: 'live', service: 'lobby-gateway', severity: 'page', slo: 'lobby-join' },
    summary: 'Players cannot join: the lobby burns its error budget.',
    description: 'lobby-gateway fails 61% of join requests over 5 minutes (SLO 99.5%).',
    expr: 'lobby_join:error_ratio:rate5m{service="lobby-gateway"} > 14.4 * 0.005',
  }),
}
