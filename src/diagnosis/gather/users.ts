import type { KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../diagnosis.ts'
import { isBacklog, keptNames } from '../snapshot/backlog.ts'
import { callsOf, containersIn } from '../snapshot/hosts.ts'
import { leavesOf } from '../snapshot/leaves.ts'
import { holdsWord, settingsOf } from '../snapshot/settings.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'
import { namespacesTold } from './seek.ts'

/**
 * An alert about a queue, a topic or a backlog names the broker that keeps it, and is about who should empty it: the programs that are told its
 * name, else all that call the broker.
 */

/** Workloads that should work off what the alert says is waiting at `brokers`; none for other alerts. */
export function usersOf(snapshot: Snapshot, brokers: readonly KubeObject[], alert: DiagnosisRequest['alert']): KubeObject[] {
  if (!alert) return []
  const names = keptNames(alert)
  const others = snapshot.workloads.filter((w) => !brokers.includes(w) && w.kind !== 'Pod' && w.kind !== 'Job')
  const told = names.length === 0 ? [] : others.filter((w) => names.some((name) => isTold(snapshot, w, name)))
  if (told.length > 0 || !isBacklog(alert)) return told
  return others.filter((w) =>
    callsOf(snapshot, w).some(({ service: { namespace, name } }) =>
      snapshot
        .podsSelected(namespace ?? '', snapshot.get('Service', namespace, name)?.spec?.selector)
        .some((pod) => brokers.includes(snapshot.workloadOf(pod))),
    ),
  )
}

const isTold = (snapshot: Snapshot, workload: KubeObject, name: string): boolean =>
  containersIn(workload).some((container) => settingsOf(snapshot, workload, container).some((s) => holdsWord(s.value, name))) ||
  snapshot.customs.some(
    (o) =>
      o.metadata.namespace === workload.metadata.namespace &&
      o.spec?.scaleTargetRef?.name === workload.metadata.name &&
      leavesOf(o.spec, '').some((l) => l.value === name),
  )

/** Namespaces of such programs: brokers are often shared. */
export async function userNamespaces(
  eyes: Eyes,
  snapshot: Snapshot,
  brokers: readonly KubeObject[],
  alert: DiagnosisRequest['alert'],
): Promise<string[]> {
  if (!alert) return []
  const names = keptNames(alert)
  const found = (await Promise.all(names.map((name) => namespacesTold(eyes, name)))).flat()
  if (found.length > 0 || !isBacklog(alert)) return found
  const hosts = brokers.flatMap((w) =>
    snapshot
      .all('Service', w.metadata.namespace ?? '')
      .filter((s) => snapshot.podsSelected(s.metadata.namespace ?? '', s.spec?.selector).some((pod) => snapshot.workloadOf(pod) === w))
      .map((s) => `${s.metadata.name}.${s.metadata.namespace}`),
  )
  const namespaces = await Promise.all([...new Set(hosts)].slice(0, 3).map((host) => namespacesTold(eyes, host)))
  return [...new Set(namespaces.flat())]
}
