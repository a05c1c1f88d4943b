import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../snapshot/containers.ts'
import { jsonText } from '../snapshot/json-text.ts'
import { matchesSelector } from '../snapshot/selectors.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { hostsNear } from './connections.ts'
import { hitsOf } from './log-lines.ts'
import { podNames } from './pods.ts'
import { advise } from './recommend.ts'
import { fromObject, type Rule, type Seen } from './rule.ts'

export const pluginPolicy: Rule = {
  id: 'plugin-policy',
  title: 'A policy of the network plug-in keeps a caller out',
  means:
    'The plug-in has policies of its own beside NetworkPolicy. One of them selects the pods that are called, and has no rule for the caller or its request.',
  looksAt: 'Calls that time out or are denied, and CiliumNetworkPolicies and the like that select the pods of either end.',
  mend: 'Add a rule for the caller, its port or its path.',
  look: (snapshot) =>
    (['cannot-connect', 'program-errors', 'setting-limit'] as const)
      .flatMap((rule) => hitsOf(snapshot, rule))
      .flatMap((group) => blocked(snapshot, group) ?? []),
}

const DENIED = /\b403\b|denied|forbidden/i
const SILENT = /time-?d? ?out|timeout|deadline/i

function blocked(snapshot: Snapshot, group: ReturnType<typeof hitsOf>[number]): Seen | null {
  const { data: hit, workload } = group
  const isDenied = DENIED.test(hit.line)
  if (/refused/i.test(hit.line) || (!isDenied && !SILENT.test(hit.line))) return null
  const caller = group.views[0]!.pod
  const peer = hostsNear(snapshot, group, hit).find((p) => p.service !== null)
  const service = peer && snapshot.get('Service', peer.service!.namespace, peer.service!.name)
  const callee = service && snapshot.podsSelected(service.metadata.namespace ?? '', service.spec?.selector).find(isReady)
  if (!callee) return null
  const inbound = policiesFor(snapshot, callee, 'ingress').filter((p) => (isDenied ? speaksHttp(p) : true))
  const outbound = isDenied ? [] : policiesFor(snapshot, caller, 'egress')
  const shut =
    inbound.length > 0 && (isDenied || !inbound.some((p) => letsIn(p, 'ingress', caller)))
      ? { policy: inbound[0]!, way: 'ingress' }
      : outbound.length > 0 && !outbound.some((p) => letsIn(p, 'egress', callee))
        ? { policy: outbound[0]!, way: 'egress' }
        : null
  if (!shut) return null
  const { policy, way } = shut
  return {
    on: refOf(workload),
    failure: hit.state === 'crashing' ? 'crash' : hit.state === 'unready' ? 'unready' : 'call',
    container: group.container,
    severity: 'critical',
    summary: `${policy.kind} ${policy.metadata.name} does not let ${workload.kind} ${workload.metadata.name} reach ${peer.service!.name}`,
    evidence: [hit.evidence, fromObject(policy, `spec.${way} = ${jsonText(policy.spec?.[way] ?? []).slice(0, 250)}`)],
    cause: { object: refOf(policy), field: `spec.${way}` },
    directness: isDenied ? 0.76 : 0.84,
    pods: podNames(group.views),
    tentative: hit.state === 'well',
    recommendations: [
      advise(`Allow ${workload.metadata.name} in spec.${way} of ${policy.kind} ${policy.metadata.name}`, hit.line.slice(0, 200)),
    ],
  }
}

/** Policies of plug-ins that select a pod and rule one way; the `k8s:` and `any:` before a label say where it comes from. */
const policiesFor = (snapshot: Snapshot, pod: KubeObject, way: string): KubeObject[] =>
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

const letsIn = (policy: KubeObject, way: 'ingress' | 'egress', other: KubeObject): boolean =>
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

const speaksHttp = (policy: KubeObject): boolean => /"rules":\{"http"/.test(jsonText(policy.spec?.['ingress'] ?? []))
