import { refOf, type KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { COMPONENT, SYSTEM_NAMESPACES } from '../../snapshot/well-known.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const controllersBehind: Rule = {
  id: 'controllers-behind',
  title: 'Nobody acts on a change of a workload',
  means:
    'The API server has accepted a change, but the controller that should act on it has not even seen it: the controller manager is down or cannot reach the API.',
  looksAt:
    'generation against observedGeneration of Deployments, StatefulSets and DaemonSets, and the static pods of the controller manager.',
  mend: 'Bring kube-controller-manager back: its manifest, its certificate, its lease.',
  look: (snapshot) =>
    (['Deployment', 'StatefulSet', 'DaemonSet'] as const)
      .flatMap((kind) => snapshot.all(kind))
      .filter((workload) => isBehind(snapshot, workload))
      .map((workload) => behind(snapshot, workload)),
}

const PATIENCE = 120_000

/** Whether a change was made minutes ago and its controller has not taken note of it. */
function isBehind(snapshot: Snapshot, { metadata, status, ...rest }: KubeObject): boolean {
  const generation = Number(metadata['generation'] ?? 0)
  if (generation <= Number(status?.observedGeneration ?? 0) || metadata.deletionTimestamp) return false
  const written = lastWrite({ metadata, ...rest } as KubeObject)
  return written !== null && snapshot.now - written > PATIENCE
}

/** Static pods of one component of the control plane; none where it is managed by somebody else. */
export const componentPods = (snapshot: Snapshot, component: string): KubeObject[] =>
  [...SYSTEM_NAMESPACES].flatMap((ns) => snapshot.all('Pod', ns)).filter((p) => p.metadata.labels?.[COMPONENT] === component)

function behind(snapshot: Snapshot, workload: KubeObject): Seen {
  const object = refOf(workload)
  const generation = workload.metadata['generation']
  return {
    on: object,
    failure: 'rollout',
    severity: 'critical',
    summary: `The last change of ${object.kind} ${object.namespace}/${object.name} was accepted, and no controller acts on it`,
    evidence: [fromObject(workload, `generation ${generation}, observedGeneration ${workload.status?.observedGeneration ?? 0}`)],
    cause: { object, field: null },
    since: lastWrite(workload),
    directness: 0.5,
    open: true,
    blames: componentPods(snapshot, 'kube-controller-manager').map(refOf),
    recommendations: [
      inspect(
        'Look at the controller manager',
        'It should have acted.',
        'kubectl get pods -n kube-system; kubectl get lease -n kube-system',
      ),
    ],
  }
}
