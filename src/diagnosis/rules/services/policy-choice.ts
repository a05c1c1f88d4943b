import { refOf, type KubeObject } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { entry } from '../../snapshot/field-path.ts'
import { matchesSelector } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { allowsPort } from './policy-match.ts'
import type { Place } from '../rule.ts'

/**
 * Of several policies that all keep a connection out, the one to change. Policies only ever add: what shuts a pod off at first is no fault any
 * more once others let its callers in. So it is one that was edited lately, else the one whose rules come nearest to letting this peer in.
 */
export function meantPolicy(
  snapshot: Snapshot,
  policies: readonly KubeObject[],
  way: 'ingress' | 'egress',
  peer: KubeObject,
  port: number,
): { policy: KubeObject; isSure: boolean } {
  const scored = policies
    .map((policy) => ({ policy, edited: editedAt(policy, way), score: nearness(snapshot, policy, way, peer, port) }))
    .sort((a, b) => b.edited - a.edited || b.score - a.score)
  const [first, second] = scored
  return { policy: first!.policy, isSure: !second || first!.edited > second.edited || first!.score > second.score + 1 }
}

/** When its rules were last edited; 0: never since it was made. */
const editedAt = (policy: KubeObject, way: string): number =>
  Math.max(0, ...editsOf(policy).map((e) => (e.field.startsWith(`spec.${way}`) || e.field === 'spec' ? (e.at ?? 0) : 0)))

function nearness(snapshot: Snapshot, policy: KubeObject, way: 'ingress' | 'egress', peer: KubeObject, port: number): number {
  const rules: any[] = policy.spec?.[way] ?? []
  const values = new Set(Object.values(peer.metadata.labels ?? {}))
  const namespace = snapshot.get('Namespace', null, peer.metadata.namespace ?? '')
  const peers = rules.flatMap((rule) =>
    (rule[way === 'ingress' ? 'from' : 'to'] ?? []).map(
      (p: any) =>
        Number(Boolean(p.namespaceSelector && matchesSelector(p.namespaceSelector, namespace?.metadata.labels))) * 2 +
        Number(Object.values(p.podSelector?.matchLabels ?? {}).some((v) => values.has(String(v)))) * 3 +
        Number(allowsPort([rule], port)),
    ),
  )
  const isOfOne = Object.keys(policy.spec?.podSelector?.matchLabels ?? {}).length > 0
  return Math.max(0, ...peers) + Number(rules.length > 0) * 2 + Number(isOfOne)
}

/** The label that a rule of the policy wants and that a roll-out took from the pods of the peer. */
export function labelLost(snapshot: Snapshot, policy: KubeObject, way: 'ingress' | 'egress', peer: KubeObject): Place | null {
  const wanted = new Set(
    (policy.spec?.[way] ?? [])
      .flatMap((rule: any) =>
        (rule[way === 'ingress' ? 'from' : 'to'] ?? []).flatMap((p: any) => Object.entries<string>(p.podSelector?.matchLabels ?? {})),
      )
      .map(([key, value]: [string, string]) => `${key}=${value}`),
  )
  const workload = snapshot.workloadOf(peer)
  const lost = changesOf(snapshot, workload).find(
    (c) => typeof c.before === 'string' && wanted.has(`${/labels[.[](.*?)\]?$/.exec(c.field)?.[1] ?? ''}=${c.before}`),
  )
  return lost ? { object: refOf(workload), field: lost.field } : null
}

/** Where the pods of a peer have their labels. */
export const labelsPlace = (snapshot: Snapshot, peer: KubeObject): Place => {
  const workload = snapshot.workloadOf(peer)
  return { object: refOf(workload), field: workload.kind === 'Pod' ? 'metadata.labels' : entry('spec.template.metadata', 'labels') }
}
