import { refOf } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from '../run/connections.ts'
import { hitsOf } from '../logs/log-lines.ts'
import { podNames } from '../run/pods.ts'
import { allows, allowsPort, letsOut, policiesOn } from './policy-match.ts'
import { labelLost, labelsPlace, meantPolicy } from './policy-choice.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'
import { jsonText } from '../../snapshot/json-text.ts'

export const networkPolicy: Rule = {
  id: 'network-policy',
  title: 'A NetworkPolicy keeps a caller from what it calls',
  means:
    'Connections time out although what is called is well: a policy selects its pods (or the caller’s) and has no rule for this connection.',
  looksAt:
    'Log lines about connections that fail, the ready pods behind the Service that is called, and the NetworkPolicies on both sides.',
  mend: 'Add a rule for the caller (or for DNS), or correct the labels that the rule names.',
  look: (snapshot) =>
    (['cannot-connect', 'name-not-resolved'] as const)
      .flatMap((rule) => hitsOf(snapshot, rule))
      .map((group) => blocked(snapshot, group))
      .filter((s) => s !== null),
}

function blocked(snapshot: Snapshot, group: ReturnType<typeof hitsOf>[number]): Seen | null {
  const caller = group.views[0]!.pod
  const hit = group.data
  // A refusal is an answer; a policy gives none.
  if (/refused/i.test(hit.line)) return null
  const peer = hostsNear(snapshot, group, hit).find((p) => p.service !== null)
  const base = {
    on: refOf(group.workload),
    failure: hit.state === 'crashing' ? ('crash' as const) : hit.state === 'unready' ? ('unready' as const) : ('call' as const),
    container: group.container,
    severity: 'critical' as const,
    pods: podNames(group.views),
    tentative: hit.state === 'well',
  }
  const closedToDns =
    hit.rule === 'name-not-resolved' ? policiesOn(snapshot, caller, 'Egress').find((p) => !allowsPort(p.spec?.egress, 53)) : undefined
  if (closedToDns)
    return {
      ...base,
      summary: `NetworkPolicy ${closedToDns.metadata.name} lets ${group.workload.kind} ${group.workload.metadata.name} ask no DNS server`,
      evidence: [hit.evidence, fromObject(closedToDns, `egress = ${jsonText(closedToDns.spec?.egress ?? []).slice(0, 200)}`)],
      cause: { object: refOf(closedToDns), field: 'spec.egress' },
      directness: 0.85,
      recommendations: [advise(`Allow port 53 in NetworkPolicy ${closedToDns.metadata.name}`, 'Without DNS no name is resolved.')],
    }
  if (!peer?.service) {
    const outside = hostsNear(snapshot, group, hit).find((p) => p.wanted === null)
    const shut = outside && hit.rule === 'cannot-connect' ? policiesOn(snapshot, caller, 'Egress') : []
    if (shut.length === 0 || shut.some((p) => letsOut(p.spec?.egress, outside!.port ?? 443))) return null
    const policy = shut[0]!
    return {
      ...base,
      summary: `NetworkPolicy ${policy.metadata.namespace}/${policy.metadata.name} does not let ${group.workload.kind} ${group.workload.metadata.name} out of the cluster, to ${outside!.host}`,
      evidence: [hit.evidence, fromObject(policy, `egress = ${jsonText(policy.spec?.egress ?? []).slice(0, 200)}`)],
      cause: { object: refOf(policy), field: 'spec.egress' },
      directness: 0.85,
      recommendations: [
        advise(`Allow the address of ${outside!.host} in NetworkPolicy ${policy.metadata.name}`, 'No rule of it leads out of the cluster.'),
      ],
    }
  }
  const service = snapshot.get('Service', peer.service.namespace, peer.service.name)
  const callee = snapshot.podsSelected(peer.service.namespace ?? '', service?.spec?.selector).find(isReady)
  if (!service || !callee) return null
  const port = (service.spec?.ports ?? []).find((p: any) => peer.port === null || p.port === peer.port)
  const target = Number(port?.targetPort ?? port?.port ?? 0)
  const inbound = policiesOn(snapshot, callee, 'Ingress')
  const outbound = policiesOn(snapshot, caller, 'Egress')
  const shut =
    inbound.length > 0 && !inbound.some((p) => allows(snapshot, p, p.spec?.ingress, 'from', caller, target))
      ? { ...meantPolicy(snapshot, inbound, 'ingress', caller, target), field: 'spec.ingress' }
      : outbound.length > 0 && !outbound.some((p) => allows(snapshot, p, p.spec?.egress, 'to', callee, target))
        ? { ...meantPolicy(snapshot, outbound, 'egress', callee, target), field: 'spec.egress' }
        : null
  if (!shut) return null
  const { policy, isSure, field } = shut
  const [way, other] = field === 'spec.ingress' ? (['ingress', caller] as const) : (['egress', callee] as const)
  const lost = labelLost(snapshot, policy, way, other)
  return {
    ...base,
    summary: `NetworkPolicy ${policy.metadata.namespace}/${policy.metadata.name} does not let ${group.workload.kind} ${group.workload.metadata.name} reach ${peer.service.name}`,
    evidence: [
      hit.evidence,
      fromObject(
        policy,
        `podSelector ${jsonText(policy.spec?.podSelector ?? {})}, ${field} = ${jsonText(policy.spec?.[field.slice(5)] ?? []).slice(0, 250)}`,
      ),
    ],
    cause: lost ?? { object: refOf(policy), field },
    directness: isSure ? 0.88 : 0.78,
    alternatives: [
      lost
        ? { object: refOf(policy), field, summary: `NetworkPolicy ${policy.metadata.name} still names the label that was taken away` }
        : { ...labelsPlace(snapshot, other), summary: `The pods lack the labels that NetworkPolicy ${policy.metadata.name} lets through` },
    ],
    recommendations: [
      advise(
        `Allow the pods of ${group.workload.metadata.name} in ${field} of NetworkPolicy ${policy.metadata.name}`,
        'No rule of it fits this connection.',
      ),
    ],
  }
}
