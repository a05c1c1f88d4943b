import { refOf } from '#cluster'
import { nearest } from '../snapshot/selectors.ts'
import { callsOf } from '../snapshot/hosts.ts'
import { settingsWith } from '../snapshot/settings.ts'
import { hostsNear, type Peer } from './connections.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { advise, setField } from './recommend.ts'

export const text = (peer: Peer): string => (peer.port === null ? peer.host : `${peer.host}:${peer.port}`)

/** The setting that says where to connect: one with host and port, else with the host. */
export function settingOf({ settings }: LogContext, peer: Peer) {
  return (
    (peer.port === null ? [] : settingsWith(settings, text(peer)))[0] ??
    settingsWith(settings, peer.host)[0] ??
    settingsWith(settings, peer.wanted?.name ?? '')[0]
  )
}

export const nameNotResolved = logRule(
  'name-not-resolved',
  {
    title: 'A host name cannot be resolved',
    means:
      'The program is told to connect to a name that DNS does not know: mostly a Service that does not exist, or is in another namespace.',
    mend: 'Correct the name where it is set, or create the Service.',
  },
  (context) => {
    const { snapshot, group, hit } = context
    const peer = hostsNear(snapshot, group, hit)[0]
    if (!peer) return { says: 'a host name cannot be resolved', ...dns(context) }
    const setting = settingOf(context, peer)
    if (peer.service)
      return { says: `the name ${peer.host} cannot be resolved, although the Service exists`, blames: [peer.service], ...dns(context) }
    const says = `the name ${peer.host} cannot be resolved`
    if (!peer.wanted || !snapshot.has('Service', peer.wanted.namespace))
      return setting ? { says, cause: placeOf(setting), directness: 0.75 } : { says, directness: 0.5, open: true }
    const near = nearest(
      peer.wanted.name,
      snapshot.all('Service', peer.wanted.namespace).map((s) => s.metadata.name),
    )
    const elsewhere = snapshot.all('Service').find((s) => s.metadata.name === peer.wanted!.name)
    const hint = near ? ` (there is ${near})` : elsewhere ? ` (there is one in namespace ${elsewhere.metadata.namespace})` : ''
    const told = {
      says: `${says}: there is no Service ${peer.wanted.name} in namespace ${peer.wanted.namespace}${hint}`,
      tokens: [peer.host, peer.wanted.name],
    }
    if (!setting) return { ...told, directness: 0.6, open: true }
    const meant = near ?? (elsewhere ? `${elsewhere.metadata.name}.${elsewhere.metadata.namespace}` : undefined)
    const recommendations = meant
      ? [setField(setting.object, setting.field, setting.value.replaceAll(peer.host, meant), `${peer.host} does not exist, ${meant} does.`)]
      : [advise(`Correct ${setting.field}, or create the Service ${peer.wanted.name}`, `${peer.host} does not exist.`)]
    return { ...told, cause: placeOf(setting), directness: 0.88, recommendations }
  },
)

/** The pod's own DNS settings, when it has any. */
function dns({ group }: LogContext): Pick<Told, 'cause' | 'directness' | 'open'> {
  const pod = group.views[0]!.pod.spec ?? {}
  const field = pod.dnsPolicy === 'None' || pod.dnsPolicy === 'Default' ? (pod.dnsConfig ? 'dnsConfig' : 'dnsPolicy') : null
  const object = refOf(group.workload)
  if (field === null) return { cause: { object, field: null }, directness: 0.4, open: true }
  const prefix =
    group.workload.kind === 'Pod'
      ? 'spec'
      : group.workload.kind === 'CronJob'
        ? 'spec.jobTemplate.spec.template.spec'
        : 'spec.template.spec'
  return { cause: { object, field: `${prefix}.${field === 'dnsConfig' ? 'dnsConfig.nameservers' : field}` }, directness: 0.8 }
}

export const cannotConnect = logRule(
  'cannot-connect',
  {
    title: 'A connection is refused or times out',
    means: 'The program cannot reach another one: that one is down or not ready, listens elsewhere, or the address is wrong.',
    mend: 'Mend what is behind the address; if all is well there, correct the host or port where it is set.',
  },
  (context) => {
    const { snapshot, group, hit } = context
    const peers = hostsNear(snapshot, group, hit)
    const peer = peers[0]
    if (!peer)
      return {
        says: 'it cannot connect',
        blames: callsOf(snapshot, group.workload).map((c) => c.service),
        directness: 0.35,
        open: true,
        failure: failureOf(hit.state),
      }
    const setting = settingOf(context, peer)
    const blames = peer.service ? [peer.service] : []
    const said = { failure: failureOf(hit.state), blames, says: `it cannot reach ${text(peer)}` }
    const service = peer.service && snapshot.get('Service', peer.service.namespace, peer.service.name)
    const ports: any[] = service ? (service.spec?.ports ?? []) : []
    if (
      service &&
      peer.port !== null &&
      ports.length > 0 &&
      !ports.some((p) => p.port === peer.port) &&
      service.spec?.clusterIP !== 'None'
    ) {
      const offered = ports.map((p) => p.port).join(', ')
      const says = `it calls port ${peer.port} of Service ${service.metadata.name}, which serves ${offered}`
      const other = {
        object: refOf(service),
        field: 'spec.ports',
        summary: `Service ${service.metadata.name} should serve port ${peer.port}`,
      }
      return {
        ...said,
        says,
        ...(setting ? { cause: placeOf(setting), directness: 0.87 } : { directness: 0.6, open: true }),
        alternatives: [other],
        tokens: [String(peer.port), peer.host],
      }
    }
    if (service) return { ...said, directness: 0.4, open: true }
    return setting
      ? { ...said, cause: placeOf(setting), directness: peer.wanted ? 0.7 : 0.55, open: !peer.wanted }
      : { ...said, directness: 0.4, open: true }
  },
)

const failureOf = (state: string): 'crash' | 'unready' | 'call' =>
  state === 'crashing' ? 'crash' : state === 'unready' ? 'unready' : 'call'
