import { refOf, type KubeObject } from '#cluster'
import { dutyOf, lacksNetwork, nodesWithout, type Duty } from '../../snapshot/agents.ts'
import { lastWrite } from '../../snapshot/edits.ts'
import { entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import { untoleratedBy } from './daemonset-placement.ts'
import { isWanted } from '../scheduling/placement-nodes.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

const DOES: Readonly<Record<Duty, string>> = {
  network: 'brings the network of its pods',
  storage: 'mounts volumes for its pods',
  devices: 'brings its devices',
  host: 'works on the node’s own network',
}

export const agentAbsent: Rule = {
  id: 'agent-absent',
  title: 'A node lacks an agent that its pods need',
  means:
    'The DaemonSet that brings network, storage or devices to nodes has no pod on this one: it does not tolerate a taint of the node, or does not select it. What needs the agent fails there, and only there.',
  looksAt:
    'DaemonSets that mount the node’s CNI, kubelet or device plug-in folders or use its network, the nodes that they have no pod on, and why.',
  mend: 'Add the toleration to the DaemonSet (agents mostly tolerate everything), or take the taint away; correct its nodeSelector or the node’s label.',
  look: (snapshot) =>
    snapshot.all('DaemonSet').flatMap((set) => {
      const duty = dutyOf(set)
      if (duty === null || snapshot.podsOf(set).length === 0) return []
      const without = nodesWithout(snapshot, set)
      // A node that it selects and still has no pod on tells more than one that it may leave out on purpose.
      const selected = without.filter((node) => isWanted(podSpecOf(set), node))
      return (selected.some((node) => reasonOf(set, node)) ? selected : without)
        .map((node) => absent(set, node, duty))
        .filter((s) => s !== null)
        .slice(0, 3)
    }),
}

function absent(set: KubeObject, node: KubeObject, duty: Duty): Seen | null {
  const why = reasonOf(set, node)
  if (!why) return null
  const isFelt = duty === 'network' && lacksNetwork(node)
  return {
    on: refOf(set),
    failure: 'node',
    severity: isFelt ? 'critical' : 'warning',
    summary: `DaemonSet ${set.metadata.namespace}/${set.metadata.name}, which ${DOES[duty]}, has no pod on node ${node.metadata.name}: ${why.says}`,
    evidence: [fromObject(set, why.ofSet), fromObject(node, why.ofNode)],
    cause: why.cause,
    since: why.since,
    directness: isFelt ? 0.88 : 0.82,
    tentative: !isFelt,
    alternatives: why.others,
    recommendations: [advise(`Let DaemonSet ${set.metadata.name} run on node ${node.metadata.name}`, why.says)],
  }
}

interface Why {
  says: string
  cause: Place
  ofSet: string
  ofNode: string
  since: number | null
  others: (Place & { summary: string })[]
}

function reasonOf(set: KubeObject, node: KubeObject): Why | null {
  const spec = podSpecOf(set)
  const object = refOf(set)
  const taint = untoleratedBy(node, spec)
  if (taint) {
    const text = `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`
    return {
      says: `it does not tolerate the taint ${text}`,
      cause: { object, field: podField(set, 'tolerations') },
      ofSet: `tolerations ${jsonText(spec.tolerations ?? [])}`,
      ofNode: `spec.taints: ${text}${taint.timeAdded ? ` since ${taint.timeAdded}` : ''}`,
      since: null,
      others: [
        {
          object: refOf(node),
          field: `spec.taints[key=${taint.key}]`,
          summary: `Node ${node.metadata.name} should not have the taint ${text}`,
        },
      ],
    }
  }
  if (isWanted(spec, node)) return null
  // A selection that leaves nodes out may be meant, unless it left them out lately or they are felt to lack it.
  const labels = node.metadata.labels ?? {}
  const wrong = Object.entries<string>(spec.nodeSelector ?? {}).find(([k, v]) => !matchesLabels({ [k]: v }, labels))
  return {
    says: wrong ? `the node has not the label ${wrong.join('=')}` : 'its node affinity leaves the node out',
    cause: { object, field: podField(set, wrong ? entry('nodeSelector', wrong[0]) : 'affinity.nodeAffinity') },
    ofSet: wrong
      ? `nodeSelector ${jsonText(spec.nodeSelector)}`
      : `nodeAffinity ${jsonText(spec.affinity?.nodeAffinity ?? {}).slice(0, 200)}`,
    ofNode: wrong ? `label ${wrong[0]} = ${labels[wrong[0]] ?? '(none)'}` : `labels ${jsonText(labels).slice(0, 200)}`,
    since: lastWrite(set),
    others: wrong
      ? [{ object: refOf(node), field: entry('metadata.labels', wrong[0]), summary: `Node ${node.metadata.name} should have the label` }]
      : [],
  }
}
