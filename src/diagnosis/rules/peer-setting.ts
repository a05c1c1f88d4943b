import { settingsWith, type Setting } from '../snapshot/settings.ts'
import type { Peer } from './connections.ts'
import type { LogContext } from './log-rule.ts'

export const peerText = (peer: Peer): string => (peer.port === null ? peer.host : `${peer.host}:${peer.port}`)

/** The setting that says where to connect: one with host and port, else with the host. */
export function settingOf({ settings }: LogContext, peer: Peer): Setting | undefined {
  const both = peer.port === null ? [] : settingsWith(settings, peerText(peer))
  // A program that resolved a name speaks of the address.
  const name = peer.service?.name ?? ''
  const named = peer.port === null || name === '' ? [] : settingsWith(settings, `${name}:${peer.port}`)
  return both[0] ?? named[0] ?? settingsWith(settings, peer.host)[0] ?? settingsWith(settings, peer.wanted?.name ?? name)[0]
}
