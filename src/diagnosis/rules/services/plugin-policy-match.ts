import type { KubeObject } from '#cluster'
import { jsonText } from '../../snapshot/json-text.ts'
import { matchesSelector } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** Policies of plug-ins that select a pod and rule one way; the `k8s:` and `any:` before a label say where it comes from. */
export const policiesFor = (snapshot: Snapshot, pod: KubeObject, way: string): KubeObject[] =>
  snapshot.customs.filter(
    ({ kind, metadata, spec }) =>
      kind.endsWith('NetworkPolicy') &&
      spec?.endpointSelector !== undefined &&
      Array.isArray(spec[way]) &&
      (metadata.namespace === undefined || metadata.namespace === pod.metadata.namespace) &&
      selects(spec.endpointSelector, pod),
  )

const selects = (selector: any, pod: KubeObject): boolean => {
  const plain = Object.fromEntries(
    Object.entries<string>(selector?.matchLabels ?? {})
      .map(([key, value]) => [key.replace(/^(?:k8s|any):/, ''), value] as const)
      .filter(([key]) => key !== NAMESPACE),
  )
  const home = Object.entries<string>(selector?.matchLabels ?? {}).find(([key]) => key.endsWith(NAMESPACE))?.[1]
  return matchesSelector({ matchLabels: plain }, pod.metadata.labels) && (home === undefined || home === pod.metadata.namespace)
}

const NAMESPACE = 'io.kubernetes.pod.namespace'

export const letsIn = (policy: KubeObject, way: 'ingress' | 'egress', other: KubeObject): boolean =>
  (policy.spec?.[way] ?? []).some((rule: any) => {
    const peers: any[] | undefined = rule[way === 'ingress' ? 'fromEndpoints' : 'toEndpoints']
    // Whoever is not named by labels (entities, addresses, names) may be the one: it is taken as allowed.
    if (peers === undefined) return true
    return peers.some(
      (p) =>
        selects(p, other) &&
        (Object.keys(p?.matchLabels ?? {}).some((k) => k.endsWith(NAMESPACE)) || other.metadata.namespace === policy.metadata.namespace),
    )
  })

export const speaksHttp = (policy: KubeObject): boolean => /"rules":\{"http"/.test(jsonText(policy.spec?.['ingress'] ?? []))

/** Whether a rule lets requests out of the cluster: to a name, to addresses (which ones is not told apart), or to the world. */
export const letsOut = (policy: KubeObject, host: string): boolean =>
  (policy.spec?.['egress'] ?? []).some((rule: any) => {
    if (rule.toCIDR !== undefined || rule.toCIDRSet !== undefined) return true
    if (rule.toFQDNs !== undefined)
      return (rule.toFQDNs as any[]).some(
        ({ matchName, matchPattern }) =>
          matchName === host || (typeof matchPattern === 'string' && isLike(matchPattern, host)) || /^[\d.]+$/.test(host),
      )
    if (rule.toEntities !== undefined) return (rule.toEntities as string[]).some((e) => /^(?:world|all)/.test(e))
    return rule.toEndpoints === undefined && rule.toServices === undefined
  })

const isLike = (pattern: string, host: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[\\w.-]*')}$`).test(host)
