import type { KubeObject, LogRequest } from '../reader.ts'

/** Of a log the last lines and bytes. */
const TAIL_LINES = 2_000
const LIMIT_BYTES = 256 << 10
/** Replicas that are well say the same: the logs of so many a controller. */
const WELL_REPLICAS = 3

/** Logs worth recording, those of containers in trouble first. `others` counts replicas that are well and left out. */
export interface LogsToRecord {
  troubled: LogRequest[]
  well: LogRequest[]
  others: number
}

export function logsOf(pods: readonly KubeObject[]): LogsToRecord {
  const wanted: LogsToRecord = { troubled: [], well: [], others: 0 }
  const replicas = new Map<string, number>()
  for (const pod of pods) {
    const isWell = pod.status?.phase === 'Succeeded' || statuses(pod).every(({ ready, restartCount }) => ready && !restartCount)
    if (isWell) {
      const owner = `${pod.metadata.namespace}/${pod.metadata.ownerReferences?.[0]?.uid ?? pod.metadata.uid}`
      const seen = replicas.get(owner) ?? 0
      replicas.set(owner, seen + 1)
      if (seen >= WELL_REPLICAS) {
        wanted.others++
        continue
      }
    }
    wanted[isWell ? 'well' : 'troubled'].push(...requestsOf(pod))
  }
  return wanted
}

const list = (value: unknown): any[] => (Array.isArray(value) ? value : [])
const statuses = (pod: KubeObject): any[] => list(pod.status?.containerStatuses)

/** A container that never ran has no log. */
function requestsOf({ metadata, status }: KubeObject): LogRequest[] {
  const all = [...list(status?.initContainerStatuses), ...list(status?.containerStatuses), ...list(status?.ephemeralContainerStatuses)]
  return all.flatMap(({ name, state, lastState, restartCount }): LogRequest[] => {
    const request = {
      namespace: metadata.namespace ?? '',
      pod: metadata.name,
      container: name,
      tailLines: TAIL_LINES,
      limitBytes: LIMIT_BYTES,
    }
    const hasRun = state?.running || state?.terminated || lastState?.terminated
    const ranBefore = restartCount > 0 || lastState?.terminated
    return [...(hasRun ? [{ ...request, previous: false }] : []), ...(ranBefore ? [{ ...request, previous: true }] : [])]
  })
}

export const logPath = ({ namespace, pod, container, previous }: LogRequest): string =>
  `cluster-resources/pods/logs/${namespace}/${pod}/${container}${previous ? '-previous' : ''}.log`
