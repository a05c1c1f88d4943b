import { refOf, type KubeObject } from '#cluster'
import { entry } from '../../snapshot/field-path.ts'
import { condition } from '../../snapshot/containers.ts'
import { time } from '../../snapshot/events.ts'
import { lastWrite } from '../../snapshot/edits.ts'
import { nearest } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { ObjectRef } from '#kinds/result'
import { makersOf } from '../../snapshot/custom-links.ts'
import { groupPods, oldest, podNames } from '../run/pods.ts'
import { advise, inspect } from '../recommend.ts'
import { podsText, type Place, type Rule, type Seen } from '../rule.ts'
import { missingOf } from './config-missing-words.ts'
import { referenceField, type Missing } from './config-reference.ts'

export const configMissing: Rule = {
  id: 'config-missing',
  title: 'A Secret, a ConfigMap or a key of one is missing',
  means:
    'A container takes a variable or a file from a Secret or ConfigMap that does not exist or lacks the key; the kubelet does not start it.',
  looksAt: 'Containers waiting in CreateContainerConfigError, and FailedMount events of pods whose containers have not started.',
  mend: 'Correct the name or key in the workload, or create what it names.',
  look: (snapshot) =>
    groupPods(snapshot, (pod) => {
      const missing = missingOf(snapshot, pod)
      return missing && { key: `${missing.kind}/${missing.name}/${missing.key}/${missing.container}/${missing.volume}`, data: missing }
    }).map(({ workload, pods, data }) => seen(snapshot, workload, pods, data)),
}

function seen(snapshot: Snapshot, workload: KubeObject, pods: KubeObject[], missing: Missing): Seen {
  const namespace = workload.metadata.namespace ?? ''
  const reference: Place = { object: refOf(workload), field: referenceField(workload, missing) }
  const target: ObjectRef = { apiVersion: 'v1', kind: missing.kind, namespace, name: missing.name }
  const existing = missing.kind === 'ConfigMap' ? snapshot.get('ConfigMap', namespace, missing.name) : undefined
  const there: Place = { object: target, field: missing.key === null ? null : entry('data', missing.key) }
  const onceWorked = hasWorked(snapshot, workload, pods)
  const sourceChanged =
    missing.key !== null && existing !== undefined && (lastWrite(existing) ?? 0) > (time(pods[0]!.metadata.creationTimestamp) ?? 0)
  const [cause, other] = onceWorked || sourceChanged ? [there, reference] : [reference, there]
  const names = missing.kind === 'ConfigMap' ? snapshot.all('ConfigMap', namespace).map((o) => o.metadata.name) : []
  const near = missing.key === null ? nearest(missing.name, names) : nearest(missing.key, Object.keys(existing?.data ?? {}))
  const what = missing.key === null ? `${missing.kind} ${missing.name}` : `key ${missing.key} of ${missing.kind} ${missing.name}`
  return {
    on: refOf(workload),
    failure: 'startup',
    container: missing.container,
    severity: 'critical',
    summary: `${podsText(pods.length, workload)} cannot start: ${what} does not exist${near ? ` (there is ${near})` : ''}`,
    evidence: [missing.said],
    cause,
    since: oldest(pods),
    directness: 0.9,
    // What should have written it may say why it has not.
    blames: makersOf(snapshot, target),
    tokens: [missing.key ?? missing.name],
    pods: podNames(pods),
    alternatives: [{ ...other, summary: other === there ? `${what} should exist` : `The reference to ${what} is wrong` }],
    recommendations: [
      inspect(
        `See what ${missing.kind}s there are`,
        `${what} is named by the workload and does not exist.`,
        `kubectl get ${missing.kind.toLowerCase()}s -n ${namespace}`,
      ),
      advise(
        near ? `Use ${near} in place of ${missing.key ?? missing.name}, or create ${what}` : `Create ${what}, or correct the reference`,
        'The kubelet tries again by itself once it exists.',
      ),
    ],
  }
}

/** Whether pods of the same template have run: then the reference was right and what it names went away. */
function hasWorked(snapshot: Snapshot, workload: KubeObject, failing: KubeObject[]): boolean {
  const progressing = condition(workload, 'Progressing')
  const cameUp = progressing?.reason === 'NewReplicaSetAvailable' ? time(progressing.lastUpdateTime) : null
  if (cameUp !== null && cameUp < (time(failing[0]!.metadata.creationTimestamp) ?? 0)) return true
  const owner = failing[0]!.metadata.ownerReferences?.find((o) => o.controller)?.uid
  if (!owner) return false
  const others = snapshot
    .podsOf(workload)
    .filter((pod) => !failing.includes(pod) && pod.metadata.ownerReferences?.some((o) => o.uid === owner))
  return others.some(
    (pod) =>
      pod.metadata.labels?.['controller-revision-hash'] === failing[0]!.metadata.labels?.['controller-revision-hash'] &&
      pod.status?.phase === 'Running',
  )
}
