import { callsOf } from '../../snapshot/hosts.ts'
import { settingsWith, type Setting } from '../../snapshot/settings.ts'
import type { Peer } from './connections.ts'
import { allSettings } from './limit-setting.ts'
import type { LogContext } from '../logs/log-rule.ts'

export const peerText = (peer: Peer): string => (peer.port === null ? peer.host : `${peer.host}:${peer.port}`)

/** The setting that says where to connect: one with host and port, else with the host. */
export function settingOf({ settings }: LogContext, peer: Peer): Setting | undefined {
  const both = peer.port === null ? [] : settingsWith(settings, peerText(peer))
  // A program that resolved a name speaks of the address.
  const name = peer.service?.name ?? ''
  const named = peer.port === null || name === '' ? [] : settingsWith(settings, `${name}:${peer.port}`)
  return both[0] ?? named[0] ?? settingsWith(settings, peer.host)[0] ?? settingsWith(settings, peer.wanted?.name ?? name)[0]
}

/**
 * A name that the caller was never told, and that one which it calls was: brokers and clusters hand out addresses of their own (`advertised.listeners`,
 * `announce-ip`, a redirect), which their clients then use.
 */
export function handedOut({ snapshot, group }: LogContext, peer: Peer): Setting | undefined {
  const services = callsOf(snapshot, group.workload).map((c) => c.service)
  const servers = new Set(
    services.flatMap((s) =>
      snapshot
        .podsSelected(s.namespace ?? '', snapshot.get('Service', s.namespace, s.name)?.spec?.selector)
        .map((pod) => snapshot.workloadOf(pod)),
    ),
  )
  servers.delete(group.workload)
  for (const server of servers) {
    const found = settingsWith(allSettings(snapshot, server), peer.host)[0]
    if (found) return found
  }
  return undefined
}
