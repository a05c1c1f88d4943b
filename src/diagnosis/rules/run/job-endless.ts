import { refOf, type KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { containerField, podSpecPath } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { besideTheWork } from './job-beside.ts'
import { setField } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const jobEndless: Rule = {
  id: 'job-endless',
  title: 'A Job goes on and on',
  means: 'Its pods run and do not end, and nothing bounds them: a loop without an end, or a wait for something that never comes.',
  looksAt:
    'Active Jobs without activeDeadlineSeconds, how long they run, and loops in their commands. It counts only when an alert asks about it.',
  mend: 'Let the program end; give the Job an activeDeadlineSeconds, so that a run that hangs is stopped.',
  look: (snapshot) => snapshot.all('Job').flatMap((job) => look(snapshot, job)),
}

const HOUR = 3_600_000
/** A shell that never comes to its end by itself. */
const LOOP = /while\s+(?:true|:|\[\s*1\s*\])\s*;?\s*do|for\s*\(\(\s*;\s*;\s*\)\)|sleep\s+inf(?:inity)?|tail\s+-f\s+\/dev\/null/

function look(snapshot: Snapshot, job: KubeObject): Seen[] {
  if (job.spec?.parallelism === 0) return [neverBegun(snapshot, job)]
  const beside = besideTheWork(snapshot, job)
  if (beside) return [beside]
  const began = time(job.status?.startTime)
  if (!job.status?.active || began === null || snapshot.now - began < HOUR || condition(job, 'Failed')?.status === 'True') return []
  const workload = snapshot.workloadOf(job)
  const loop = loopOf(workload)
  if (!loop && job.spec?.activeDeadlineSeconds !== undefined) return []
  const object = refOf(workload)
  const deadline = `${podSpecPath(workload).replace(/template\.spec$/, '')}activeDeadlineSeconds`
  const name = `Job ${job.metadata.namespace}/${job.metadata.name}`
  const hours = Math.round((snapshot.now - began) / HOUR)
  return [
    {
      on: object,
      failure: 'job',
      severity: 'warning',
      summary: `${name} runs for ${hours} hours and has no deadline${loop ? `: ${loop.text} never ends` : ''}`,
      evidence: [
        fromObject(
          job,
          `active ${job.status.active}, succeeded ${job.status.succeeded ?? 0} of ${job.spec?.completions ?? 1}, started ${job.status.startTime}`,
        ),
      ],
      cause: { object, field: loop?.field ?? deadline },
      since: began,
      directness: loop ? 0.85 : 0.55,
      open: !loop,
      tentative: true,
      alternatives: loop ? [{ object, field: deadline, summary: 'Nothing bounds the run' }] : [],
      recommendations: [setField(object, deadline, 4 * 3600, 'A run that hangs is then stopped; adjust the time.')],
    },
  ]
}

function neverBegun(snapshot: Snapshot, job: KubeObject): Seen {
  const workload = snapshot.workloadOf(job)
  const [object, field] = [refOf(workload), `${podSpecPath(workload).replace(/template\.spec$/, '')}parallelism`]
  return {
    on: object,
    failure: 'job',
    severity: 'warning',
    summary: `Job ${job.metadata.namespace}/${job.metadata.name} may run no pod at a time, so it never begins`,
    evidence: [fromObject(job, 'spec.parallelism = 0')],
    cause: { object, field },
    directness: 0.9,
    tentative: true,
    recommendations: [setField(object, field, 1, 'Then it makes its pods.')],
  }
}

function loopOf(workload: KubeObject): { field: string; text: string } | null {
  const pod = workload.kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template?.spec : workload.spec?.template?.spec
  for (const container of pod?.containers ?? [])
    for (const list of ['command', 'args'] as const)
      for (const [i, word] of (container[list] ?? []).entries()) {
        const found = LOOP.exec(String(word))
        if (found) return { field: containerField(workload, container.name, `${list}[${i}]`), text: `"${found[0]}"` }
      }
  return null
}
