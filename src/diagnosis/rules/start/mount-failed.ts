import { refOf, type KubeObject } from '#cluster'
import type { KubeEvent } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { groupPods, oldest, podNames } from '../run/pods.ts'
import { advise } from '../recommend.ts'
import { fromEvent, podsText, type Rule } from '../rule.ts'
import { judgeMount } from './mount-verdict.ts'

const REASONS = new Set(['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'FailedCreatePodSandBox', 'NetworkNotReady'])

export const mountFailed: Rule = {
  id: 'mount-failed',
  title: 'A volume or the network of a pod cannot be set up',
  means: 'The pod has a node, but a volume cannot be attached or mounted there, or its network cannot be made; no container starts.',
  looksAt: 'FailedMount, FailedAttachVolume and FailedCreatePodSandBox events of pods none of whose containers has started.',
  mend: 'Correct the volume; let the pod that holds it go; mend the storage or network plug-in of the node.',
  look: (snapshot) =>
    groupPods(snapshot, (pod) => {
      const event = telling(snapshot, pod)
      return event && { key: event.message.replace(/"[^"]*"|[\da-f-]{8,}|\d+/g, '#'), data: event }
    }).map(({ workload, pods, data: event }) => {
      const verdict = judgeMount(snapshot, workload, pods[0]!, event)
      return {
        on: refOf(workload),
        failure: 'startup' as const,
        severity: 'critical' as const,
        summary: `${podsText(pods.length, workload)} cannot start: ${verdict.says}`,
        evidence: [fromEvent(event)],
        cause: verdict.cause,
        since: oldest(pods),
        directness: verdict.directness,
        open: verdict.open ?? false,
        blames: verdict.blames ?? [],
        tokens: [...event.message.matchAll(/"([^"]{2,100})"/g)].map((m) => m[1]!),
        pods: podNames(pods),
        recommendations: [advise(verdict.mend, event.message.slice(0, 300))],
      }
    }),
}

function telling(snapshot: Snapshot, pod: KubeObject): KubeEvent | null {
  if (pod.status?.phase !== 'Pending' || !pod.spec?.nodeName) return null
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  if (statuses.some((s) => s.state?.running || s.state?.terminated)) return null
  const events = snapshot
    .eventsOf(pod)
    .filter(
      (e) => REASONS.has(e.reason) && !/(?:secret|configmap)s? "[^"]+" not found|non-existent (?:config|secret)? ?key/i.test(e.message),
    )
  // "timed out waiting for the condition" repeats what another event said better.
  return events.find((e) => !/timed out waiting|unmounted volumes=/.test(e.message)) ?? events[0] ?? null
}
