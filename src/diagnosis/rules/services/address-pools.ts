import { refOf, type KubeObject } from '#cluster'
import { entry, podSpecOf } from '../../snapshot/field-path.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_CONTROLLER } from '../../snapshot/well-known.ts'
import type { Place } from '../rule.ts'

/** A Service that waits for a load balancer. */
export const isAddressless = ({ spec, status }: KubeObject): boolean =>
  spec?.type === 'LoadBalancer' && !status?.loadBalancer?.ingress?.length

/** What a controller says when it has no address to give. */
export const NONE_LEFT =
  /no available|exhaust|not enough|no free|out of (?:addresses|IPs)|could not be (?:assigned|allocated)|not allowed by|not (?:allowed )?in (?:the )?(?:pool|config|range)|no (?:matching |suitable |more )?(?:ips?|addresses|pools?)\b/i

const RANGE = /^[\d.]+(?:\/\d+|\s*-\s*[\d.]+)$|^[\da-f:]+:[\da-f:]*(?:\/\d+|\s*-\s*[\da-f:]+)$/i

/** The custom resources that hold addresses, with the field that does. */
const poolsIn = (snapshot: Snapshot): { pool: KubeObject; place: Place }[] =>
  snapshot.customs.flatMap((o) => {
    const leaf = leavesOf(o.spec ?? {}, 'spec').find((l) => RANGE.test(l.value))
    return leaf ? [{ pool: o, place: { object: refOf(o), field: leaf.field.replace(/\[\d+\].*$/, '') } }] : []
  })

/** Workloads that could give an address: those beside the pools, and the cloud's controller. */
export function giversOf(snapshot: Snapshot): KubeObject[] {
  const beside = new Set(poolsIn(snapshot).map(({ pool }) => pool.metadata.namespace))
  return snapshot.workloads.filter(
    (w) =>
      (w.kind === 'Deployment' || w.kind === 'DaemonSet') &&
      (beside.has(w.metadata.namespace) ||
        CLOUD_CONTROLLER.test(w.metadata.name) ||
        (podSpecOf(w)?.containers ?? []).some((c: any) => CLOUD_CONTROLLER.test(c.image ?? ''))),
  )
}

/** The custom resource that holds the addresses: the one that is named, else the one that is given to everybody. `asker`: a Service or a pod. */
export function poolOf(snapshot: Snapshot, asker: KubeObject, message: string): Place | null {
  const pools = poolsIn(snapshot)
  const said = `${message} ${Object.values(asker.metadata.annotations ?? {}).join(' ')}`
  const free = pools.filter(({ pool }) => pool.spec?.autoAssign !== false && pool.spec?.disabled !== true)
  const named = pools.find(({ pool }) => holdsWord(said, pool.metadata.name))
  return (named ?? (pools.length === 1 ? pools[0] : free.length === 1 ? free[0] : undefined))?.place ?? null
}

/** A pool that somebody has closed. */
export const poolClosed = (snapshot: Snapshot): Place | null => {
  const closed = poolsIn(snapshot).filter(({ pool }) => pool.spec?.disabled === true)
  return closed.length === 1 ? { object: refOf(closed[0]!.pool), field: 'spec.disabled' } : null
}

/** What the Service itself asks for and the controller quotes: an address, the name of a pool, an annotation. */
export function askedField({ metadata, spec }: KubeObject, message: string): string | null {
  const asked = spec?.loadBalancerIP
  if (typeof asked === 'string' && asked !== '' && message.includes(asked)) return 'spec.loadBalancerIP'
  const annotations = Object.entries<string>(metadata.annotations ?? {}).filter(([key]) => !/last-applied|ip-allocated/.test(key))
  const called = annotations.find(([key]) => message.includes(key) || message.includes(key.slice(key.indexOf('/') + 1)))
  const quoted = annotations.find(([, value]) => value.length >= 3 && !/^(?:true|false)$/.test(value) && holdsWord(message, value))
  const found = called ?? quoted
  if (found) return entry('metadata.annotations', found[0])
  const cls = spec?.loadBalancerClass
  return typeof cls === 'string' && holdsWord(message, cls) ? 'spec.loadBalancerClass' : null
}
