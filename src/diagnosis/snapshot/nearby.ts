import { customsOnto, entriesTo } from './entry.ts'
import type { KubeObject } from '#cluster'
import { workloadsKept } from './custom-links.ts'
import { podSpecOf } from './field-path.ts'
import { callsOf } from './hosts.ts'
import { isWorkloadKind } from './kinds.ts'
import { matchesSelector } from './selectors.ts'
import { configMapsOf } from './settings.ts'
import type { Snapshot } from './snapshot.ts'

/** Objects near the workloads: themselves and what belongs to them, then what they call. */
export function nearby(snapshot: Snapshot, workloads: readonly KubeObject[], object: KubeObject | null): KubeObject[][] {
  const callees = workloads.flatMap((w) =>
    callsOf(snapshot, w).flatMap(({ service: { namespace, name } }) => {
      const service = snapshot.get('Service', namespace, name)
      const pods = snapshot.podsSelected(namespace ?? '', service?.spec?.selector)
      return [...(service ? [service] : []), ...pods.map((pod) => snapshot.workloadOf(pod))]
    }),
  )
  const own = [...new Set([...(object && object.kind !== 'Namespace' ? [object] : []), ...workloads])]
  return [
    [...new Set([...own, ...own.flatMap((w) => belongings(snapshot, w))])],
    [...new Set([...callees, ...callees.flatMap((w) => belongings(snapshot, w))])],
  ]
}

/** What shapes how a workload works without being part of it. */
function belongings(snapshot: Snapshot, workload: KubeObject): KubeObject[] {
  const namespace = workload.metadata.namespace ?? null
  if (namespace === null) return []
  const labels = workload.spec?.template?.metadata?.labels ?? {}
  const maps = isWorkloadKind(workload.kind) ? configMapsOf(podSpecOf(workload)) : []
  return [
    snapshot.get('Namespace', null, namespace),
    ...(isWorkloadKind(workload.kind)
      ? [snapshot.get('ServiceAccount', namespace, podSpecOf(workload)?.serviceAccountName ?? 'default')]
      : []),
    ...maps.map((name) => snapshot.get('ConfigMap', namespace, name)),
    ...snapshot.all('Service', namespace).filter((s) => s.spec?.selector && matchesSelector({ matchLabels: s.spec.selector }, labels)),
    ...snapshot.all('NetworkPolicy', namespace).filter((p) => matchesSelector(p.spec?.podSelector, labels)),
    ...snapshot
      .all('HorizontalPodAutoscaler', namespace)
      .filter((h) => h.spec?.scaleTargetRef?.name === workload.metadata.name && h.spec.scaleTargetRef.kind === workload.kind),
    ...entriesTo(snapshot, workload, [workload]),
    ...customsOnto(snapshot, workload, [workload]),
    ...snapshot.customs.filter(
      (o) =>
        workloadsKept(snapshot, o).includes(workload) ||
        (o.metadata.namespace === namespace && o.spec?.scaleTargetRef?.name === workload.metadata.name),
    ),
  ].filter((o): o is KubeObject => o !== undefined)
}
