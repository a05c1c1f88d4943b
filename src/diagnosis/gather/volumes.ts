import { groupOf } from '#cluster'
import { serviceOfHost } from '../snapshot/hosts.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'
import { mapLimited } from './limit.ts'

const WIDTH = 8
const MAX_TYPES = 6

/** Namespaces of the NFS servers of this cluster that volumes of waiting pods name; reads the storage system's own objects for the others. */
export async function backingNamespaces(eyes: Eyes, snapshot: Snapshot): Promise<string[]> {
  const failed = snapshot.events.filter((e) => e.reason === 'FailedMount' || e.reason === 'FailedAttachVolume')
  if (failed.length === 0) return []
  const volumes = snapshot.all('PersistentVolume').filter((v) => v.status?.phase === 'Bound')
  const inline = snapshot.all('Pod').flatMap((pod) => (pod.spec?.volumes ?? []).map((v: any) => v.nfs?.server))
  const servers = [...volumes.map((v) => v.spec?.nfs?.server), ...inline].filter((s): s is string => typeof s === 'string')
  const drivers = new Set(volumes.map((v) => v.spec?.csi?.driver).filter((d): d is string => typeof d === 'string'))
  // `driver.longhorn.io` keeps `volumes.longhorn.io`.
  const types = (await eyes.customTypes()).filter(
    ({ plural, apiVersion }) => /volumes?$/.test(plural) && [...drivers].some((d) => d.endsWith(groupOf(apiVersion))),
  )
  await mapLimited(types.slice(0, MAX_TYPES), WIDTH, (type) => eyes.listCustom(type, null))
  const named = servers.flatMap((s) => (/\.svc(?:\.|$)/.test(s) ? (serviceOfHost(s, '')?.namespace ?? []) : []))
  const addresses = new Set(servers.filter((s) => /^[\d.]+$/.test(s)))
  const at = addresses.size === 0 ? [] : (await eyes.peek('Service')).filter((s) => addresses.has(s.spec?.clusterIP))
  return [...new Set([...named, ...at.map((s) => s.metadata.namespace ?? '')])]
}
