import { refOf, type KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { notStarted, suspended } from './job-not-started.ts'
import { isSettled } from './job-settled.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const jobFailed: Rule = {
  id: 'job-failed',
  title: 'A Job has failed',
  means: 'The Job’s pods failed more often than it allows, or it did not end in time; it is not tried again.',
  looksAt: 'Jobs with the condition Failed that no later run of their CronJob made good, and CronJobs that cannot start one.',
  mend: 'Mend what the pods’ logs name, then run the Job again; give it more time if it needs it.',
  look: (snapshot) =>
    [
      ...snapshot.all('Job').map((job) => failed(snapshot, job)),
      ...snapshot.all('CronJob').map((cron) => notStarted(snapshot, cron)),
    ].filter((s) => s !== null),
}

function failed(snapshot: Snapshot, job: KubeObject): Seen | null {
  // Between the decision and the end of the last pod there is only the target.
  const found = condition(job, 'Failed') ?? condition(job, 'FailureTarget')
  if (job.spec?.suspend && snapshot.workloadOf(job) === job)
    return suspended(snapshot, job, `Job ${job.metadata.namespace}/${job.metadata.name}`)
  if (found?.status !== 'True' || isSettled(snapshot, job)) return null
  const workload = snapshot.workloadOf(job)
  const late = found.reason === 'DeadlineExceeded'
  const away = snapshot.ownedBy(job).filter((p) => p.status?.phase === 'Failed')
  const disrupted =
    away.length > 0 && away.every((p) => condition(p, 'DisruptionTarget')?.status === 'True')
      ? condition(away[0]!, 'DisruptionTarget')
      : null
  const prefix = workload.kind === 'CronJob' ? 'spec.jobTemplate.spec' : 'spec'
  const pods = snapshot.ownedBy(job).map((p) => p.metadata.name)
  return {
    on: refOf(workload),
    failure: 'job',
    severity: 'critical',
    summary: `Job ${job.metadata.namespace}/${job.metadata.name} failed: ${late ? `it did not end within ${job.spec?.activeDeadlineSeconds}s` : `its pods ${disrupted ? 'were taken from their nodes' : 'failed'} ${job.status?.failed ?? ''} times`.replace('  ', ' ')}`,
    evidence: [
      fromObject(job, `Failed: ${found.reason}: ${found.message ?? ''}`),
      ...(disrupted ? [fromObject(away[0]!, `DisruptionTarget: ${disrupted.reason}: ${disrupted.message ?? ''}`)] : []),
    ],
    alternatives: disrupted
      ? [{ object: refOf(workload), field: `${prefix}.podFailurePolicy`, summary: 'Pods that are taken away count as failed' }]
      : [],
    cause: { object: refOf(workload), field: `${prefix}.${late ? 'activeDeadlineSeconds' : 'backoffLimit'}` },
    since: time(found.lastTransitionTime),
    directness: disrupted ? 0.8 : late ? 0.6 : 0.25,
    open: !late && !disrupted,
    pods: late || disrupted ? [] : pods,
    recommendations: [
      inspect(
        'Read the log of its pods',
        'It says why they failed.',
        `kubectl logs -n ${job.metadata.namespace} -l batch.kubernetes.io/job-name=${job.metadata.name} --tail=50`,
      ),
    ],
  }
}
