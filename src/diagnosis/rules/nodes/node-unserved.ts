import { refOf, type KubeObject } from '#cluster'
import { entry, item, podField, podSpecOf } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { untoleratedBy } from '../controllers/daemonset-placement.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const nodeUnserved: Rule = {
  id: 'node-unserved',
  title: 'A DaemonSet runs on all nodes but this',
  means:
    'The node lacks a label that the others have, or has a taint that they have not: what every node gets (logs, metrics, a network) this one does not.',
  looksAt:
    'Labels and taints of the node that an alert asks about, and the nodeSelectors and tolerations of DaemonSets that are on nearly all others.',
  mend: 'Give the node the label, or take the taint away; or let the DaemonSet tolerate it.',
  look: (snapshot) => {
    const node = snapshot.asked?.object
    return node?.kind === 'Node' ? snapshot.all('DaemonSet').flatMap((set) => absent(snapshot, set, node) ?? []) : []
  },
}

/** Of the other nodes so many have it. */
const MOST = 0.66

function absent(snapshot: Snapshot, set: KubeObject, node: KubeObject): Seen | null {
  const others = snapshot.all('Node').filter((n) => n !== node)
  const on = set.status?.desiredNumberScheduled ?? 0
  if (others.length === 0 || on < others.length * MOST || on > others.length) return null
  if (snapshot.podsOf(set).some((pod) => pod.spec?.nodeName === node.metadata.name)) return null
  const pod = podSpecOf(set)
  const name = `DaemonSet ${set.metadata.namespace}/${set.metadata.name}`
  const [key, value] = Object.entries<string>(pod?.nodeSelector ?? {}).find(([k, v]) => node.metadata.labels?.[k] !== v) ?? []
  const taint = untoleratedBy(node, pod)
  if (key === undefined && !taint) return null
  const places: Place[] = key
    ? [
        { object: refOf(node), field: entry('metadata.labels', key) },
        { object: refOf(set), field: podField(set, entry('nodeSelector', key)) },
      ]
    : [
        { object: refOf(node), field: item('spec.taints', 'key', taint.key) },
        { object: refOf(set), field: podField(set, 'tolerations') },
      ]
  const why = key
    ? `the node has ${node.metadata.labels?.[key] === undefined ? 'no label' : 'another value of'} ${key}, and ${value} is asked for`
    : `it does not tolerate the taint ${taint.key}`
  return {
    on: refOf(node),
    failure: 'configuration',
    severity: 'warning',
    summary: `${name} runs on ${on} nodes and not on ${node.metadata.name}: ${why}`,
    evidence: [fromObject(set, `desiredNumberScheduled ${on}`), fromObject(node, why)],
    cause: places[0]!,
    alternatives: [{ ...places[1]!, summary: `${name} could do without it` }],
    directness: 0.62,
    tentative: true,
    recommendations: [advise(`Look at ${places[0]!.field} of Node ${node.metadata.name}`, why)],
  }
}
