import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { isCrashing, lastEnd, type ContainerView } from '../../snapshot/containers.ts'
import { containerField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { exitText } from './exit-codes.ts'
import { eventsOfContainer, groupContainers, podNames, troubleSince } from './pods.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, fromObject, podsText, type Draft, type Rule } from '../rule.ts'

const NOT_STARTED = new Set(['StartError', 'ContainerCannotRun'])

export const crashLoop: Rule = {
  id: 'crash-loop',
  title: 'A container keeps ending',
  means: 'The program starts and ends, again and again; Kubernetes waits longer each time before it starts it anew.',
  looksAt: 'Containers in CrashLoopBackOff or ended with an error, their exit codes and the last lines of their logs.',
  mend: 'The log of the run before says why; if nothing does, go back to the revision that ran.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => {
      const end = lastEnd(view)
      if (!isCrashing(view, snapshot.now) || end?.reason === 'OOMKilled' || NOT_STARTED.has(end?.reason ?? '')) return null
      return { key: `${end?.exitCode ?? ''}`, data: end }
    }).map(({ workload, container, views, data: end, init }) => {
      const pods = podNames(views)
      const worst = views.reduce((a, b) => (b.restarts > a.restarts ? b : a))
      const often = worst.restarts > 0 ? ` (${worst.restarts} restarts)` : ''
      const what = init ? 'Init container' : 'Container'
      // The container is killed when what it does right after its start fails.
      const hook = eventsOfContainer(snapshot, worst, 'FailedPostStartHook')[0]
      const command = end?.exitCode === 0 || end?.exitCode === 126 || end?.exitCode === 127
      return {
        on: refOf(workload),
        failure: init ? ('startup' as const) : ('crash' as const),
        container,
        severity: 'critical' as const,
        summary: `${what} ${container} of ${podsText(pods.length, workload)} keeps ending${often}${end ? `: ${exitText(end)}` : ''}`,
        evidence: [
          fromObject(
            worst.pod,
            `container ${container}: ${worst.waiting?.reason ?? 'ended'}${end ? `, ${end.reason || 'Error'}, exit code ${end.exitCode}` : ''}, ${worst.restarts} restarts`,
          ),
          ...lastWords(snapshot, worst),
          ...(hook ? [fromEvent(hook)] : []),
          ...eventsOfContainer(snapshot, worst, 'BackOff')
            .slice(0, 1)
            .map((e) => ({ source: 'event' as const, ref: e.ref, text: `${e.reason}: ${e.message} (${e.count} times)` })),
        ],
        cause: {
          object: refOf(workload),
          field: containerField(
            workload,
            container,
            hook ? 'lifecycle.postStart' : command ? 'command' : isFirst(snapshot, workload) ? 'image' : '',
          ),
        },
        since: troubleSince(snapshot, views),
        directness: hook ? 0.82 : 0.3,
        open: !hook,
        tokens: lastWords(snapshot, worst).flatMap((d) => [...d.text.matchAll(/["'`]([^"'`\s]{3,120})["'`]/g)].map((m) => m[1]!)),
        pods,
        recommendations: [
          inspect(
            'Read the log of the run before',
            'It holds the last words of the program.',
            `kubectl logs ${worst.pod.metadata.name} -n ${worst.pod.metadata.namespace} -c ${container} --previous`,
          ),
        ],
      }
    }),
}

/** A program that never ran otherwise is more likely wrong itself than one of which an old change is known, or one without a template. */
const isFirst = (snapshot: Snapshot, workload: KubeObject): boolean => workload.kind !== 'Pod' && changesOf(snapshot, workload).length === 0

const ERROR = /\b(?:error|fatal|fail(?:ed|ure)?|panic|exception|cannot|can't|unable|invalid|missing|denied|refused|traceback|abort)/i

/** The lines that come nearest to saying why: the last that speak of an error, else the last of all. */
function lastWords(snapshot: Snapshot, view: ContainerView): Draft[] {
  const previous = view.last !== null && !view.terminated
  const lines = snapshot.log(view, previous) ?? snapshot.log(view, !previous) ?? []
  const ref = `log/${view.pod.metadata.namespace}/${view.pod.metadata.name}/${view.name}${previous ? '#previous' : ''}`
  const telling = lines
    .slice(-50)
    .filter((line) => ERROR.test(line))
    .slice(-2)
  const words = telling.length > 0 ? telling : lines.slice(-2)
  const message = lastEnd(view)?.message
  return [
    ...(message ? [fromObject(view.pod, `termination message: ${message.slice(-300)}`)] : []),
    ...words.map((text): Draft => ({ source: 'log', ref, text: text.trim() })),
  ]
}
