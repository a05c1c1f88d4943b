import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const gone = (apiVersion: string, kind: string) => ({ apiVersion, kind, namespace: 'gitlab', name: 'gitlab-runner' })
const forbidden =
  'prepare environment: setting up credentials: secrets is forbidden: User "system:serviceaccount:gitlab-runner:gitlab-runner" cannot create resource "secrets" in API group "" in the namespace "ci-jobs". Check https://docs.gitlab.com/runner/shells/#shell-profile-loading for more information'

export const scenario: Scenario = {
  title: "the RoleBinding of the CI jobs' namespace names the runner's old ServiceAccount",
  now: '2026-10-28T10:21:47Z',
  steps: [
    { at: '-85d', apply: ['shared/watchers.yaml', '10-ci.yaml'], manager: 'helm' },
    { at: '-1h22m', delete: [gone('apps/v1', 'Deployment'), gone('v1', 'ConfigMap'), gone('v1', 'Secret'), gone('v1', 'ServiceAccount')] },
    { at: '-1h20m', apply: ['20-runner.yaml'], manager: 'helm' },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'gitlab-runner', labels: { app: 'gitlab-runner' } },
      logs: [
        {
          after: 0.4,
          text: "Registration attempt 1 of 30\nRuntime platform                                    arch=amd64 os=linux pid=16 revision=139a0ac0 version=18.4.0\nVerifying runner... is valid                        correlation_id=01K8MZ5{id} runner=t3_Qz9xLk\nRunner registered successfully. Feel free to start it, but if it's running already the config should be automatically reloaded!",
        },
        {
          after: 2.1,
          text: 'Starting multi-runner from /home/gitlab-runner/.gitlab-runner/config.toml...  builds=0 max_builds=0\nConfiguration loaded                                builds=0 max_builds=20\nlisten_address defined, serving metrics             address=:9252 builds=0 max_builds=20\nInitializing executor providers                     builds=0 max_builds=20',
        },
        {
          after: 70,
          every: 127,
          text: `Checking for jobs... received                       job=8814{n} repo_url=https://git.telvanta.example/oss/number-portability.git runner=t3_Qz9xLk\nAdded job to processing list                        builds=1 job=8814{n} max_builds=20 project=112 repo_url=https://git.telvanta.example/oss/number-portability.git time_in_queue_seconds=3\nWARNING: Job failed (system failure): ${forbidden}  duration_s=0.2{ms} job=8814{n} name=build namespace= project=112 runner=t3_Qz9xLk\nAppending trace to coordinator...ok                 code=202 job=8814{n} job-log=0-1183 job-status=failed runner=t3_Qz9xLk sent-log=0-1182 status=202 Accepted update-interval=1m0s\nUpdating job...                                     bytesize=1183 checksum=crc32:{id} job=8814{n} runner=t3_Qz9xLk\nRemoved job from processing list                    builds=0 job=8814{n} max_builds=20 project=112 repo_url=https://git.telvanta.example/oss/number-portability.git time_in_queue_seconds=3`,
        },
      ],
    },
    {
      pods: { namespace: 'gitlab', labels: { app: 'minio' } },
      logs: [
        {
          after: 1,
          text: 'MinIO Object Storage Server\nCopyright: 2015-2025 MinIO, Inc.\nLicense: GNU AGPLv3 - https://www.gnu.org/licenses/agpl-3.0.html\nVersion: RELEASE.2025-07-23T15-54-02Z (go1.24.5 linux/amd64)\n\nAPI: http://{podip}:9000  http://127.0.0.1:9000',
        },
      ],
    },
  ],
  alert: ownRule('GitlabRunnerSystemFailures', {
    startsAt: '-1h4m',
    labels: {
      namespace: 'gitlab-runner',
      deployment: 'gitlab-runner',
      failure_reason: 'runner_system_failure',
      severity: 'critical',
      team: 'devex',
    },
    summary: 'CI jobs fail before they start.',
    description: 'More than 90% of the jobs of runner t3_Qz9xLk failed with runner_system_failure in the last 15 minutes.',
    expr: 'sum by (namespace, failure_reason) (rate(gitlab_runner_failed_jobs_total{failure_reason="runner_system_failure"}[15m])) / ignoring(failure_reason) group_left sum by (namespace) (rate(gitlab_runner_jobs_total[15m])) > 0.9',
  }),
}
