import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { containerField, podField, podSpecOf } from '../snapshot/field-path.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { NODE_STATE_TAINTS } from '../snapshot/well-known.ts'
import { fromObject, type Draft, type Place } from './rule.ts'
import { isWanted, viewNodes } from './placement-nodes.ts'
import { resources, scaledUp, selector, spread } from './placement-fit.ts'
import { absentScheduler } from './scheduler.ts'
import { inTheWay } from './placement-obstacle.ts'

/** Which of the scheduler's reasons is the one to mend. */
export interface Placement {
  says: string
  cause: Place
  directness: number
  open: boolean
  blames: ObjectRef[]
  tokens: string[]
  evidence: Draft[]
  alternatives: (Place & { summary: string })[]
}

export type Make = (says: string, field: string | null, directness: number, more?: Partial<Placement>) => Placement

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

  const ofVolume = volumeReason(workload, spec, message, make)
  if (ofVolume) return ofVolume
  if (message.startsWith('no scheduler called')) return absentScheduler(snapshot, workload, spec, make)
  if (message.startsWith('no node called')) return make(`there is ${message}`, field('nodeName'), 0.9, { tokens: [spec.nodeName] })
  if (/didn't match Pod's node affinity|didn't match node selector/.test(message) && nodes.every((n) => !isWanted(spec, n)))
    return selector(snapshot, workload, spec, make)

  const obstacle = inTheWay(workload, spec, viewNodes(snapshot, pod), { isCrowded: CROWDED.test(message), pending }, make)
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

  const short = /Insufficient ([\w./-]+)/.exec(message)?.[1]?.replace(/\.$/, '')
  if (short) return resources(snapshot, workload, spec, nodes, short, make)
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

/** Reasons that lie in the pod's volumes. */
function volumeReason(workload: KubeObject, spec: any, message: string, make: Make): Placement | null {
  const field = (rest: string): string => podField(workload, rest)
  const claim = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(message)
  if (claim) {
    const volume = (podSpecOf(workload)?.volumes ?? []).find((v: any) => v.persistentVolumeClaim?.claimName === claim[1])
    return make(
      `claim ${claim[1]} ${claim[2] === 'not found' ? 'does not exist' : claim[2]}`,
      field(volume ? `volumes[name=${volume.name}].persistentVolumeClaim.claimName` : 'volumes'),
      0.9,
      { tokens: [claim[1]!] },
    )
  }
  const claims: ObjectRef[] = (spec.volumes ?? []).flatMap((v: any) =>
    v.persistentVolumeClaim
      ? [
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            namespace: workload.metadata.namespace ?? null,
            name: v.persistentVolumeClaim.claimName,
          },
        ]
      : [],
  )
  if (/unbound immediate PersistentVolumeClaims|available persistent volumes to bind/.test(message))
    return make('its volume claim is not bound', null, 0.35, { open: true, blames: claims })
  if (/ReadWriteOncePod access mode/.test(message)) {
    const isRolling = workload.kind === 'Deployment' && workload.spec?.strategy?.type !== 'Recreate'
    const says = `another pod uses its volume, which one pod alone may use${isRolling ? ', and the roll-out starts the new pod before it ends the old one' : ''}`
    const mode = claims.map((object) => ({ object, field: 'spec.accessModes', summary: 'The claim lets one pod only use the volume' }))
    return make(says, isRolling ? 'spec.strategy.type' : 'spec.replicas', isRolling ? 0.85 : 0.75, { alternatives: mode })
  }
  return null
}

/** What is left when the nodes could not be read, or do not show what the message says. */
function byWords(message: string, nodes: readonly KubeObject[], field: (rest: string) => string, make: Make): Placement {
  if (/volume node affinity conflict|PersistentVolume's node affinity/.test(message))
    return make('its volume can only be used on nodes that cannot take it', field('volumes'), 0.6, { open: true })
  const state = /untolerated taint \{(node\.kubernetes\.io\/[\w-]+)/.exec(message)?.[1]
  if (/were unschedulable/.test(message) || state === 'node.kubernetes.io/unschedulable') {
    const cordoned = nodes.find((n) => n.spec?.unschedulable)
    if (cordoned)
      return {
        ...make('the nodes are cordoned', null, 0.85),
        cause: { object: refOf(cordoned), field: 'spec.unschedulable' },
        evidence: [fromObject(cordoned, 'spec.unschedulable = true')],
      }
  }
  if (state)
    return make(`the nodes that fit are ${NODE_STATE_TAINTS[state] ?? 'not well'}`, null, 0.4, {
      open: true,
      blames: nodes.filter((n) => n.spec?.taints?.some((t: any) => t.key === state)).map(refOf),
    })
  const taint = [...message.matchAll(/untolerated taint(?:\(s\))? ?\{([^:}]+)(?:: ?([^}]*))?\}/g)].find(
    (m) => !Object.hasOwn(NODE_STATE_TAINTS, m[1]!),
  )
  if (taint)
    return make(
      `the nodes have the taint ${taint[1]}${taint[2] ? `=${taint[2].trim()}` : ''}, which it does not tolerate`,
      field('tolerations'),
      0.82,
      { tokens: [taint[1]!] },
    )
  return make(message.slice(0, 200), null, 0.4, { open: true })
}
