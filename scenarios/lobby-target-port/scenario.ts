import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'someone changed targetPort of the lobby’s Service to a port on which nothing listens; matchmaker, its caller, is alerted on',
  now: '2026-07-29T20:14:33Z',
  steps: [
    { at: '-61d3h12m8s', apply: ['shared/platform.yaml'] },
    { at: '-15d', apply: ['10-game.yaml'] },
    {
      at: '-41m',
      manager: 'kubectl-edit',
      patch: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          namespace: 'arena',
          name: 'lobby',
          patch: { spec: { ports: [{ port: 7350, targetPort: 7351 }] } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'arena', labels: { app: 'matchmaker' } },
      since: '-40m50s',
      exits: { code: 134, after: 20 },
      logs: [
        { after: 1, text: 'info: Matchmaker.Host[0] Connecting to lobby at http://lobby:7350' },
        {
          after: 19,
          text: `Unhandled exception. System.Net.Http.HttpRequestException: Connection refused (lobby:7350)
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error, CancellationToken cancellationToken)
   at Matchmaker.LobbyClient.HandshakeAsync() in /src/Matchmaker/LobbyClient.cs:line 58`,
        },
      ],
    },
  ],
  alert: (podsOf) =>
    kubePrometheus.podCrashLooping({
      namespace: 'arena',
      pod: podsOf('arena', 'matchmaker-')[0].metadata.name,
      container: 'matchmaker',
      startsAt: '-24m',
    }),
}
