import type { KubeObject } from '#cluster'
import { matchesSelector } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** Policies that select a pod. */
export const policiesOn = (snapshot: Snapshot, pod: KubeObject, type: 'Ingress' | 'Egress'): KubeObject[] =>
  snapshot
    .all('NetworkPolicy', pod.metadata.namespace ?? null)
    .filter((p) => matchesSelector(p.spec?.podSelector, pod.metadata.labels) && (p.spec?.policyTypes ?? ['Ingress']).includes(type))

/** Whether a rule leads out of the cluster: it names nobody, or a block of addresses. */
export const letsOut = (rules: any[] = [], port: number): boolean =>
  rules.some((rule) => allowsPort([rule], port) && (!rule.to?.length || rule.to.some((peer: any) => peer.ipBlock)))

export const allowsPort = (rules: any[] = [], port: number): boolean =>
  rules.some(
    (r) =>
      !r.ports?.length ||
      r.ports.some(
        (p: any) =>
          p.port === undefined || p.port === port || (typeof p.port === 'number' && p.endPort && p.port <= port && port <= p.endPort),
      ),
  )

export function allows(
  snapshot: Snapshot,
  policy: KubeObject,
  rules: any[] = [],
  side: 'from' | 'to',
  other: KubeObject,
  port: number,
): boolean {
  return rules.some((rule) => {
    // A named or unknown port cannot be judged: it is taken as allowed.
    if (port > 0 && !allowsPort([rule], port) && rule.ports.every((p: any) => typeof p.port === 'number')) return false
    if (!rule[side]?.length) return true
    return rule[side].some((peer: any) => {
      if (peer.ipBlock) return true
      const namespace = snapshot.get('Namespace', null, other.metadata.namespace ?? '')
      const inNamespace = peer.namespaceSelector
        ? namespace
          ? matchesSelector(peer.namespaceSelector, namespace.metadata.labels)
          : true
        : other.metadata.namespace === policy.metadata.namespace
      return inNamespace && (!peer.podSelector || matchesSelector(peer.podSelector, other.metadata.labels))
    })
  })
}
