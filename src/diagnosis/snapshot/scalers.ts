import type { KubeObject } from '#cluster'
import { condition } from './containers.ts'
import { editsOf } from './edits.ts'
import type { Snapshot } from './snapshot.ts'

/** Autoscalers of what is asked about: how many there are of it is theirs to say. One at its maximum counts only while that is not enough. */
export const scalersOf = (snapshot: Snapshot, workloads: readonly KubeObject[]): KubeObject[] =>
  snapshot
    .all('HorizontalPodAutoscaler')
    .filter(
      (hpa) =>
        workloads.some((w) => isTarget(w, hpa)) &&
        (condition(hpa, 'ScalingLimited')?.reason !== 'TooManyReplicas' ||
          wantsMore(hpa) ||
          (!hpa.status?.currentMetrics?.length && editsOf(hpa).some((e) => e.field === 'spec.maxReplicas'))),
    )

const isTarget = ({ kind, metadata: { name, namespace } }: KubeObject, { metadata, spec }: KubeObject): boolean =>
  namespace === metadata.namespace && kind === spec?.scaleTargetRef?.kind && name === spec.scaleTargetRef.name

/** Whether a resource is used well beyond what it aims at. */
export function wantsMore({ spec, status }: KubeObject): boolean {
  return (spec?.metrics ?? []).some((metric: any) => {
    const { name, target } = metric.resource ?? metric.containerResource ?? {}
    const now = (status?.currentMetrics ?? []).map((m: any) => m.resource ?? m.containerResource).find((m: any) => m?.name === name)
    return now?.current?.averageUtilization > target?.averageUtilization * 1.1
  })
}
