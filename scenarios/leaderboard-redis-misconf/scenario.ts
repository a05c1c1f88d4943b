import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../shared/around.ts'

const hardened = ({ spec }: KubeObject) => spec.containers[0].securityContext?.readOnlyRootFilesystem === true
const restricted = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }
const harden = (name: string, container: string, kind: 'Deployment' | 'StatefulSet' = 'Deployment'): Patch =>
  setContainer({ kind, namespace: 'arena', name }, container, { securityContext: restricted })
const MISCONF =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."

export const scenario: Scenario = {
  title: 'a hardened Redis cannot save and refuses writes',
  now: '2026-07-11T20:47:30Z',
  nodes: [
    { name: 'arena-euw-01', ip: '10.77.1.11', cpu: '8' },
    { name: 'arena-euw-02', ip: '10.77.1.12', cpu: '8' },
    { name: 'arena-euw-03', ip: '10.77.1.13', cpu: '8' },
  ],
  steps: [
    { at: '-75d', apply: ['shared/kps.yaml', 'shared/edge.yaml'], manager: 'argocd-controller' },
    { at: '-61d', apply: ['10-arena.yaml'], manager: 'argocd-controller' },
    {
      at: '-52m',
      manager: 'argocd-controller',
      patch: [harden('match-api', 'api'), harden('match-recorder', 'recorder'), harden('leaderboard-redis', 'redis', 'StatefulSet')],
    },
  ],
  behaviours: [
    ...around,
    {
      pods: { namespace: 'arena', labels: { app: 'leaderboard-redis' } },
      logs: [
        { after: 0.02, text: '1:C 11 Jul 2026 {clock} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo' },
        { after: 0.03, text: '1:C 11 Jul 2026 {clock} * Redis version=7.4.6, bits=64, commit=00000000, modified=0, pid=1, just started' },
        { after: 0.04, text: '1:C 11 Jul 2026 {clock} * Configuration loaded' },
        { after: 0.05, text: '1:M 11 Jul 2026 {clock} * monotonic clock: POSIX clock_gettime' },
        { after: 0.06, text: '1:M 11 Jul 2026 {clock} * Running mode=standalone, port=6379.' },
        { after: 0.07, text: '1:M 11 Jul 2026 {clock} * Server initialized' },
        { after: 0.08, text: '1:M 11 Jul 2026 {clock} * Ready to accept connections tcp' },
      ],
    },
    {
      pods: { namespace: 'arena', labels: { app: 'leaderboard-redis' }, where: hardened },
      logs: [
        {
          after: 301,
          every: 6,
          text: '1:M 11 Jul 2026 {clock} * 100 changes in 300 seconds. Saving...\n1:M 11 Jul 2026 {clock} * Background saving started by pid 3{n}\n3{n}:C 11 Jul 2026 {clock} # Failed opening the temp RDB file temp-3{n}.rdb (in server root dir /data) for saving: Read-only file system\n1:M 11 Jul 2026 {clock} # Background saving error',
        },
      ],
    },
    {
      pods: { namespace: 'arena', labels: { app: 'match-recorder' }, where: hardened },
      logs: [
        { after: 2, text: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:8080' },
        { after: 2.1, text: 'info: Microsoft.Hosting.Lifetime[0]\n      Application started. Press Ctrl+C to shut down.' },
        { after: 20, every: 47, text: 'info: Arena.Recorder.SeasonClock[0]\n      Season 14, week 6: 9 days left' },
      ],
    },
    {
      pods: { namespace: 'arena', labels: { app: 'match-recorder' }, where: hardened },
      since: '-46m40s',
      logs: [
        {
          after: 0,
          every: 11,
          text: `fail: Arena.Recorder.Controllers.MatchController[0]
      Recording of match {id} failed
      StackExchange.Redis.RedisServerException: ${MISCONF}
         at StackExchange.Redis.RedisDatabase.SortedSetAddAsync(RedisKey key, SortedSetEntry[] values, CommandFlags flags)
         at Arena.Recorder.Leaderboard.Apply(MatchResult result) in /src/Recorder/Leaderboard.cs:line 74`,
        },
      ],
    },
    { pods: { namespace: 'arena', labels: { app: 'match-api' } }, logs: [{ after: 1, text: '{time}  INFO match_api: listening on 0.0.0.0:9000' }, { after: 10, every: 8, text: '{time}  INFO match_api::routes: GET /v3/matches/{id} 200 {ms}ms' }] },
    {
      pods: { namespace: 'arena', labels: { app: 'match-api' } },
      since: '-46m35s',
      logs: [{ after: 0, every: 9, text: '{time} ERROR match_api::submit: result of match {id} not recorded: POST http://match-recorder/v1/results: 500 Internal Server Error (attempt 3 of 3)' }],
    },
    { pods: { namespace: 'arena', labels: { app: 'profiles' } }, logs: [{ after: 10, every: 13, text: '{time} INFO profiles: GET /v1/players/{id} 200 {ms}ms' }] },
  ],
  alert: ownRule('MatchSubmitErrorBudgetBurn', {
    startsAt: '-38m',
    labels: { namespace: 'arena', service: 'match-api', slo: 'match-submit', severity: 'critical', team: 'skirmish-live' },
    summary: 'Players lose the results of their matches.',
    description: 'match-api fails 71.4% of POST /v3/matches/*/result; the error budget of 30 days burns 14 times too fast.',
    expr: 'sum(rate(http_requests_total{service="match-api",route="submit",code=~"5.."}[5m])) / sum(rate(http_requests_total{service="match-api",route="submit"}[5m])) > 14.4 * 0.005',
  }),
}
