import { refOf } from '#cluster'
import { item } from '../../snapshot/field-path.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { linesWith, type Line } from '../logs/log-scan.ts'
import { configurationOf, judgeCall, webhookService } from './webhook-call.ts'
import { inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const webhookLines: Rule = {
  id: 'webhook-unanswered',
  title: 'The API server gets no answer from a webhook',
  means:
    'What is written to the API waits for a webhook that does not answer or that the API server does not trust: writes are slow where its failures are ignored, and refused where they are not.',
  looksAt:
    'Lines in the logs of the API server and of its clients that quote the call of a webhook, the webhook’s configuration, and the Service behind it.',
  mend: 'Bring the webhook’s own pods back, correct its Service or CA bundle, or shorten its timeout.',
  look: (snapshot) => linesWith(snapshot, CALL).flatMap((line) => unanswered(snapshot, line) ?? []),
}

const CALL = /failed calling webhook "([^"]+)": (?:failed to call webhook: )?(.+)$/
const OFTEN = 3

function unanswered(snapshot: Snapshot, { workload, view, match, said, repeats, isCrashing }: Line): Seen | null {
  const [, name = '', why = ''] = match
  if (repeats < OFTEN && !isCrashing) return null
  const found = configurationOf(snapshot, name)
  const reference = found?.hook.clientConfig?.service
  const service = reference
    ? { apiVersion: 'v1', kind: 'Service', namespace: String(reference.namespace), name: String(reference.name) }
    : webhookService(match.input)
  const isMissing = service !== null && snapshot.find('Service', service.namespace, service.name) === null
  const call = judgeCall(snapshot, workload, found?.hook, service, why, isMissing)
  const object = found
    ? refOf(found.configuration)
    : { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', namespace: null, name }
  return {
    on: refOf(workload),
    failure: isCrashing ? 'crash' : 'call',
    container: view.name,
    severity: 'critical',
    summary: `${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} waits for webhook ${name}, which ${call.says}`,
    evidence: [said],
    cause: { object, field: `${item('webhooks', 'name', name)}.${call.leaf}` },
    directness: call.directness,
    blames: service && call.isOpen ? [service] : [],
    open: call.isOpen,
    tentative: !isCrashing,
    recommendations: [
      inspect(
        'Look at the pods behind the webhook',
        why.slice(0, 200),
        `kubectl get service,endpointslices,pods -n ${service?.namespace ?? 'default'}`,
      ),
    ],
  }
}
