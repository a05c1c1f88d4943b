import { refOf, type KubeObject } from '#cluster'
import { containerField, podField } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { isWanted, viewNodes } from './placement-nodes.ts'
import { resources, scaledUp, selector } from './placement-fit.ts'
import { spread } from './placement-spread.ts'
import { boundReached } from './placement-autoscaler.ts'
import { absentScheduler } from './scheduler.ts'
import { byWords, volumeReason } from './placement-words.ts'
import { inTheWay } from './placement-obstacle.ts'

/** Reasons that lie in the other pods of a node, not in the node. */
const CROWDED = /Insufficient|free ports|affinity rules|topology spread|Too many pods/

/**
 * The message lists a reason for each group of nodes, the first that each node failed on. Those that only say why *other*
 * nodes do not count (a control plane's taint) stand beside the one that matters; the order here is the order of what can
 * be proven from the nodes. `pending` is how many pods wait like this one.
 */
export function judgePlacement(snapshot: Snapshot, workload: KubeObject, pod: KubeObject, message: string, pending: number): Placement {
  const object = refOf(workload)
  const spec = pod.spec ?? {}
  const nodes = snapshot.all('Node')
  const make: Make = (says, field, directness, more = {}) => ({
    says,
    cause: { object, field },
    directness,
    open: false,
    blames: [],
    tokens: [],
    evidence: [],
    alternatives: [],
    ...more,
  })
  const field = (rest: string): string => podField(workload, rest)

  const ofVolume = volumeReason(snapshot, workload, spec, message, make)
  if (ofVolume) return ofVolume
  if (message.startsWith('no scheduler called')) return absentScheduler(snapshot, workload, spec, make)
  if (message.startsWith('no node called')) return make(`there is ${message}`, field('nodeName'), 0.9, { tokens: [spec.nodeName] })
  if (/didn't match Pod's node affinity|didn't match node selector/.test(message) && nodes.every((n) => !isWanted(spec, n)))
    return selector(snapshot, workload, spec, make)

  const obstacle = inTheWay(snapshot, workload, spec, viewNodes(snapshot, pod), { isCrowded: CROWDED.test(message), pending }, make)
  if (obstacle) return obstacle

  if (/free ports for the requested pod ports/.test(message)) {
    const container = (spec.containers ?? []).find((c: any) => c.ports?.some((p: any) => p.hostPort))
    const port = container?.ports.find((p: any) => p.hostPort)
    return make(
      `its host port ${port?.hostPort} is taken on every node`,
      container ? containerField(workload, container.name, `ports[containerPort=${port.containerPort}].hostPort`) : null,
      0.88,
      { tokens: [String(port?.hostPort)] },
    )
  }
  const replicas = { object, field: 'spec.replicas', summary: 'There are more replicas than nodes to spread them over' }
  if (/anti-affinity rules/.test(message))
    return scaledUp(snapshot, workload)
      ? make('it was scaled to more pods than its anti-affinity leaves nodes for', 'spec.replicas', 0.82, {
          alternatives: [
            { object, field: field('affinity.podAntiAffinity'), summary: 'Its anti-affinity is stricter than it needs to be' },
          ],
        })
      : make('its anti-affinity keeps it from every node', field('affinity.podAntiAffinity'), 0.8, { alternatives: [replicas] })
  if (/pod affinity rules/.test(message))
    return make('there is no pod that its affinity wants to be near', field('affinity.podAffinity'), 0.85)
  if (/topology spread constraints/.test(message)) return spread(snapshot, workload, spec, message, make)

  if (/exceed max volume count/.test(message))
    return make(
      'the nodes that fit have as many volumes attached as they may',
      workload.kind === 'Pod' ? field('volumes') : 'spec.replicas',
      0.7,
    )
  const bound = CROWDED.test(message) ? boundReached(snapshot, pod, make) : null
  const short = /Insufficient ([\w./-]+)/.exec(message)?.[1]?.replace(/\.$/, '')
  if (short) return tooLargeOr(bound, resources(snapshot, workload, spec, nodes, short, make))
  if (bound) return bound
  if (/Too many pods/.test(message)) {
    const full = nodes.find((n) => isWanted(spec, n))
    const most = full ? ` (${full.status?.allocatable?.pods ?? '?'} each)` : ''
    return make(`the nodes have as many pods as they may${most}`, workload.kind === 'Pod' ? null : 'spec.replicas', 0.7, {
      alternatives: full
        ? [{ object: refOf(full), field: 'status.allocatable.pods', summary: 'The kubelets allow too few pods (maxPods)' }]
        : [],
    })
  }
  return byWords(message, nodes, field, make)
}

/** A pod that fits no node at all is not helped by one more of them. */
const tooLargeOr = (bound: Placement | null, found: Placement): Placement => (found.directness >= 0.9 ? found : (bound ?? found))
