import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { matchesSelector } from '../../snapshot/selectors.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const addressAnnounced: Rule = {
  id: 'address-unannounced',
  title: 'Nobody announces the address of a load balancer',
  means: 'The Service has its address, and what says which nodes announce it selects no node: nobody answers for the address.',
  looksAt: 'Services of type LoadBalancer that an alert is about, the advertisements of MetalLB and its kin, and the labels of the nodes.',
  mend: 'Correct the node selector of the advertisement, or label the nodes.',
  look: (snapshot) => {
    const { asked } = snapshot
    const service = asked?.object
    return service?.kind === 'Service' && service.spec?.type === 'LoadBalancer' && snapshot.has('Node')
      ? snapshot.customs.filter((o) => ADVERTISES.test(o.kind)).flatMap((one) => judge(snapshot, service, one) ?? [])
      : []
  },
}

/** Kinds that say who announces addresses: MetalLB's L2Advertisement and BGPAdvertisement, Cilium's CiliumL2AnnouncementPolicy. */
const ADVERTISES = /Advertisement|AnnouncementPolicy/

function judge(snapshot: Snapshot, service: KubeObject, one: KubeObject): Seen | null {
  const many = one.spec?.nodeSelectors
  const selectors: unknown[] = Array.isArray(many) ? many : one.spec?.nodeSelector ? [one.spec.nodeSelector] : []
  const nodes = snapshot.all('Node')
  if (selectors.length === 0 || nodes.some((n) => selectors.some((s: any) => matchesSelector(s, n.metadata.labels)))) return null
  const object = refOf(one)
  const field = Array.isArray(many) ? 'spec.nodeSelectors' : 'spec.nodeSelector'
  const says = `${objectText(object)} selects none of the ${nodes.length} nodes`
  return {
    on: refOf(service),
    failure: 'entry',
    severity: 'critical',
    summary: `Nobody announces the address of Service ${service.metadata.namespace}/${service.metadata.name}: ${says}`,
    evidence: [fromObject(one, says)],
    cause: { object, field },
    directness: 0.82,
    tentative: true,
    recommendations: [advise(`Correct ${field} of ${objectText(object)}`, says)],
  }
}
