import { refOf, type KubeObject } from '#cluster'
import { lastEnd, type ContainerView } from '../../snapshot/containers.ts'
import { containerField, containerSpec } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { doubled } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { groupContainers, podNames, troubleSince } from './pods.ts'
import { advise, setField } from '../recommend.ts'
import { fromObject, podsText, type Place, type Rule } from '../rule.ts'

const HOUR = 3_600_000

export const oomKilled: Rule = {
  id: 'oom-killed',
  title: 'A container needs more memory than its limit',
  means:
    'The kernel killed the container because it went over its memory limit (OOMKilled, exit code 137). It may be running again, until the next time.',
  looksAt: 'Present and previous terminations with reason OOMKilled, and the memory limit.',
  mend: 'Raise the limit to what the program needs, or mend what makes it need so much.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => (isKilledNow(view, snapshot.now) ? { key: '', data: null } : null)).map(
      ({ workload, container, views }) => {
        const limit = containerSpec(workload, container)?.spec.resources?.limits?.memory ?? views[0]!.spec.resources?.limits?.memory
        const field = containerField(workload, container, 'resources.limits.memory')
        const pods = podNames(views)
        const worst = views.reduce((a, b) => (b.restarts > a.restarts ? b : a))
        const lived = lifetime(worst)
        const object = refOf(workload)
        return {
          on: object,
          failure: 'crash' as const,
          container,
          severity: worst.ready ? ('warning' as const) : ('critical' as const),
          summary: `Container ${container} of ${podsText(pods.length, workload)} was killed for lack of memory${worst.restarts > 0 ? ` (${worst.restarts} restarts)` : ''}: ${limit ? `it needs more than its limit of ${limit}` : 'the node had no more'}${worst.running ? '; it is running again' : ''}`,
          evidence: [
            fromObject(
              worst.pod,
              `container ${container}: OOMKilled, exit code ${lastEnd(worst)!.exitCode}${lived}, ${worst.restarts} restarts, memory limit ${limit ?? 'none'}`,
            ),
          ],
          cause: fromRange(snapshot, workload, container, views[0]!) ??
            bySizer(snapshot, workload, container, views[0]!) ?? { object, field },
          since: troubleSince(snapshot, views),
          directness: limit ? 0.88 : 0.6,
          tokens: limit ? [String(limit)] : [],
          pods,
          recommendations: limit
            ? [
                setField(object, field, doubled(String(limit)), 'The container needs more than it may have.'),
                advise('See whether memory grows without bound', 'A leak meets every limit in the end.'),
              ]
            : [
                advise(
                  'Give the container a memory request and limit',
                  'Without them it is the first that the kernel kills when the node runs short.',
                ),
              ],
        }
      },
    ),
}

/** A limit that the workload does not name was put there by a LimitRange of the namespace. */
function fromRange(snapshot: Snapshot, workload: KubeObject, container: string, view: ContainerView): Place | null {
  const limit = view.spec.resources?.limits?.memory
  if (!limit || workload.kind === 'Pod' || containerSpec(workload, container)?.spec.resources?.limits?.memory) return null
  for (const range of snapshot.all('LimitRange', workload.metadata.namespace ?? null)) {
    const at = (range.spec?.limits ?? []).findIndex((l: any) => l.type === 'Container' && l.default?.memory === limit)
    if (at >= 0) return { object: refOf(range), field: `spec.limits[${at}].default.memory` }
  }
  return null
}

/** The pod has another limit than its template: what sizes the pods of this workload gave it. */
function bySizer(snapshot: Snapshot, workload: KubeObject, container: string, view: ContainerView): Place | null {
  const asked = containerSpec(workload, container)?.spec.resources?.limits?.memory
  if (workload.kind === 'Pod' || view.spec.resources?.limits?.memory === asked) return null
  const sizer = snapshot.customs.find(
    ({ metadata, spec }) =>
      metadata.namespace === workload.metadata.namespace &&
      spec?.targetRef?.name === workload.metadata.name &&
      spec.targetRef.kind === workload.kind,
  )
  const bound = leavesOf(sizer?.spec ?? {}, 'spec').find((l) => l.field.endsWith('maxAllowed.memory'))
  return sizer ? { object: refOf(sizer), field: bound?.field ?? 'spec.updatePolicy.updateMode' } : null
}

function isKilledNow(view: ContainerView, now: number): boolean {
  const end = lastEnd(view)
  if (end?.reason !== 'OOMKilled') return false
  if (view.terminated || view.waiting) return true
  const age = end.finished === null ? 0 : now - end.finished
  return !view.ready || age < HOUR || (view.restarts >= 3 && age < 24 * HOUR)
}

function lifetime(view: ContainerView): string {
  const end = lastEnd(view)!
  if (end.started === null || end.finished === null) return ''
  return ` after ${Math.round((end.finished - end.started) / 1000)}s`
}
