import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { item } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { deniedField } from './denial.ts'
import { configurationOf, judgeCall, SILENT } from './webhook-call.ts'
import { wallBefore } from './webhook-wall.ts'
import { advise, inspect } from '../recommend.ts'
import { refusals, type Refusal } from './refusals.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

const CALL = /failed calling webhook "([^"]+)": (?:failed to call webhook: )?(.+)$/s
const DENIED = /admission webhook "([^"]+)" denied the request:? ?(.*)$/s

export const webhookRefused: Rule = {
  id: 'webhook-refused',
  title: 'An admission webhook keeps pods from being made',
  means: 'The API server asks a webhook before it accepts a pod. The webhook cannot be reached, its certificate is wrong, or it says no.',
  looksAt: 'FailedCreate events of controllers that lack pods, the webhook configurations, and the Service behind the webhook.',
  mend: 'Bring the webhook’s own pods back, correct its Service or CA bundle, or set failurePolicy to Ignore; if it says no, change what it objects to.',
  look: (snapshot) =>
    refusals(snapshot)
      .map((r) => unreachable(snapshot, r) ?? denied(r))
      .filter((s) => s !== null),
}

const refused = ({ workload }: Refusal): string =>
  `Pods of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} are refused`

function unreachable(snapshot: Snapshot, refusal: Refusal): Seen | null {
  const match = CALL.exec(refusal.message)
  if (!match) return null
  const [, name = '', why = ''] = match
  const found = configurationOf(snapshot, name)
  const reference = found?.hook.clientConfig?.service
  const [, urlName, urlNamespace] = /https:\/\/([\w-]+)\.([\w-]+)\.svc/.exec(why) ?? []
  const service: ObjectRef | null =
    reference || urlName
      ? { apiVersion: 'v1', kind: 'Service', namespace: reference?.namespace ?? urlNamespace, name: reference?.name ?? urlName }
      : null
  const object = found
    ? refOf(found.configuration)
    : { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', namespace: null, name }
  const field = item('webhooks', 'name', name)
  const isMissing =
    service !== null &&
    (new RegExp(`service "?${service.name}"? not found`).test(why) || snapshot.find('Service', service.namespace, service.name) === null)
  const wall = service && !isMissing && SILENT.test(why) ? wallBefore(snapshot, service) : null
  if (wall)
    return {
      ...wall,
      on: refOf(refusal.workload),
      since: refusal.since,
      evidence: [refusal.said, ...wall.evidence],
      summary: `${refused(refusal)}: webhook ${name} does not answer: ${wall.summary}`,
    }
  const call = judgeCall(snapshot, refusal.workload, found?.hook, service, why, isMissing)
  return {
    on: refOf(refusal.workload),
    failure: 'admission',
    severity: 'critical',
    summary: `${refused(refusal)}: webhook ${name} ${call.says}`,
    evidence: [
      refusal.said,
      ...(found
        ? [
            fromObject(
              found.configuration,
              `webhook ${name}: failurePolicy ${found.hook.failurePolicy ?? 'Fail'}, service ${service ? `${service.namespace}/${service.name}` : found.hook.clientConfig?.url}`,
            ),
          ]
        : []),
    ],
    cause: { object, field: `${field}.${call.leaf}` },
    since: refusal.since,
    directness: call.directness,
    blames: service && call.isOpen ? [service] : [],
    open: call.isOpen,
    alternatives: call.alternatives,
    recommendations: [
      ...(service
        ? [
            inspect(
              'Look at the pods behind the webhook',
              'The API server cannot get an answer from them.',
              `kubectl get service,endpointslices,pods -n ${service.namespace}`,
            ),
          ]
        : []),
      advise(`Mend the webhook, or set failurePolicy of ${name} to Ignore until it is`, why.slice(0, 300)),
    ],
  }
}

function denied(refusal: Refusal): Seen | null {
  const match = DENIED.exec(refusal.message)
  if (!match) return null
  const [, name = '', why = ''] = match
  const field = deniedField(refusal.workload, why)
  return {
    on: refOf(refusal.workload),
    failure: 'admission',
    severity: 'critical',
    summary: `Pods of ${refusal.workload.kind} ${refusal.workload.metadata.namespace}/${refusal.workload.metadata.name} are refused by webhook ${name}: ${why.slice(0, 200)}`,
    evidence: [refusal.said],
    cause: { object: refOf(refusal.workload), field },
    since: refusal.since,
    directness: field ? 0.85 : 0.75,
    tokens: [...why.matchAll(/["'`<]([^"'`<>\s]{2,120})["'`>]/g)].map((m) => m[1]!),
    recommendations: [advise('Change what the webhook objects to', why.slice(0, 300))],
  }
}
