import type { KubeObject } from '../../reader.ts'
import { age, column, NONE, since, wide, type Column } from './format.ts'

/** The columns of pods. STATUS is not a field of a pod: kubectl's users know the words that an API server makes of its containers' states. */
export const podColumns: Column[] = [
  column('Ready', (pod) => {
    const { ready, total } = summaryOf(pod)
    return `${ready}/${total}`
  }),
  column('Status', (pod) => summaryOf(pod).status),
  column('Restarts', (pod, now) => {
    const { restarts, lastRestart } = summaryOf(pod)
    return restarts > 0 && lastRestart ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts)
  }),
  age,
  wide('IP', (pod) => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? NONE),
  wide('Node', (pod) => pod.spec?.nodeName ?? NONE),
  wide('Nominated Node', (pod) => pod.status?.nominatedNodeName ?? NONE),
  wide('Readiness Gates', (pod) => {
    const gates: any[] = pod.spec?.readinessGates ?? []
    if (gates.length === 0) return NONE
    return `${gates.filter((gate) => isTrue(pod, gate.conditionType)).length}/${gates.length}`
  }),
]

interface Summary {
  ready: number
  total: number
  status: string
  restarts: number
  /** When a container last ended before it was started again. */
  lastRestart: string
}

const isTrue = (pod: KubeObject, type: string): boolean =>
  (pod.status?.conditions ?? []).some((condition: any) => condition.type === type && condition.status === 'True')

const endOf = ({ reason, signal, exitCode }: any): string => reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)

/** Follows printPod of k8s.io/kubernetes/pkg/printers/internalversion/printers.go. */
export function summaryOf(pod: KubeObject): Summary {
  const status = pod.status ?? {}
  const sidecars = new Set<string>(
    (pod.spec?.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always').map((c: any) => c.name),
  )
  const summary: Summary = {
    ready: 0,
    total: (pod.spec?.containers ?? []).length + sidecars.size,
    status: status.reason || status.phase || 'Unknown',
    restarts: 0,
    lastRestart: '',
  }
  if ((status.conditions ?? []).some((c: any) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated'))
    summary.status = 'SchedulingGated'

  const initializing = addInitContainers(summary, pod, sidecars)
  if (!initializing || isTrue(pod, 'Initialized')) addContainers(summary, pod, sidecars)

  if (pod.metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') summary.status = 'Unknown'
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') summary.status = 'Terminating'
  }
  return summary
}

function countRestarts(summary: Summary, container: any): void {
  summary.restarts += container.restartCount ?? 0
  const ended = container.lastState?.terminated?.finishedAt ?? ''
  if (ended > summary.lastRestart) summary.lastRestart = ended
}

/** Whether the pod still waits for an init container; the first one that is not done gives the status. */
function addInitContainers(summary: Summary, pod: KubeObject, sidecars: ReadonlySet<string>): boolean {
  const count = (pod.spec?.initContainers ?? []).length
  for (const [index, container] of (pod.status?.initContainerStatuses ?? []).entries()) {
    countRestarts(summary, container)
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready++
      continue
    }
    if (terminated) summary.status = `Init:${endOf(terminated)}`
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.status = `Init:${waiting.reason}`
    else summary.status = `Init:${index}/${count}`
    return true
  }
  return false
}

function addContainers(summary: Summary, pod: KubeObject, sidecars: ReadonlySet<string>): void {
  // Once it runs, only the init containers that run on count.
  summary.restarts = 0
  summary.lastRestart = ''
  for (const container of pod.status?.initContainerStatuses ?? []) if (sidecars.has(container.name)) countRestarts(summary, container)
  let running = false
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    countRestarts(summary, container)
    const { waiting, terminated, running: runs } = container.state ?? {}
    if (waiting?.reason) summary.status = waiting.reason
    else if (terminated) summary.status = endOf(terminated)
    else if (container.ready && runs) {
      running = true
      summary.ready++
    }
  }
  if (summary.status === 'Completed' && running) summary.status = isTrue(pod, 'Ready') ? 'Running' : 'NotReady'
}
