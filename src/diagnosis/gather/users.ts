import type { KubeObject } from '#cluster'
import type { DiagnosisRequest } from '../request.ts'
import { isBacklog, keptNames } from '../snapshot/backlog.ts'
import { editsOf } from '../snapshot/edits.ts'
import { holdsOf } from '../snapshot/holds.ts'
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
  if (told.length > 0 || !isBacklog(alert)) return awake(snapshot, told)
  const callers = others.filter((w) =>
    callsOf(snapshot, w).some(({ service: { namespace, name } }) =>
      snapshot
        .podsSelected(namespace ?? '', snapshot.get('Service', namespace, name)?.spec?.selector)
        .some((pod) => brokers.includes(snapshot.workloadOf(pod))),
    ),
  )
  return awake(snapshot, callers)
}

const WEEK = 7 * 24 * 3_600_000

/** Beside others with pods one that has been asleep for long, and is held by nobody, is not missed: a preview, an old version. */
function awake(snapshot: Snapshot, users: readonly KubeObject[]): KubeObject[] {
  const isAsleep = (w: KubeObject): boolean =>
    w.spec?.replicas === 0 &&
    !editsOf(w).some((e) => e.field === 'spec.replicas' && e.at !== null && snapshot.now - e.at < WEEK) &&
    !snapshot.customs.some(
      (o) => o.metadata.namespace === w.metadata.namespace && o.spec?.scaleTargetRef?.name === w.metadata.name && holdsOf(o).length > 0,
    )
  return users.every(isAsleep) ? [...users] : users.filter((w) => !isAsleep(w))
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
