import type { KubeObject } from '#cluster'

/**
 * What of an object is kept in memory: who it is, who made it, and the few fields that tell whether it is well. Of 5,000 pods that is
 * some megabytes; whole they are a hundred.
 */
export function pruneWatched(object: KubeObject): KubeObject {
  const { kind, apiVersion, metadata, spec, status } = object
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  const hash = metadata.labels?.['pod-template-hash']
  const kept: KubeObject = {
    apiVersion,
    kind,
    metadata: {
      name: metadata.name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      ...(metadata.uid !== undefined && { uid: metadata.uid }),
      ...(metadata.resourceVersion !== undefined && { resourceVersion: metadata.resourceVersion }),
      ...(metadata.deletionTimestamp !== undefined && { deletionTimestamp: metadata.deletionTimestamp }),
      ...(owner && { ownerReferences: [owner] }),
      ...(hash !== undefined && { labels: { 'pod-template-hash': hash } }),
    },
  }
  if (kind === 'Node') return { ...kept, spec: { unschedulable: spec?.unschedulable }, status: { conditions: conditions(status, 'Ready') } }
  if (kind === 'Job') return { ...kept, status: { conditions: conditions(status, 'Failed', 'Complete') } }
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].filter(isOdd).map(container)
  const unscheduled = conditions(status, 'PodScheduled').filter((one) => one.status === 'False')
  return containers.length + unscheduled.length === 0 ? kept : { ...kept, status: { containers, conditions: unscheduled } }
}

/** Most containers run and have never ended: nothing is kept of them. */
const isOdd = ({ state, lastState }: any): boolean => Boolean(state?.waiting ?? state?.terminated ?? lastState?.terminated)

const MAX_MESSAGE = 512

function container({ name, restartCount, state, lastState }: any): object {
  return {
    name,
    restartCount,
    waiting: state?.waiting && { reason: state.waiting.reason, message: cut(state.waiting.message) },
    startedAt: state?.running?.startedAt,
    ended: end(state?.terminated),
    before: end(lastState?.terminated),
  }
}

const end = (terminated: any): object | undefined =>
  terminated && { reason: terminated.reason, exitCode: terminated.exitCode, finishedAt: terminated.finishedAt }

const conditions = (status: any, ...types: string[]): any[] =>
  (status?.conditions ?? [])
    .filter(({ type }: any) => types.includes(type))
    .map((one: any) => ({
      type: one.type,
      status: one.status,
      reason: one.reason,
      message: cut(one.message),
      lastTransitionTime: one.lastTransitionTime,
    }))

const cut = (text: unknown): string | undefined => (typeof text === 'string' ? text.slice(0, MAX_MESSAGE) : undefined)
