import { refOf } from '#cluster'
import { nearest } from '../../snapshot/selectors.ts'
import { DNS_SERVICE } from '../../snapshot/well-known.ts'
import { hostsNear, type Peer } from '../run/connections.ts'
import { inResolver } from '../run/dns-written.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { resolver } from './resolver.ts'
import { namedHosts, unknownHosts } from '../run/named-hosts.ts'
import { handedOut, settingOf } from '../run/peer-setting.ts'
import { absentMember, governing, memberOf } from '../controllers/stateful-names.ts'
import { fullQuota } from '../admission/quota-refused.ts'
import { advise, setField } from '../recommend.ts'

export const nameNotResolved = logRule(
  'name-not-resolved',
  {
    title: 'A host name cannot be resolved',
    means:
      'The program is told to connect to a name that DNS does not know: mostly a Service that does not exist, or is in another namespace. Or DNS itself does not answer.',
    mend: 'Correct the name where it is set, or create the Service; if no name is resolved, mend the DNS pods or the pod’s dnsPolicy.',
  },
  (context) => {
    const { snapshot, group, hit } = context
    // What a DNS server answers to others is no trouble of its own.
    if (hit.state === 'well' && /^\[INFO\] .*NXDOMAIN/.test(hit.line)) return null
    const peer = hostsNear(snapshot, group, hit)[0]
    if (!peer) return nobodyNamed(context) ?? { says: 'a host name cannot be resolved', ...resolver(context) }
    const says = `the name ${peer.host} cannot be resolved`
    const service = peer.service && snapshot.get('Service', peer.service.namespace, peer.service.name)
    if (service?.spec?.type === 'ExternalName') {
      const outside = service.spec.externalName
      return {
        says: `${says}: Service ${service.metadata.name} stands for ${outside}`,
        cause: { object: refOf(service), field: 'spec.externalName' },
        directness: 0.87,
        tokens: [outside],
      }
    }
    if (service) return { says: `${says}, although the Service exists`, ...resolver(context) }
    const given = settingOf(context, peer) ? undefined : handedOut(context, peer)
    if (given)
      return {
        says: `${says}: ${given.object.kind} ${given.object.name}, which it calls, tells it that name`,
        cause: placeOf(given),
        directness: 0.82,
      }
    const member = memberOf(peer.host)
    const isKnown = member !== null && snapshot.has('Service', member.namespace)
    const ruled = isKnown ? governing(context, member, says) : null
    if (ruled) return ruled
    const ordinal = absentMember(snapshot, peer.host, group.workload.metadata.namespace ?? '')
    if (ordinal) return { says: `${says}: ${ordinal.says}`, directness: 0.5, open: true, blames: [ordinal.set], tokens: [peer.host] }
    if (isKnown) return { says, ...resolver(context) }
    if (peer.wanted && snapshot.has('Service', peer.wanted.namespace)) return missing(context, peer, peer.wanted, says)
    if (group.views[0]!.pod.spec?.dnsPolicy === 'None') return { says, ...resolver(context) }
    const written = inResolver(snapshot, peer.host)
    if (written) return { says: `${says}: the cluster's DNS has a rule of its own for it`, cause: written, directness: 0.82 }
    // No server answered: the name is not at fault.
    if (UNANSWERED.test(hit.line)) return { says, ...resolver(context) }
    const setting = settingOf(context, peer)
    return setting
      ? { says, cause: placeOf(setting), directness: 0.75, blames: [DNS_SERVICE] }
      : { says, ...resolver(context), directness: 0.5 }
  },
)

const UNANSWERED = /i\/o timeout|EAI_AGAIN|temporary failure|server misbehaving|connection refused|timed out/i

/** The line does not say which: the one setting that names no Service is the likeliest. */
function nobodyNamed(context: LogContext): Told | null {
  const { snapshot, group, settings, hit } = context
  if (UNANSWERED.test(hit.line)) return null
  const unknown = unknownHosts(snapshot, namedHosts(snapshot, settings, group.workload.metadata.namespace ?? ''))
  const [only, ...more] = unknown
  if (!only || more.some((m) => m.host !== only.host)) return null
  const says = `a host name cannot be resolved, and ${only.setting.name || only.setting.field} names ${only.host}`
  const told = missing(context, { host: only.host, port: only.port, service: null, wanted: only.wanted, behind: [] }, only.wanted, says)
  return { ...told, cause: placeOf(only.setting), directness: 0.8, open: false }
}

/** The Service does not exist. */
function missing(context: LogContext, peer: Peer, wanted: { namespace: string; name: string }, says: string): Told {
  const { snapshot } = context
  const setting = settingOf(context, peer)
  const near = nearest(
    wanted.name,
    snapshot.all('Service', wanted.namespace).map((s) => s.metadata.name),
  )
  const elsewhere = snapshot.all('Service').find((s) => s.metadata.name === wanted.name)
  const hint = near ? ` (there is ${near})` : elsewhere ? ` (there is one in namespace ${elsewhere.metadata.namespace})` : ''
  const told = {
    says: `${says}: there is no Service ${wanted.name} in namespace ${wanted.namespace}${hint}`,
    tokens: [peer.host, wanted.name],
    blames: [{ apiVersion: 'v1', kind: 'Service', namespace: wanted.namespace, name: wanted.name }],
  }
  if (!setting) return { ...told, directness: 0.6, open: true }
  const meant = near ?? (elsewhere ? `${elsewhere.metadata.name}.${elsewhere.metadata.namespace}` : undefined)
  const recommendations = meant
    ? [setField(setting.object, setting.field, setting.value.replaceAll(peer.host, meant), `${peer.host} does not exist, ${meant} does.`)]
    : [advise(`Correct ${setting.field}, or create the Service ${wanted.name}`, `${peer.host} does not exist.`)]
  const full = near || elsewhere ? undefined : fullQuota(snapshot, wanted.namespace, 'services')
  const alternatives = full
    ? [
        {
          object: refOf(full),
          field: 'spec.hard.services',
          summary: `The Service was never made: quota ${full.metadata.name} has none left`,
        },
      ]
    : []
  return { ...told, cause: placeOf(setting), directness: full ? 0.75 : 0.88, recommendations, alternatives }
}
