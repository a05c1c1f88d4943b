import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { customsNamed, unwellCustoms } from '../../snapshot/custom-links.ts'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { podField } from '../../snapshot/field-path.ts'
import { failingProvisioners } from '../../snapshot/provisioners.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { DEFAULT_SCHEDULER } from '../../snapshot/well-known.ts'
import { groupPods, oldest, podNames } from '../run/pods.ts'
import { advise, inspect } from '../recommend.ts'
import { fromEvent, fromObject, podsText, type Rule } from '../rule.ts'
import { judgePlacement } from './placement.ts'

export const unschedulable: Rule = {
  id: 'unschedulable',
  title: 'No node can take a pod',
  means:
    'The scheduler finds no node that fits what the pod asks for: resources, node labels, taints, ports, volumes, or its distance from other pods.',
  looksAt: 'Pods whose PodScheduled condition is False, the scheduler’s message, and the nodes’ labels, taints and allocatable resources.',
  mend: 'Change what the message names in the workload, or add a node that fits.',
  look: (snapshot) =>
    groupPods(snapshot, (pod) => {
      const message = reason(snapshot, pod)
      return message === null ? null : { key: message.replace(/\d+/g, '#'), data: message }
    }).map(({ workload, pods, data: message }) => {
      const verdict = judgePlacement(snapshot, workload, pods[0]!, message, pods.length)
      const event = snapshot.eventsOf(pods[0]!).find((e) => e.reason === 'FailedScheduling')
      const since = time(condition(pods[0]!, 'PodScheduled')?.lastTransitionTime) ?? oldest(pods)
      return {
        on: refOf(workload),
        failure: 'scheduling' as const,
        container: null,
        severity: 'critical' as const,
        summary: `No node can take ${podsText(pods.length, workload)}: ${verdict.says}`,
        evidence: [event ? fromEvent(event) : fromObject(pods[0]!, `PodScheduled: ${message}`), ...verdict.evidence],
        cause: verdict.cause,
        since,
        directness: verdict.directness,
        open: verdict.open,
        blames: [
          ...verdict.blames,
          ...suppliers(snapshot, pods[0]!),
          ...(NO_ROOM.test(message) ? [...failingProvisioners(snapshot).keys()].map(refOf) : []),
        ],
        tokens: verdict.tokens,
        pods: podNames(pods),
        alternatives: verdict.alternatives,
        recommendations: [
          inspect('See what the nodes have to give', 'The pod waits for one that fits.', 'kubectl describe nodes'),
          ...(verdict.cause.field
            ? [
                advise(
                  `Change ${verdict.cause.field} of ${verdict.cause.object.kind} ${verdict.cause.object.name}, or add a node that fits`,
                  verdict.says,
                ),
              ]
            : []),
        ],
      }
    }),
}

/** What one more node would mend. */
const NO_ROOM = /Insufficient|Too many pods|free ports/
/** How Karpenter, Cluster API and clouds call what becomes nodes. */
const BRINGS_NODES = /Node(?:Pool|Claim|Class|Group|Template|Set)$|^Machine(?:Set|Pool|Deployment|Claim)?$|^Provisioner$/

/** Custom resources that are unwell and should bring nodes, by their kind or by what the pod's events speak of. */
function suppliers(snapshot: Snapshot, pod: KubeObject): ObjectRef[] {
  const said = snapshot
    .eventsOf(pod)
    .map((e) => e.message.toLowerCase())
    .join('\n')
  return [...unwellCustoms(snapshot).values()].flatMap(({ object }) =>
    BRINGS_NODES.test(object.kind) || said.includes(object.kind.toLowerCase())
      ? [refOf(object), ...customsNamed(snapshot, object).map(refOf)]
      : [],
  )
}

/** Why the scheduler has not placed a pod; null when it has, or has only just seen it. */
function reason(snapshot: Snapshot, pod: KubeObject): string | null {
  if (pod.status?.phase !== 'Pending') return null
  if (pod.spec?.nodeName) {
    const isTaken = (pod.status?.containerStatuses ?? []).length > 0
    return !isTaken && snapshot.find('Node', null, pod.spec.nodeName) === null ? `no node called ${pod.spec.nodeName}` : null
  }
  const scheduled = condition(pod, 'PodScheduled')
  if (scheduled?.reason === 'SchedulingGated') return null
  if (scheduled?.status === 'False') return String(scheduled.message ?? '')
  const age = snapshot.now - (time(pod.metadata.creationTimestamp) ?? snapshot.now)
  return scheduled === undefined && age > 60_000
    ? `no scheduler called ${pod.spec?.schedulerName ?? DEFAULT_SCHEDULER} has looked at it`
    : null
}

export const schedulingGated: Rule = {
  id: 'scheduling-gated',
  title: 'A pod waits behind a scheduling gate',
  means: 'The pod has schedulingGates: the scheduler does not look at it until who set them takes them away.',
  looksAt: 'Pods whose PodScheduled condition has the reason SchedulingGated.',
  mend: 'Find the controller that should lift the gate, or take the gate out of the workload.',
  look: (snapshot) =>
    groupPods(snapshot, (pod) =>
      condition(pod, 'PodScheduled')?.reason === 'SchedulingGated' ? { key: '', data: pod.spec?.schedulingGates?.[0]?.name ?? '' } : null,
    ).map(({ workload, pods, data: gate }) => ({
      on: refOf(workload),
      failure: 'scheduling' as const,
      severity: 'critical' as const,
      summary: `${podsText(pods.length, workload)} wait${pods.length === 1 ? 's' : ''} behind the scheduling gate ${gate}`,
      evidence: [fromObject(pods[0]!, `PodScheduled: SchedulingGated: ${condition(pods[0]!, 'PodScheduled')?.message ?? ''}`)],
      cause: { object: refOf(workload), field: podField(workload, gate ? `schedulingGates[name=${gate}]` : 'schedulingGates') },
      since: oldest(pods),
      directness: 0.92,
      tokens: [gate],
      pods: podNames(pods),
      recommendations: [advise(`Find out who should lift the gate ${gate}`, 'Until then no node is chosen.')],
    })),
}
