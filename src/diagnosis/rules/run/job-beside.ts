import { refOf, type KubeObject } from '#cluster'
import { containersOf } from '../../snapshot/containers.ts'
import { containerField, containerSpec, podField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Seen } from '../rule.ts'

/** So long after the work is done a helper may take to end. ms */
const PATIENCE = 600_000

/** The work of a Job is done, and its pod does not end, since a container beside it goes on. */
export function besideTheWork(snapshot: Snapshot, job: KubeObject): Seen | null {
  if (!job.status?.active) return null
  for (const pod of snapshot.ownedBy(job)) {
    const views = containersOf(pod).filter((v) => !v.init)
    const done = views.find((v) => v.terminated?.exitCode === 0 && snapshot.now - (v.terminated.finished ?? snapshot.now) > PATIENCE)
    const helper = views.find((v) => v.running && v !== done)
    if (!done || !helper) continue
    const workload = snapshot.workloadOf(job)
    const object = refOf(workload)
    // What an injector puts in is told by an annotation of the template.
    const isOwn = containerSpec(workload, helper.name) !== undefined
    const field = isOwn ? containerField(workload, helper.name) : podField(workload, '').replace(/spec\.$/, 'metadata.annotations')
    const minutes = Math.round((snapshot.now - done.terminated!.finished!) / 60_000)
    return {
      on: object,
      failure: 'job',
      severity: 'warning',
      summary: `Job ${object.namespace}/${job.metadata.name} does not end: container ${done.name} was done ${minutes} minutes ago, and ${helper.name} beside it goes on`,
      evidence: [fromObject(pod, `${done.name}: Completed, exit code 0; ${helper.name}: running`)],
      cause: { object, field },
      since: done.terminated!.finished,
      directness: 0.86,
      tentative: true,
      recommendations: [
        advise(
          `Make ${helper.name} an init container with restartPolicy Always, end it when the work is done, or keep it out of the Job`,
          'A pod ends when all of its containers have.',
        ),
      ],
    }
  }
  return null
}
