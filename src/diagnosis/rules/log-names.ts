import { refOf } from '#cluster'
import { podField } from '../snapshot/field-path.ts'
import { nearest } from '../snapshot/selectors.ts'
import { DNS_SERVICE } from '../snapshot/well-known.ts'
import { hostsNear, type Peer } from './connections.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { settingOf } from './peer-setting.ts'
import { advise, setField } from './recommend.ts'

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
    const peer = hostsNear(snapshot, group, hit)[0]
    if (!peer) return { says: 'a host name cannot be resolved', ...resolver(context) }
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
    if (peer.wanted && snapshot.has('Service', peer.wanted.namespace)) return missing(context, peer, peer.wanted, says)
    const setting = settingOf(context, peer)
    return setting ? { says, cause: placeOf(setting), directness: 0.75 } : { says, ...resolver(context), directness: 0.5 }
  },
)

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
  }
  if (!setting) return { ...told, directness: 0.6, open: true }
  const meant = near ?? (elsewhere ? `${elsewhere.metadata.name}.${elsewhere.metadata.namespace}` : undefined)
  const recommendations = meant
    ? [setField(setting.object, setting.field, setting.value.replaceAll(peer.host, meant), `${peer.host} does not exist, ${meant} does.`)]
    : [advise(`Correct ${setting.field}, or create the Service ${wanted.name}`, `${peer.host} does not exist.`)]
  return { ...told, cause: placeOf(setting), directness: 0.88, recommendations }
}

/** Who should have resolved it: the pod's own DNS settings, when it has any, else the cluster's DNS. */
function resolver({ group }: LogContext): Pick<Told, 'cause' | 'directness' | 'open' | 'blames'> {
  const pod = group.views[0]!.pod.spec ?? {}
  const own = pod.dnsPolicy === 'None' ? 'dnsConfig.nameservers' : pod.dnsPolicy === 'Default' ? 'dnsPolicy' : null
  if (own) return { cause: { object: refOf(group.workload), field: podField(group.workload, own) }, directness: 0.8 }
  return { cause: { object: refOf(group.workload), field: null }, directness: 0.4, open: true, blames: [DNS_SERVICE] }
}
