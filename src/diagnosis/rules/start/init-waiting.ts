import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { containerField, containerSpec } from '../../snapshot/field-path.ts'
import { KINDS, type Kind } from '../../snapshot/kinds.ts'
import { groupContainers, oldest, podNames } from '../run/pods.ts'
import { inspect } from '../recommend.ts'
import { fromObject, podsText, type Draft, type Rule } from '../rule.ts'

const PATIENCE = 300_000

export const initWaiting: Rule = {
  id: 'init-waiting',
  title: 'An init container does not end',
  means:
    'The containers start only when every init container has ended well; this one goes on running: mostly it waits for something that does not come.',
  looksAt: 'Init containers that have been running for more than five minutes, and their logs.',
  mend: 'Mend what it waits for, or correct its command.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) =>
      view.init && !view.sidecar && view.running && snapshot.now - (view.running.started ?? snapshot.now) > PATIENCE
        ? { key: '', data: view.running.started }
        : null,
    ).map(({ workload, container, views, data: started }) => {
      const view = views[0]!
      const words = (snapshot.log(view, false) ?? []).slice(-2)
      const ref = `log/${view.pod.metadata.namespace}/${view.pod.metadata.name}/${container}`
      return {
        on: refOf(workload),
        failure: 'startup' as const,
        container,
        severity: 'critical' as const,
        summary: `Init container ${container} of ${podsText(podNames(views).length, workload)} has been running for ${Math.round((snapshot.now - (started ?? snapshot.now)) / 60_000)} minutes and does not end`,
        evidence: [
          fromObject(view.pod, `init container ${container} runs since ${new Date(started ?? 0).toISOString()}`),
          ...words.map((text): Draft => ({ source: 'log', ref, text: text.trim() })),
        ],
        cause: { object: refOf(workload), field: containerField(workload, container) },
        since: oldest(views),
        directness: 0.35,
        open: true,
        blames: waitsFor(workload, container, snapshot.log(view, false) ?? []),
        pods: podNames(views),
        recommendations: [
          inspect(
            'Read what it says',
            'It tells what it waits for.',
            `kubectl logs ${view.pod.metadata.name} -n ${view.pod.metadata.namespace} -c ${container}`,
          ),
        ],
      }
    }),
}

const NAMES: Readonly<Record<string, Kind>> = {
  job: 'Job',
  deployment: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  service: 'Service',
  svc: 'Service',
}
const NAMED = new RegExp(`\\b(${Object.keys(NAMES).join('|')})s?(?:\\.\\w+)?[/ ]["'\`]?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)`, 'g')

/** Objects of the namespace that its command or its last words name: `kubectl wait job/migrate`, `waiting for job migrate`. */
function waitsFor(workload: KubeObject, container: string, log: readonly string[]): ObjectRef[] {
  const spec = containerSpec(workload, container)?.spec ?? {}
  const text = [[...(spec.command ?? []), ...(spec.args ?? [])].join(' '), ...log.slice(-3)].join('\n')
  return [...text.matchAll(NAMED)].slice(0, 5).map(([, word, name]) => {
    const kind = NAMES[word!]!
    return { apiVersion: KINDS[kind].apiVersion, kind, namespace: workload.metadata.namespace ?? null, name: name! }
  })
}
