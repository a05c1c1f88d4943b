import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { jsonText } from '../../snapshot/json-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from '../run/connections.ts'
import { hitsOf } from '../logs/log-lines.ts'
import { podNames } from '../run/pods.ts'
import { letsIn, letsOut, policiesFor, speaksHttp } from './plugin-policy-match.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

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
  const { data: hit } = group
  const isDenied = DENIED.test(hit.line)
  if (/refused/i.test(hit.line) || (!isDenied && !SILENT.test(hit.line))) return null
  const caller = group.views[0]!.pod
  const peers = hostsNear(snapshot, group, hit)
  const peer = peers.find((p) => p.service !== null)
  const service = peer && snapshot.get('Service', peer.service!.namespace, peer.service!.name)
  const callee = service && snapshot.podsSelected(service.metadata.namespace ?? '', service.spec?.selector).find(isReady)
  if (!callee) {
    const outside = peers.find((p) => p.service === null && p.wanted === null)
    const shut = outside && !isDenied ? policiesFor(snapshot, caller, 'egress') : []
    return shut.length > 0 && !shut.some((p) => letsOut(p, outside!.host)) ? told(group, shut[0]!, 'egress', outside!.host, 0.82) : null
  }
  const inbound = policiesFor(snapshot, callee, 'ingress').filter((p) => (isDenied ? speaksHttp(p) : true))
  const outbound = isDenied ? [] : policiesFor(snapshot, caller, 'egress')
  const shut =
    inbound.length > 0 && (isDenied || !inbound.some((p) => letsIn(p, 'ingress', caller)))
      ? { policy: inbound[0]!, way: 'ingress' }
      : outbound.length > 0 && !outbound.some((p) => letsIn(p, 'egress', callee))
        ? { policy: outbound[0]!, way: 'egress' }
        : null
  if (!shut) return null
  return told(group, shut.policy, shut.way, peer.service!.name, isDenied ? 0.76 : 0.84)
}

function told(group: ReturnType<typeof hitsOf>[number], policy: KubeObject, way: string, whom: string, directness: number): Seen {
  const { data: hit, workload } = group
  return {
    on: refOf(workload),
    failure: hit.state === 'crashing' ? 'crash' : hit.state === 'unready' ? 'unready' : 'call',
    container: group.container,
    severity: 'critical',
    summary: `${policy.kind} ${policy.metadata.name} does not let ${workload.kind} ${workload.metadata.name} reach ${whom}`,
    evidence: [hit.evidence, fromObject(policy, `spec.${way} = ${jsonText(policy.spec?.[way] ?? []).slice(0, 250)}`)],
    cause: { object: refOf(policy), field: `spec.${way}` },
    directness,
    pods: podNames(group.views),
    tentative: hit.state === 'well',
    recommendations: [
      advise(`Allow ${workload.metadata.name} in spec.${way} of ${policy.kind} ${policy.metadata.name}`, hit.line.slice(0, 200)),
    ],
  }
}
