import { refOf, type KubeObject } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { isReady } from './containers.ts'
import { hostsIn, serviceOfHost } from './hosts.ts'
import { servicesAt } from './public-hosts.ts'
import type { Snapshot } from './snapshot.ts'

/** What an operator says when it does not reach somebody. */
const UNREACHED =
  /connection refused|no route to host|i\/o timeout|timed? ?out|deadline exceeded|connection reset|no such host|\b50[234]\b|bad gateway|service unavailable|\bEOF\b/i

/** Services of this cluster that an operator does not reach and whose pods are not ready: what is wrong with them tells more. */
export function unreached(snapshot: Snapshot, { metadata: { namespace = '' } }: KubeObject, messages: readonly string[]): ObjectRef[] {
  const hosts = messages.filter((m) => UNREACHED.test(m)).flatMap((m) => hostsIn(m).map((h) => h.host))
  const found = [...new Set(hosts)].flatMap((host) => {
    const named = serviceOfHost(host, namespace)
    const service = named && snapshot.get('Service', named.namespace, named.name)
    return service ? [refOf(service)] : servicesAt(snapshot, host)
  })
  return found.filter((ref) => {
    const service = snapshot.get('Service', ref.namespace, ref.name)
    return !snapshot.podsSelected(ref.namespace ?? '', service?.spec?.selector).some(isReady)
  })
}
