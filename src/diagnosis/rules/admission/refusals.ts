import type { KubeObject } from '#cluster'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { ownerOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { fromEvent, fromObject, type Draft } from '../rule.ts'

/** Pods that a controller wants and the API server does not let it make. */
export interface Refusal {
  workload: KubeObject
  /** The ReplicaSet, StatefulSet, DaemonSet or Job that tries. */
  owner: KubeObject
  message: string
  said: Draft
  /** ms */
  since: number | null
  missing: number
}

/** All refusals that stand now; one that was overcome is none, whatever events say. */
export const refusals = (snapshot: Snapshot): Refusal[] => snapshot.once('refusals', () => findAll(snapshot))

function findAll(snapshot: Snapshot): Refusal[] {
  return (['ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Job'] as const)
    .flatMap((kind) => snapshot.all(kind))
    .map((owner) => refusalOf(snapshot, owner))
    .concat(
      snapshot.all('Deployment').map(noReplicaSet),
      snapshot.all('CronJob').map((cron) => noJob(snapshot, cron)),
    )
    .filter((r) => r !== null)
}

/** A Deployment whose next ReplicaSet is refused. */
function noReplicaSet(workload: KubeObject): Refusal | null {
  const failed = condition(workload, 'Progressing')
  if (failed?.status !== 'False' || failed.reason !== 'ReplicaSetCreateError') return null
  const message = String(failed.message ?? '')
  const missing = (workload.spec?.replicas ?? 1) - (workload.status?.updatedReplicas ?? 0)
  return {
    workload,
    owner: workload,
    message,
    said: fromObject(workload, `Progressing = False: ${message}`),
    since: time(failed.lastTransitionTime),
    missing,
  }
}

/** A CronJob whose last Job was refused, and that has made none since. */
function noJob(snapshot: Snapshot, workload: KubeObject): Refusal | null {
  const event = snapshot.eventsOf(workload).find((e) => e.reason === 'FailedCreate' || e.reason === 'SuccessfulCreate')
  if (event?.reason !== 'FailedCreate') return null
  return { workload, owner: workload, message: event.message, said: fromEvent(event), since: event.first, missing: 1 }
}

function refusalOf(snapshot: Snapshot, owner: KubeObject): Refusal | null {
  const missing = missingPods(owner)
  if (missing <= 0) return null
  const workload = snapshot.workloadOf(owner)
  const event = snapshot.eventsOf(owner).find((e) => e.reason === 'FailedCreate' || e.reason === 'FailedUpdate')
  const failure =
    condition(owner, 'ReplicaFailure') ?? (ownerOf(owner)?.kind === 'Deployment' ? condition(workload, 'ReplicaFailure') : undefined)
  const failing = failure?.status === 'True' ? failure : undefined
  const message = String(event?.message ?? failing?.message ?? '')
  if (message === '') return null
  const said = event ? fromEvent(event) : fromObject(owner, `ReplicaFailure: ${message}`)
  return { workload, owner, message, said, since: event?.first ?? null, missing }
}

function missingPods({ kind, spec, status }: KubeObject): number {
  if (kind === 'DaemonSet') return (status?.desiredNumberScheduled ?? 0) - (status?.currentNumberScheduled ?? 0)
  if (kind === 'Job') return spec?.suspend || status?.succeeded || status?.failed || status?.completionTime ? 0 : 1 - (status?.active ?? 0)
  return (spec?.replicas ?? 1) - (status?.replicas ?? 0)
}
