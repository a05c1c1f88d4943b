import { refOf, type KubeObject } from '#cluster'
import type { ContainerView } from '../../snapshot/containers.ts'
import { containerField } from '../../snapshot/field-path.ts'
import type { MetricName } from '../../snapshot/metrics.ts'
import { doubled } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { groupContainers, podNames, type ContainerGroup } from '../run/pods.ts'
import { advise, setField } from '../recommend.ts'
import { podsText, type Draft, type Rule, type Seen } from '../rule.ts'

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A series' value by the container that it is of. */
function valuesOf(snapshot: Snapshot, metric: MetricName): (view: ContainerView) => number | undefined {
  const values = new Map(snapshot.metric(metric).map(({ labels: l, value }) => [`${l['namespace']}/${l['pod']}/${l['container']}`, value]))
  return ({ pod, name }) => values.get(`${pod.metadata.namespace}/${pod.metadata.name}/${name}`)
}

const measured = (metric: string, { workload, container }: { workload: KubeObject; container: string }, text: string): Draft => ({
  source: 'metric',
  ref: `${metric}{namespace="${workload.metadata.namespace}",container="${container}"}`,
  text,
})

const most = (group: ContainerGroup<unknown>, value: (view: ContainerView) => number | undefined): number =>
  Math.max(...group.views.map((view) => value(view) ?? -Infinity))

const limitOf = (group: ContainerGroup<unknown>, resource: 'cpu' | 'memory'): string | undefined =>
  group.views[0]!.spec.resources?.limits?.[resource]

/** Raising what the container may have, where the workload names it. */
const raise = (group: ContainerGroup<unknown>, resource: 'cpu' | 'memory', why: string): Pick<Seen, 'cause' | 'recommendations'> => {
  const object = refOf(group.workload)
  const field = containerField(group.workload, group.container, `resources.limits.${resource}`)
  const limit = limitOf(group, resource)
  return { cause: { object, field }, recommendations: limit ? [setField(object, field, doubled(limit), why)] : [] }
}

export const cpuThrottled: Rule = {
  id: 'cpu-throttled',
  title: 'A container is held back at its CPU limit',
  means:
    'In more than a quarter of its periods of the last ten minutes the kernel stopped the container because it had used up its CPU limit. It answers late, and probes with short time-outs fail.',
  looksAt: 'cadvisor’s throttled periods in Prometheus. Without Prometheus this cannot be seen.',
  mend: 'Raise the CPU limit or take it away, or mend what uses the CPU.',
  look(snapshot) {
    const share = valuesOf(snapshot, 'cpu-throttled')
    return groupContainers(snapshot, (view) => (share(view) === undefined ? null : { key: '', data: null })).map((group) => {
      const limit = limitOf(group, 'cpu')
      const pods = podNames(group.views)
      return {
        on: refOf(group.workload),
        failure: 'crash' as const,
        container: group.container,
        severity: 'warning' as const,
        summary: `Container ${group.container} of ${podsText(pods.length, group.workload)} is held back at its CPU limit${limit ? ` of ${limit}` : ''} in ${percent(most(group, share))} of the time`,
        evidence: [
          measured(
            'container_cpu_cfs_throttled_periods_total',
            group,
            `throttled in ${percent(most(group, share))} of the periods of the last 10 minutes`,
          ),
        ],
        ...raise(group, 'cpu', 'It wants more CPU than it may have.'),
        directness: 0.8,
        tokens: limit ? [String(limit)] : [],
        pods,
        // Many programs live well with it.
        tentative: group.views.every((view) => view.ready),
      }
    })
  },
}

export const memoryNearLimit: Rule = {
  id: 'memory-near-limit',
  title: 'A container is about to meet its memory limit',
  means: 'Its working set is above nine tenths of the limit, or grows so that it is there within four hours. Then the kernel kills it.',
  looksAt: 'cadvisor’s working set and limit in Prometheus. Without Prometheus this cannot be seen before it happens.',
  mend: 'Find out why it grows; raise the limit if it needs that much.',
  look(snapshot) {
    const share = valuesOf(snapshot, 'memory-near-limit')
    const growing = valuesOf(snapshot, 'memory-growing')
    return groupContainers(snapshot, (view) => ((share(view) ?? growing(view)) === undefined ? null : { key: '', data: null })).map(
      (group) => {
        const limit = limitOf(group, 'memory')
        const pods = podNames(group.views)
        const isGrowing = group.views.some((view) => growing(view) !== undefined)
        const now = most(group, share)
        const uses = now > 0 ? `uses ${percent(now)} of its memory limit` : 'is on its way to its memory limit'
        return {
          on: refOf(group.workload),
          failure: 'crash' as const,
          container: group.container,
          severity: 'warning' as const,
          summary: `Container ${group.container} of ${podsText(pods.length, group.workload)} ${uses}${limit ? ` (${limit})` : ''}${isGrowing ? ' and by its last hour will be there within four' : ''}`,
          evidence: [
            measured(
              'container_memory_working_set_bytes',
              group,
              `${now > 0 ? `${percent(now)} of the limit` : 'more than half of the limit'}${isGrowing ? `; in four hours, by the trend of the last one: ${percent(most(group, growing))}` : ''}`,
            ),
          ],
          ...raise(group, 'memory', 'It is about to be killed for lack of memory.'),
          directness: isGrowing ? 0.8 : 0.7,
          tokens: limit ? [String(limit)] : [],
          pods,
          // A cache that fills its limit is how it is meant.
          tentative: true,
          ...(isGrowing && !limit
            ? { recommendations: [advise('See whether memory grows without bound', 'A leak meets every limit in the end.')] }
            : {}),
        }
      },
    )
  },
}
