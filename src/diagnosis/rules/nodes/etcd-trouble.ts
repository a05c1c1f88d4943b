import { refOf, type KubeObject } from '#cluster'
import { isCrashing } from '../../snapshot/containers.ts'
import { containerField } from '../../snapshot/field-path.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { componentPods } from '../controllers/controllers-behind.ts'
import { allSettings } from '../run/limit-setting.ts'
import { placeOf } from '../logs/log-rule.ts'
import { groupContainers, podNames, troubleSince } from '../run/pods.ts'
import { advise, inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const etcdTrouble: Rule = {
  id: 'etcd-trouble',
  title: 'etcd refuses or delays what the API server asks of it',
  means: 'etcd’s database is full, it has no leader, or its disk is too slow: writes fail for everybody, first seen as lost leases.',
  looksAt: 'Errors of etcd that programs and the control plane quote in their logs, and the static pods of etcd.',
  mend: 'Compact and defragment etcd and disarm its alarm, or raise its quota; give it a faster disk.',
  look: (snapshot) =>
    groupContainers(snapshot, (view) => {
      const lines = [...(snapshot.log(view, true) ?? []), ...(snapshot.log(view, false) ?? [])]
      const line = lines.findLast((l) => SAID.test(l))
      return line === undefined ? null : { key: SAID.exec(line)![1]!, data: line }
    }).map(({ workload, container, views, data: line }): Seen => {
      const crashes = views.some((v) => isCrashing(v, snapshot.now))
      const isWell = !crashes && views.every((v) => v.ready)
      const what = SAID.exec(line)![1]!
      return {
        on: refOf(workload),
        failure: crashes ? 'crash' : isWell ? 'call' : 'unready',
        container,
        severity: 'critical',
        summary: `etcd ${WORDS[what] ?? 'fails'}: container ${container} of ${workload.kind} ${workload.metadata.name} says so`,
        evidence: [
          { source: 'log', ref: `log/${workload.metadata.namespace}/${workload.metadata.name}/${container}`, text: line.slice(0, 400) },
        ],
        cause: ofItsOwn(snapshot, workload, what) ?? place(snapshot, what) ?? { object: refOf(workload), field: null },
        since: troubleSince(snapshot, views),
        directness: 0.85,
        pods: podNames(views),
        tentative: isWell,
        recommendations: [
          inspect('See which alarm etcd has raised', line.slice(0, 200), 'kubectl logs -n kube-system -l component=etcd --tail=50'),
          ...(what.includes('space')
            ? [advise('Compact and defragment etcd, disarm the alarm, and raise --quota-backend-bytes', 'Until then it takes no writes.')]
            : []),
        ],
      }
    }),
}

const SAID = /etcdserver: (mvcc: database space exceeded|no leader|request timed out|leader changed|not capable|too many requests)/

const WORDS: Readonly<Record<string, string>> = {
  'mvcc: database space exceeded': 'is full',
  'no leader': 'has no leader',
  'request timed out': 'answers too slowly',
  'leader changed': 'changes its leader',
  'too many requests': 'is overloaded',
}

/** Programs may have an etcd of their own: they call a Service with its port. */
function ofItsOwn(snapshot: Snapshot, workload: KubeObject, what: string) {
  for (const { service } of callsOf(snapshot, workload)) {
    const found = snapshot.get('Service', service.namespace, service.name)
    if (!found?.spec?.ports?.some((p: any) => p.port === PORT || p.targetPort === PORT)) continue
    const [pod] = snapshot.podsSelected(service.namespace ?? '', found.spec.selector)
    if (!pod) continue
    const server = snapshot.workloadOf(pod)
    const quota = namedSettings(allSettings(snapshot, server)).find(({ words }) => words.endsWith('quota backend bytes'))
    return what.includes('space') && quota ? placeOf(quota.setting) : { object: refOf(server), field: null }
  }
  return null
}

/** etcd's port for clients. */
const PORT = 2379

function place(snapshot: Snapshot, what: string) {
  const pod = componentPods(snapshot, 'etcd')[0]
  if (!pod) return null
  const container = pod.spec?.containers?.[0]
  const words: string[] = [...(container?.command ?? [])]
  const at = what.includes('space') ? words.findIndex((w) => w.startsWith('--quota-backend-bytes')) : -1
  return { object: refOf(pod), field: at >= 0 ? containerField(pod, container.name, `command[${at}]`) : null }
}
