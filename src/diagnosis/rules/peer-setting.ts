import { settingsWith, type Setting } from '../snapshot/settings.ts'
import type { Peer } from './connections.ts'
import type { LogContext } from './log-rule.ts'

export const peerText = (peer: Peer): string => (peer.port === null ? peer.host : `${peer.host}:${peer.port}`)

/** The setting that says where to connect: one with host and port, else with the host. */
export function settingOf({ settings }: LogContext, peer: Peer): Setting | undefined {
  const both = peer.port === null ? [] : settingsWith(settings, peerText(peer))
  return both[0] ?? settingsWith(settings, peer.host)[0] ?? settingsWith(settings, peer.wanted?.name ?? '')[0]
}
