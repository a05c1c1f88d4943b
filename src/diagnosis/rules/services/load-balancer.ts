import { refOf, type KubeObject } from '#cluster'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { time } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_CONTROLLER } from '../../snapshot/well-known.ts'
import { askedField, giversOf, isAddressless, NONE_LEFT, poolOf } from './address-pools.ts'
import { advise } from '../recommend.ts'
import { fromEvent, fromObject, type Draft, type Place, type Rule, type Seen } from '../rule.ts'

export const loadBalancer: Rule = {
  id: 'load-balancer',
  title: 'A Service of type LoadBalancer gets no address',
  means:
    'The cloud’s controller cannot make the load balancer: its credentials, a quota, an annotation that the cloud refuses; or there is no such controller.',
  looksAt: 'Services of type LoadBalancer without an address, their SyncLoadBalancerFailed events, and the workload that serves the cloud.',
  mend: 'Mend what the cloud’s answer names: the token of the controller, the quota, the annotation.',
  look: (snapshot) => snapshot.all('Service').flatMap((service) => pending(snapshot, service)),
}

function pending(snapshot: Snapshot, service: KubeObject): Seen[] {
  if (!isAddressless(service)) return []
  const event = snapshot
    .eventsOf(service)
    .find((e) => e.type === 'Warning' && /LoadBalancer|Allocation|FailedBuildModel|FailedDeployModel/i.test(e.reason))
  if (!event) return unanswered(snapshot, service)
  const object = refOf(service)
  const isRefused =
    /\b(?:401|403)\b|unauthori[sz]ed|unable to authenticate|access ?denied|invalid (?:token|credential)|expired ?token|forbidden/i.test(
      event.message,
    )
  const controller = isRefused ? controllerOf(snapshot) : undefined
  const asked = isRefused ? null : askedField(service, event.message)
  const pool = asked === null && NONE_LEFT.test(event.message) ? poolOf(snapshot, service, event.message) : null
  const own: Place = { object, field: asked ?? (/annotation/i.test(event.message) ? 'metadata.annotations' : null) }
  return [
    {
      on: object,
      failure: 'entry',
      severity: 'critical',
      summary: `Service ${object.namespace}/${object.name} gets no load balancer: ${event.message.slice(0, 200)}`,
      evidence: [fromEvent(event), ...(controller?.evidence ?? [])],
      cause: controller?.cause ?? pool ?? own,
      since: event.first,
      directness: controller || pool || asked !== null ? 0.82 : 0.6,
      open: !controller && !pool && asked === null,
      recommendations: [
        advise(
          controller
            ? `Renew the credentials of ${controller.cause.object.kind} ${controller.cause.object.name}`
            : 'Mend what the cloud names',
          event.message.slice(0, 300),
        ),
      ],
    },
  ]
}

/** Nobody says anything: who should give the address is in trouble, or there is nobody. */
function unanswered(snapshot: Snapshot, service: KubeObject): Seen[] {
  const since = time(service.metadata.creationTimestamp)
  if (since === null || snapshot.now - since < SLOWLY) return []
  const givers = giversOf(snapshot)
  const object = refOf(service)
  const chosen = service.spec?.loadBalancerClass === undefined ? 'spec.type' : 'spec.loadBalancerClass'
  return [
    {
      on: object,
      failure: 'entry',
      severity: 'warning',
      summary: `Service ${object.namespace}/${object.name} has no load balancer, and nobody says why${givers.length > 0 ? '' : ': nothing was found that gives addresses'}`,
      evidence: [fromObject(service, 'status.loadBalancer = {}')],
      cause: { object, field: chosen },
      since,
      directness: givers.length > 0 ? 0.3 : 0.42,
      open: true,
      tentative: true,
      blames: givers.map(refOf),
    },
  ]
}

/** A cloud takes minutes. ms */
const SLOWLY = 5 * 60_000

/** The cloud's controller, and where it takes its credentials from. */
function controllerOf(snapshot: Snapshot): { cause: Place; evidence: Draft[] } | undefined {
  const workload = snapshot.workloads.find(
    (w) =>
      CLOUD_CONTROLLER.test(w.metadata.name) || (podSpecOf(w)?.containers ?? []).some((c: any) => CLOUD_CONTROLLER.test(c.image ?? '')),
  )
  if (!workload) return undefined
  for (const container of podSpecOf(workload)?.containers ?? []) {
    const variable = (container.env ?? []).find((e: any) => e.valueFrom?.secretKeyRef)
    if (!variable) continue
    const field = containerField(workload, container.name, `env[name=${variable.name}].valueFrom.secretKeyRef`)
    const { name, key } = variable.valueFrom.secretKeyRef
    return {
      cause: { object: refOf(workload), field },
      evidence: [fromObject(workload, `${variable.name} is key ${key} of Secret ${name}`)],
    }
  }
  return { cause: { object: refOf(workload), field: null }, evidence: [] }
}
