import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { podField, podSpecOf } from '../../snapshot/field-path.ts'
import { NODE_STATE_TAINTS } from '../../snapshot/well-known.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { place } from './claim-verdict.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { fromObject } from '../rule.ts'

/** Reasons that lie in the pod's volumes. */
export function volumeReason(snapshot: Snapshot, workload: KubeObject, spec: any, message: string, make: Make): Placement | null {
  const field = (rest: string): string => podField(workload, rest)
  const claim = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(message)
  if (claim) {
    const there = snapshot.get('PersistentVolumeClaim', workload.metadata.namespace ?? null, claim[1]!)
    if (there?.metadata.deletionTimestamp)
      return {
        ...make(`its claim ${claim[1]} is being deleted`, null, 0.88),
        cause: { object: refOf(there), field: 'metadata.deletionTimestamp' },
        evidence: [fromObject(there, `deletionTimestamp ${there.metadata.deletionTimestamp}`)],
      }
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
  const gone = /volume node affinity conflict|PersistentVolume's node affinity/.test(message) ? ofGoneNode(snapshot, claims) : null
  if (gone)
    return {
      ...make(`its volume ${gone.volume.metadata.name} is tied to node ${gone.node}, which is gone`, null, 0.88),
      cause: { object: refOf(gone.volume), field: 'spec.nodeAffinity' },
      evidence: [fromObject(gone.volume, `nodeAffinity: ${HOSTNAME} ${gone.node}`)],
      alternatives: claims.map((object) => ({ object, field: 'spec.volumeName', summary: 'The claim holds on to the volume' })),
    }
  if (/have enough free storage/.test(message)) {
    const waiting = claims.flatMap((c) => snapshot.get('PersistentVolumeClaim', c.namespace, c.name) ?? []).find((c) => !c.spec?.volumeName)
    return {
      ...make('no node has as much free storage as its claim asks for', null, 0.82),
      ...(waiting ? { cause: place(snapshot, waiting, 'resources.requests.storage') } : {}),
    }
  }
  if (/cannot allocate all claims/.test(message)) {
    const [first] = spec.resourceClaims ?? []
    return make(
      'no node has the devices that its resource claim asks for',
      field(first ? `resourceClaims[name=${first.name}]` : 'resourceClaims'),
      0.8,
    )
  }
  if (/ReadWriteOncePod access mode/.test(message)) {
    const isRolling = workload.kind === 'Deployment' && workload.spec?.strategy?.type !== 'Recreate'
    const says = `another pod uses its volume, which one pod alone may use${isRolling ? ', and the roll-out starts the new pod before it ends the old one' : ''}`
    const mode = claims.map((object) => ({ object, field: 'spec.accessModes', summary: 'The claim lets one pod only use the volume' }))
    return make(says, isRolling ? 'spec.strategy.type' : 'spec.replicas', isRolling ? 0.85 : 0.75, { alternatives: mode })
  }
  return null
}

const HOSTNAME = 'kubernetes.io/hostname'

/** A volume of the claims that only a node may use which is not there any more. */
function ofGoneNode(snapshot: Snapshot, claims: readonly ObjectRef[]): { volume: KubeObject; node: string } | null {
  if (!snapshot.has('Node')) return null
  const names = new Set(snapshot.all('Node').flatMap((n) => [n.metadata.name, n.metadata.labels?.[HOSTNAME]]))
  for (const claim of claims) {
    const bound = snapshot.get('PersistentVolumeClaim', claim.namespace, claim.name)?.spec?.volumeName
    const volume = bound ? snapshot.get('PersistentVolume', null, bound) : undefined
    const tied: string[] = (volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((t: any) =>
      (t.matchExpressions ?? []).flatMap((e: any) => (e.key === HOSTNAME ? e.values : [])),
    )
    if (volume && tied.length > 0 && tied.every((name) => !names.has(name))) return { volume, node: tied[0]! }
  }
  return null
}

/** What is left when the nodes could not be read, or do not show what the message says. */
export function byWords(message: string, nodes: readonly KubeObject[], field: (rest: string) => string, make: Make): Placement {
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
