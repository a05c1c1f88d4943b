import { refOf } from '#cluster'
import { podField } from '../../snapshot/field-path.ts'
import { DNS_SERVICE } from '../../snapshot/well-known.ts'
import type { LogContext, Told } from './log-rule.ts'

/** Who should have resolved it: the pod's own DNS settings, when it has any, else the cluster's DNS. */
export function resolver({ group }: LogContext): Pick<Told, 'cause' | 'directness' | 'open' | 'blames'> {
  const pod = group.views[0]!.pod.spec ?? {}
  // On the node's network `ClusterFirst` means the node's own resolver.
  const isNodes = pod.dnsPolicy === 'Default' || (pod.hostNetwork === true && (pod.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst')
  const own = pod.dnsPolicy === 'None' ? 'dnsConfig.nameservers' : isNodes ? 'dnsPolicy' : null
  if (own) return { cause: { object: refOf(group.workload), field: podField(group.workload, own) }, directness: 0.8 }
  return { cause: { object: refOf(group.workload), field: null }, directness: 0.4, open: true, blames: [DNS_SERVICE] }
}
