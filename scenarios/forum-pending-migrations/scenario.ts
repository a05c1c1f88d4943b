import { crashLooping } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a release’s migration runs as a user that does not own the tables; the new pods refuse to start without it',
  now: '2026-09-01T23:17:02Z',
  steps: [
    { at: '-52d', apply: ['10-database.yaml'] },
    { at: '-12d', manager: 'helm', apply: ['20-migrate-41.yaml'] },
    { at: '-11d23h57m', manager: 'helm', apply: ['30-web.yaml'] },
    { at: '-33m', manager: 'helm', apply: ['40-migrate-42.yaml'] },
    { at: '-32m30s', manager: 'helm', apply: ['50-web-42.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'forum', labels: { 'job-name': 'forum-migrate-42' } },
      exits: { code: 1, after: 9 },
      logs: [
        {
          after: 8,
          text: '== 20260901101500 AddBadgesToUsers: migrating =================================\n-- add_column(:users, :badges, :jsonb)\nbin/rails aborted!\nStandardError: An error has occurred, this and all later migrations canceled: (StandardError)\n\nPG::InsufficientPrivilege: ERROR:  must be owner of table users\n/app/db/migrate/20260901101500_add_badges_to_users.rb:3:in \'AddBadgesToUsers#change\'\n\nCaused by:\nActiveRecord::StatementInvalid: PG::InsufficientPrivilege: ERROR:  must be owner of table users (ActiveRecord::StatementInvalid)\n\nTasks: TOP => db:migrate\n(See full trace by running task with --trace)',
        },
      ],
    },
    {
      pods: { namespace: 'forum', labels: { 'job-name': 'forum-migrate-41' } },
      logs: [{ after: 7, text: '== 20260819083000 AddLocaleToTopics: migrating ================================\n-- add_column(:topics, :locale, :string)\n   -> 0.0049s\n== 20260819083000 AddLocaleToTopics: migrated (0.0050s) =======================' }],
    },
    {
      pods: { namespace: 'forum', where: (pod) => pod.spec.initContainers?.[0]?.image === 'registry.community.example/forum:42' },
      container: 'check-schema',
      exits: { code: 1, after: 6 },
      logs: [{ after: 5.5, text: "You have 1 pending migration:\n  20260901101500 AddBadgesToUsers\nRun `bin/rails db:migrate` to update your database then try again." }],
    },
    { pods: { namespace: 'forum', labels: { app: 'web' } }, container: 'web', logs: [{ after: 4, text: '* Listening on http://0.0.0.0:3000' }, { after: 11, every: 30, text: 'I, [{time} #1]  INFO -- : [{id}] Completed 200 OK in {ms}ms' }] },
    {
      pods: { namespace: 'forum', labels: { app: 'db' } },
      logs: [{ after: 2, text: '{time} UTC [1] LOG:  database system is ready to accept connections' }],
    },
    {
      pods: { namespace: 'forum', labels: { app: 'db' } },
      since: '-32m51s',
      until: '-32m45s',
      logs: [{ after: 0.5, text: '{time} UTC [8121] ERROR:  must be owner of table users\n{time} UTC [8121] STATEMENT:  ALTER TABLE "users" ADD "badges" jsonb' }],
    },
  ],
  alert: crashLooping('forum', 'web', 'check-schema', '-16m'),
}
