import { refOf, type KubeObject } from '#cluster'
import { entry, podField } from '../../snapshot/field-path.ts'
import { matchesLabels } from '../../snapshot/selectors.ts'
import { NODE_STATE_TAINTS } from '../../snapshot/well-known.ts'
import { fromObject } from '../rule.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { untilStarted } from './placement-startup.ts'
import type { Make, Placement } from './placement-verdict.ts'
import type { NodeView, Obstacle } from './placement-nodes.ts'

/**
 * The one thing that stands between the pod and a node: a node with a single obstacle would take the pod without it.
 * Where some nodes have none and are only full, an obstacle counts if the nodes behind it had room for all that wait.
 */
export function inTheWay(
  snapshot: Snapshot,
  workload: KubeObject,
  spec: any,
  views: readonly NodeView[],
  { isCrowded, pending }: { isCrowded: boolean; pending: number },
  make: Make,
): Placement | null {
  const single = views.filter((v) => v.obstacles.length === 1 && !v.isReserved)
  const behind = (obstacle: Obstacle): NodeView[] => single.filter((v) => v.obstacles[0] === obstacle)
  const hasOpen = views.some((v) => v.obstacles.length === 0)
  if (hasOpen && !isCrowded) return null
  const hasRoom = (list: readonly NodeView[]): boolean =>
    list.length > 0 && (hasOpen ? list.reduce((sum, v) => sum + v.room, 0) >= pending : list.some((v) => v.room > 0))

  const cordoned = behind('cordoned')
  if (hasRoom(cordoned)) {
    const names = cordoned.map((v) => v.node.metadata.name)
    const most = cordoned.toSorted((a, b) => b.room - a.room)[0]!.node
    return {
      ...make(
        `${hasOpen ? 'the other nodes are full and ' : ''}node ${names.slice(0, 5).join(', ')} ${names.length > 1 ? 'are' : 'is'} cordoned`,
        null,
        0.86,
      ),
      cause: { object: refOf(most), field: 'spec.unschedulable' },
      evidence: cordoned.slice(0, 3).map((v) => fromObject(v.node, 'spec.unschedulable = true')),
    }
  }
  const unwell = behind('state')
  if (hasRoom(unwell)) {
    const states = new Set(unwell.flatMap((v) => (v.node.spec?.taints ?? []).map((t: any) => NODE_STATE_TAINTS[t.key]).filter(Boolean)))
    return make(`the nodes that fit are ${[...states].sort().join(', ')}`, null, 0.4, {
      open: true,
      blames: unwell.map((v) => refOf(v.node)),
    })
  }
  if (hasOpen) return null

  const [tainted] = behind('taint')
  const [taint] = tainted?.taints ?? []
  const started = tainted && taint ? untilStarted(snapshot, tainted.node, taint, make) : null
  if (started) return started
  if (tainted && taint)
    return make(
      `node ${tainted.node.metadata.name} has the taint ${taint.key}${taint.value ? `=${taint.value}` : ''}, which it does not tolerate`,
      podField(workload, 'tolerations'),
      0.85,
      {
        tokens: [taint.key],
        evidence: [fromObject(tainted.node, `spec.taints: ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`)],
        alternatives: [
          { object: refOf(tainted.node), field: 'spec.taints', summary: `Node ${tainted.node.metadata.name} should not have the taint` },
        ],
      },
    )
  if (behind('size').length > 0) return null
  const [astray] = behind('selector')
  if (astray && views.some((v) => v.obstacles.includes('volume'))) {
    const labels = astray.node.metadata.labels ?? {}
    const wrong = Object.entries<string>(spec.nodeSelector ?? {}).find(([k, v]) => !matchesLabels({ [k]: v }, labels))
    const says = `its volume is on node ${astray.node.metadata.name}, which ${wrong ? `has not the label ${wrong.join('=')}` : 'its node affinity does not allow'}`
    return make(says, podField(workload, wrong ? entry('nodeSelector', wrong[0]) : 'affinity.nodeAffinity'), 0.87, {
      tokens: wrong ? [wrong[1]] : [],
    })
  }
  return null
}
