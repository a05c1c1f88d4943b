import { refOf, type KubeObject } from '#cluster'
import { lastWrite } from '../../snapshot/edits.ts'
import { entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { matchesExpression } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Place, type Rule, type Seen } from '../rule.ts'

export const daemonSetPlacement: Rule = {
  id: 'daemonset-placement',
  title: 'A DaemonSet runs on no node, or where it should not',
  means:
    'No node fits its nodeSelector, affinity or tolerations; or a node that it runs on was tainted or relabelled since, and does not fit any more.',
  looksAt:
    'desiredNumberScheduled and numberMisscheduled of DaemonSets, and labels and taints of nodes. It counts only when an alert asks about it.',
  mend: 'Correct the nodeSelector or the tolerations, label the nodes, or take the taint away.',
  look: (snapshot) => snapshot.all('DaemonSet').flatMap((set) => [...nowhere(snapshot, set), ...misplaced(snapshot, set)]),
}

const seen = (set: KubeObject, summary: string, evidence: Draft[], cause: Place, others: Seen['alternatives'] = []): Seen => ({
  on: refOf(set),
  failure: 'scheduling',
  severity: 'critical',
  summary: `DaemonSet ${set.metadata.namespace}/${set.metadata.name} ${summary}`,
  evidence,
  cause,
  since: lastWrite(set),
  directness: 0.88,
  tentative: true,
  alternatives: others,
  recommendations: [advise(`Change ${cause.field} of ${cause.object.kind} ${cause.object.name}, or the nodes`, summary)],
})

function nowhere(snapshot: Snapshot, set: KubeObject): Seen[] {
  const nodes = snapshot.all('Node')
  if (set.status?.desiredNumberScheduled !== 0 || !snapshot.has('Node') || nodes.length === 0) return []
  const pod = podSpecOf(set)
  const wants = Object.entries<string>(pod?.nodeSelector ?? {})
  const lacking = wants.filter(([key, value]) => !nodes.some((n) => n.metadata.labels?.[key] === value))
  if (wants.length > 0) {
    const [key, value] = lacking[0] ?? wants[0]!
    const says =
      lacking.length > 0
        ? `runs nowhere: no node has the label ${key}=${value}`
        : 'runs nowhere: no node has all the labels of its nodeSelector'
    const field = podField(set, lacking.length > 0 ? entry('nodeSelector', key) : 'nodeSelector')
    return [
      seen(set, says, [fromObject(set, `nodeSelector ${JSON.stringify(pod.nodeSelector)}; desired 0`)], { object: refOf(set), field }),
    ]
  }
  const terms: any[] = pod?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const fits = (node: KubeObject): boolean =>
    terms.some((t) => (t.matchExpressions ?? []).every((e: any) => matchesExpression(e, node.metadata.labels ?? {})))
  if (terms.length > 0 && !nodes.some(fits)) {
    const field = podField(set, 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution')
    return [seen(set, 'runs nowhere: no node fits its node affinity', [fromObject(set, 'desired 0')], { object: refOf(set), field })]
  }
  const field = podField(set, 'tolerations')
  if (nodes.every((n) => untoleratedBy(n, pod) !== undefined))
    return [seen(set, 'runs nowhere: it tolerates the taints of no node', [fromObject(set, 'desired 0')], { object: refOf(set), field })]
  return []
}

function misplaced(snapshot: Snapshot, set: KubeObject): Seen[] {
  if (!set.status?.numberMisscheduled) return []
  const pod = podSpecOf(set)
  for (const own of snapshot.podsOf(set)) {
    const node = own.spec?.nodeName ? snapshot.get('Node', null, own.spec.nodeName) : undefined
    const taint = node && untoleratedBy(node, pod)
    if (!taint) continue
    const text = `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`
    return [
      seen(
        set,
        `still runs on node ${node.metadata.name}, whose taint ${text} it does not tolerate`,
        [
          fromObject(node, `taint ${text}${taint.timeAdded ? ` since ${taint.timeAdded}` : ''}`),
          fromObject(set, `numberMisscheduled ${set.status.numberMisscheduled}`),
        ],
        { object: refOf(set), field: podField(set, 'tolerations') },
        [
          {
            object: refOf(node),
            field: `spec.taints[key=${taint.key}]`,
            summary: `Node ${node.metadata.name} should not have the taint ${text}`,
          },
        ],
      ),
    ]
  }
  return []
}

/** A taint that keeps the pod out; those that every DaemonSet tolerates do not count. */
export function untoleratedBy(node: KubeObject, pod: any): any {
  return (node.spec?.taints ?? []).find(
    (taint: any) =>
      taint.effect !== 'PreferNoSchedule' &&
      !taint.key.startsWith('node.kubernetes.io/') &&
      !(pod?.tolerations ?? []).some(
        (t: any) =>
          (t.key === undefined || t.key === taint.key) &&
          (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')) &&
          (!t.effect || t.effect === taint.effect),
      ),
  )
}
