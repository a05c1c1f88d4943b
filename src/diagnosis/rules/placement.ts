import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { containerField, podField, podSpecOf } from '../snapshot/field-path.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { NODE_STATE_TAINTS } from '../snapshot/well-known.ts'
import { fromObject, type Draft, type Place } from './rule.ts'
import { isWanted, resources, selector } from './placement-fit.ts'

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

/**
 * The message lists a reason for each group of nodes. Those that only say why *other* nodes do not count (a control
 * plane's taint) stand beside the one that matters; the order here is the order of what can be proven from the nodes.
 */
export function judgePlacement(snapshot: Snapshot, workload: KubeObject, pod: KubeObject, message: string): Placement {
  const object = refOf(workload)
  const spec = pod.spec ?? {}
  const nodes = snapshot.all('Node')
  const make = (says: string, field: string | null, directness: number, more: Partial<Placement> = {}): Placement => ({
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
      ? [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: object.namespace, name: v.persistentVolumeClaim.claimName }]
      : [],
  )
  if (/unbound immediate PersistentVolumeClaims|available persistent volumes to bind/.test(message))
    return make('its volume claim is not bound', null, 0.35, { open: true, blames: claims })
  if (/volume node affinity conflict/.test(message))
    return make('its volume can only be used on nodes that cannot take it', field('volumes'), 0.65, { blames: claims, open: true })
  if (message.startsWith('no node called')) return make(`there is ${message}`, field('nodeName'), 0.9, { tokens: [spec.nodeName] })
  if (message.startsWith('no scheduler')) return make(message, field('schedulerName'), 0.9, { tokens: [spec.schedulerName] })

  if (/didn't match Pod's node affinity|didn't match node selector/.test(message) && nodes.every((n) => !isWanted(spec, n)))
    return selector(snapshot, workload, spec, make)
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
  if (/anti-affinity rules/.test(message))
    return make('its anti-affinity keeps it from every node', field('affinity.podAntiAffinity'), 0.8, {
      alternatives: [{ object, field: 'spec.replicas', summary: 'There are more replicas than nodes to spread them over' }],
    })
  if (/pod affinity rules/.test(message))
    return make('there is no pod that its affinity wants to be near', field('affinity.podAffinity'), 0.85)
  if (/topology spread constraints/.test(message))
    return make('its topology spread constraints allow no node', field('topologySpreadConstraints'), 0.82)

  const short = /Insufficient ([\w./-]+)/.exec(message)?.[1]?.replace(/\.$/, '')
  if (short) return resources(snapshot, workload, spec, nodes, short, make)
  const state = /untolerated taint \{(node\.kubernetes\.io\/[\w-]+)/.exec(message)?.[1]
  const taint = [...message.matchAll(/untolerated taint(?:\(s\))? ?\{([^:}]+)(?:: ?([^}]*))?\}/g)].find(
    (m) => !Object.hasOwn(NODE_STATE_TAINTS, m[1]!),
  )
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
  if (taint) {
    const tainted = nodes.find((n) => n.spec?.taints?.some((t: any) => t.key === taint[1] && !/control-plane|master/.test(t.key)))
    return make(
      `the nodes have the taint ${taint[1]}${taint[2] ? `=${taint[2].trim()}` : ''}, which it does not tolerate`,
      field('tolerations'),
      0.82,
      {
        tokens: [taint[1]!],
        alternatives: tainted
          ? [{ object: refOf(tainted), field: 'spec.taints', summary: `Node ${tainted.metadata.name} should not have the taint` }]
          : [],
      },
    )
  }
  if (/Too many pods/.test(message)) return make('the nodes have as many pods as they may', null, 0.6, { open: true })
  return make(message.slice(0, 200), null, 0.4, { open: true })
}
