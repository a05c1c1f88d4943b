import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { unwellCustoms } from '../../snapshot/custom-links.ts'
import { serviceOfHost } from '../../snapshot/hosts.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'

/** What stands behind a volume in this very cluster: an NFS server, or the custom resource of a storage system that is called like it. */

/** The Service that an NFS server is, by its name or its address. */
function nfsServer(snapshot: Snapshot, server: string): KubeObject | undefined {
  const named = /\.svc(?:\.|$)/.test(server) ? serviceOfHost(server, '') : null
  return named
    ? snapshot.get('Service', named.namespace, named.name)
    : snapshot.all('Service').find((s) => s.spec?.clusterIP === server && server !== 'None')
}

/** A server that does not answer, of this cluster: then its pods tell more than the volume. */
export function nfsServices(
  snapshot: Snapshot,
  server: string,
  message: string,
): { directness: number; open?: true; blames?: ObjectRef[] } {
  const service = nfsServer(snapshot, server)
  const isSilent = /timed? ?out|refused|no route|not responding|unreachable|unavailable/i.test(message)
  return service && isSilent ? { directness: 0.6, open: true, blames: [refOf(service)] } : { directness: 0.8 }
}

/** A storage system's own object for a volume, where it says that it is not well. */
export const backingOf = (snapshot: Snapshot, volume: KubeObject | undefined, name: string | undefined): ObjectRef[] => {
  const names = new Set([volume?.metadata.name, volume?.spec?.csi?.volumeHandle, name].filter((n) => typeof n === 'string'))
  return [...unwellCustoms(snapshot).values()].filter(({ object }) => names.has(object.metadata.name)).map(({ object }) => refOf(object))
}
