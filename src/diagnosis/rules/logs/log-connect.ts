import { refOf, type KubeObject } from '#cluster'
import { callsOf } from '../../snapshot/hosts.ts'
import { portUnknown } from './called-port.ts'
import { hostsNear } from '../run/connections.ts'
import { besideIt } from './loopback-peer.ts'
import { namedHosts, unservedPorts } from '../run/named-hosts.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { quotedField } from '../start/quoted-field.ts'
import { handedOut, peerText, settingOf } from '../run/peer-setting.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CONTROL_PLANE_SERVICES, ENDPOINT_SLICE_CONTROLLER } from '../../snapshot/well-known.ts'
import type { Place } from '../rule.ts'

export const cannotConnect = logRule(
  'cannot-connect',
  {
    title: 'A connection is refused or times out',
    means: 'The program cannot reach another one: that one is down or not ready, listens elsewhere, or the address is wrong.',
    mend: 'Mend what is behind the address; if all is well there, correct the host or port where it is set.',
  },
  (context) => {
    const { snapshot, group, hit, settingSaid } = context
    const peers = hostsNear(snapshot, group, hit)
    // Of bare addresses one is often the program's own.
    const isPlain = peers[0] !== undefined && peers[0].service === null && /^[\d.]+$/.test(peers[0].host)
    const besides = besideIt(context)
    if (besides) return besides
    const peer = (isPlain ? peers.find((p) => p.service !== null || settingOf(context, p)) : undefined) ?? peers[0]
    if (!peer) return nobodyNamed(context)
    const setting = settingOf(context, peer)
    const says = `it cannot reach ${peerText(peer)}`
    const service = peer.service && snapshot.get('Service', peer.service.namespace, peer.service.name)
    if (service?.spec?.type === 'ExternalName')
      return { says, cause: { object: refOf(service), field: 'spec.externalName' }, directness: 0.75 }
    const manual = service && writtenByHand(snapshot, service)
    if (manual) return { says: `${says}, whose address was written by hand`, cause: manual, directness: 0.72 }
    if (service)
      return (
        (peer.port === null ? null : portUnknown(service, peer.port, setting)) ?? {
          says,
          blames: [refOf(service)],
          directness: 0.4,
          open: true,
        }
      )
    // An address that stands in the pod itself, as a host alias does, is not DNS' to know.
    const alias = quotedField(group.workload, group.container, hit.line)
    if (alias?.includes('.hostAliases[')) return { says, cause: { object: refOf(group.workload), field: alias }, directness: 0.82 }
    const given = setting ? undefined : handedOut(context, peer)
    if (given)
      return {
        says: `${says}, an address that ${given.object.kind} ${given.object.name}, which it calls, tells it`,
        cause: placeOf(given),
        directness: 0.75,
      }
    if (peer.behind.length > 0)
      return { says: `${says}, which leads back into the cluster`, blames: peer.behind, directness: 0.5, open: true }
    const asked = setting ? undefined : settingSaid(hit.line)
    if (asked) return { says, cause: placeOf(asked), directness: 0.5, open: true }
    if (!setting) return { says, directness: 0.4, open: true }
    return { says, cause: placeOf(setting), directness: peer.wanted ? 0.7 : 0.55, open: !peer.wanted }
  },
)

/** The addresses of a Service that selects no pods: its slice, or the Endpoints that the slice mirrors. */
function writtenByHand(snapshot: Snapshot, service: KubeObject): Place | null {
  if (Object.keys(service.spec?.selector ?? {}).length > 0) return null
  const { namespace = '', name } = service.metadata
  const slice = snapshot
    .all('EndpointSlice', namespace)
    .find((s) => s.metadata.labels?.['kubernetes.io/service-name'] === name && (s['endpoints'] as unknown[] | undefined)?.length)
  if (slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === ENDPOINT_SLICE_CONTROLLER) return null
  if (!slice || CONTROL_PLANE_SERVICES.has(`${namespace}/${name}`)) return null
  if (slice.metadata.ownerReferences?.some((o: any) => o.kind === 'Endpoints'))
    return { object: { apiVersion: 'v1', kind: 'Endpoints', namespace, name }, field: 'subsets' }
  const addresses = (slice['endpoints'] as any[]).flatMap((e) => e.addresses ?? [])
  return { object: refOf(slice), field: addresses.length === 1 ? 'endpoints[0].addresses[0]' : 'endpoints' }
}

/** The line does not say to whom: a setting that cannot be reached is the likeliest. */
function nobodyNamed({ snapshot, group, settings }: LogContext): Told {
  const hosts = namedHosts(snapshot, settings, group.workload.metadata.namespace ?? '')
  const [wrong, ...more] = unservedPorts(hosts)
  const told = wrong && portUnknown(wrong.service!, wrong.port!, wrong.setting)
  if (told && more.length === 0) return { ...told, directness: 0.8 }
  const blames = callsOf(snapshot, group.workload).map((c) => c.service)
  return { says: 'it cannot connect', blames, directness: 0.35, open: true }
}
