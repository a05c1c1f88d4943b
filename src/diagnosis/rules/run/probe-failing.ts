import { refOf, type KubeObject } from '#cluster'
import { hasSettled, isCrashing, isReady, lastEnd, type ContainerView } from '../../snapshot/containers.ts'
import type { KubeEvent } from '../../snapshot/events.ts'
import { containerField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { eventsOfContainer, groupContainers, podNames, troubleSince } from './pods.ts'
import { judgeProbe, type ProbeKind } from './probe-verdict.ts'
import { advise, inspect } from '../recommend.ts'
import { fromEvent, fromObject, podsText, type Rule } from '../rule.ts'
import { jsonText } from '../../snapshot/json-text.ts'

export const probeFailing: Rule = {
  id: 'probe-failing',
  title: 'A probe fails',
  means:
    'The kubelet asks the container whether it is well and gets no or a bad answer. A failing readiness probe takes the pod out of its Services; a failing liveness or startup probe restarts the container.',
  looksAt:
    'Containers that run but are not ready or were restarted by the kubelet, the Unhealthy and Killing events of their pods, the ports that are declared and those that the log says are listened on.',
  mend: 'Correct the port, path, scheme or timing of the probe, or mend what the program waits for.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => {
      const probe = failing(snapshot, view)
      return probe && { key: probe.kind, data: probe }
    }).map(({ workload, container, views, data }) => {
      const { kind, event } = data
      const verdict = judgeProbe(snapshot, views[0]!, kind, event?.message ?? '')
      const name = `${kind}Probe`
      const pods = podNames(views)
      const rest = verdict.field === null ? name : `${name}.${verdict.field}`
      return {
        on: refOf(workload),
        failure: kind === 'readiness' ? ('unready' as const) : ('crash' as const),
        container,
        severity: 'critical' as const,
        summary: `Container ${container} of ${podsText(pods.length, workload)} fails its ${kind} probe: ${verdict.says}`,
        evidence: [
          event ? fromEvent(event) : fromObject(views[0]!.pod, `container ${container} runs and is not ready`),
          fromObject(workload, `${containerField(workload, container, name)} = ${jsonText(views[0]!.spec[name] ?? null)}`),
          ...verdict.evidence,
        ],
        cause: { object: refOf(workload), field: containerField(workload, container, rest) },
        since: troubleSince(snapshot, views),
        directness: verdict.directness,
        open: verdict.open,
        tokens: verdict.tokens,
        pods,
        recommendations: verdict.open
          ? [
              inspect(
                'Read what the container says',
                'The probe only says that it is not well.',
                `kubectl logs ${views[0]!.pod.metadata.name} -n ${views[0]!.pod.metadata.namespace} -c ${container}`,
              ),
            ]
          : [advise(`Correct ${containerField(workload, container, rest)}`, verdict.says)],
      }
    }),
}

/** The probe that is in the way now, with the newest event of it. */
function failing(snapshot: Snapshot, view: ContainerView): { kind: ProbeKind; event: KubeEvent | undefined } | null {
  if (view.init && !view.sidecar) return null
  const events = eventsOfContainer(snapshot, view, 'Unhealthy', 'ProbeWarning')
  const of = (kind: ProbeKind): KubeEvent | undefined => events.find((e) => e.message.toLowerCase().startsWith(kind))
  const killed = eventsOfContainer(snapshot, view, 'Killing').find(
    (e) => /failed (liveness|startup) probe/.test(e.message) && e.message.includes(view.name),
  )
  const isDown = !view.ready || !isReady(view.pod)
  if (killed && view.restarts > 0 && (isDown || (snapshot.now - (killed.last ?? 0) < 3_600_000 && !hasSettled(view, snapshot.now)))) {
    const kind = /failed startup/.test(killed.message) ? 'startup' : 'liveness'
    return { kind, event: of(kind) ?? killed }
  }
  // Nobody but the kubelet ends a container by a signal, again and again; what it says of it may not have been recorded.
  const [kind, said] = of('startup') ? (['startup', of('startup')] as const) : (['liveness', of('liveness')] as const)
  if (said && view.restarts > 0 && isEndedBySignal(view) && isCrashing(view, snapshot.now)) return { kind, event: said }
  if (!view.running || view.ready) return null
  if (view.spec.startupProbe && isStarting(view.pod, view.name) && of('startup')) return { kind: 'startup', event: of('startup') }
  if (!view.spec.readinessProbe) return null
  const event = of('readiness')
  // Freshly started containers are not ready for a while: that alone is no fault.
  return event || snapshot.now - (view.running.started ?? 0) > 600_000 ? { kind: 'readiness', event } : null
}

const isEndedBySignal = (view: ContainerView): boolean => {
  const end = lastEnd(view)
  return end !== null && end.reason !== 'OOMKilled' && (end.exitCode === 137 || end.exitCode === 143)
}

const isStarting = (pod: KubeObject, name: string): boolean =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].some(
    (s: any) => s.name === name && s.started === false,
  )
