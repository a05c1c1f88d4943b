import type { Alert } from '#alert'
import { alertTitle, fingerprint } from '#alert'
import { objectText, type ObjectRef } from '#kinds/result'
import type { Durable } from './durable.ts'
import type { Parts } from './parts.ts'
import { snapshot } from './snapshot.ts'
import { create } from './starter.ts'
import { investigationName } from '#kit/ids'

/** A person asks for an investigation. */
export interface InvestigationRequest {
  namespace: string
  workflow: string
  /** What to look at; default: what the alert is about, else everything that the ServiceAccount may see. */
  target?: ObjectRef
  alert?: Pick<Alert, 'labels'> & Partial<Alert>
  params?: Readonly<Record<string, string>>
}

/** Starts it at once. Throws an InputError when there is no such Workflow. */
export async function request(parts: Parts, durable: Durable, wanted: InvestigationRequest): Promise<{ id: string; name: string }> {
  const alerts = wanted.alert ? [complete(wanted.alert, parts.clock.now())] : []
  const input = snapshot(parts.registry, {
    namespace: wanted.namespace,
    workflow: wanted.workflow,
    params: wanted.params ?? {},
    alerts,
    alertCount: alerts.length,
    incident: null,
    target: wanted.target ?? null,
    source: null,
  })
  const title = alerts[0] ? alertTitle(alerts[0]) : input.target ? objectText(input.target) : wanted.workflow
  const id = await parts.runs.transaction((queries, client) =>
    create({ parts, durable, queries, client }, { namespace: wanted.namespace, title, incidentId: null, input }),
  )
  return { id, name: investigationName(title, id) }
}

const complete = (alert: NonNullable<InvestigationRequest['alert']>, now: Date): Alert => ({
  status: alert.status ?? 'firing',
  labels: alert.labels,
  annotations: alert.annotations ?? {},
  startsAt: alert.startsAt ?? now.toISOString(),
  endsAt: alert.endsAt ?? null,
  generatorURL: alert.generatorURL ?? '',
  fingerprint: alert.fingerprint ?? fingerprint(alert.labels),
})
