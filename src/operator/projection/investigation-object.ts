import type { KubeObject } from '#cluster'
import { redactDeep } from '#kit/redact'
import { API_VERSION } from '#kinds/meta'
import type { ShownInvestigation } from '#store'
import { cut, cutMap } from './cut.ts'
import { ID_LABEL, INCIDENT_LABEL, SOURCE_LABEL, WORKFLOW_LABEL } from './names.ts'

const MAX_LABEL = 63

/**
 * The object that shows an investigation, as it is made. Ownerless: it outlives its Workflow, as the row does. Whatever a sender wrote is
 * redacted, and cut to what the schema takes: a view that is refused helps nobody.
 */
export function objectOf(row: ShownInvestigation): KubeObject {
  const { target, alert, params } = row
  return {
    apiVersion: API_VERSION,
    kind: 'Investigation',
    metadata: { namespace: row.namespace, name: row.name, labels: labelsOf(row) },
    spec: {
      // An investigation whose Source is gone names none.
      workflowRef: { name: row.workflow || 'unknown' },
      ...(target && {
        target: {
          ...(target.apiVersion && { apiVersion: cut(target.apiVersion, 317) }),
          kind: cut(target.kind, 63),
          ...(target.namespace && { namespace: cut(target.namespace, 63) }),
          name: cut(target.name, 253),
        },
      }),
      ...(alert && {
        alert: {
          labels: cutMap(redactDeep(alert.labels), { entries: 64, key: 1_024, value: 4_096 }),
          annotations: cutMap(redactDeep(alert.annotations), { entries: 64, key: 1_024, value: 16_384 }),
          startsAt: cut(alert.startsAt, 64),
        },
      }),
      ...(Object.keys(params).length > 0 && { params: cutMap(redactDeep(params), { entries: 64, key: 63, value: 4_096 }) }),
    },
  }
}

/** A value that is too long for a label is left out: cut, it would be another's. */
function labelsOf({ id, workflow, source, incidentId }: ShownInvestigation): Record<string, string> {
  const wanted: Record<string, string | undefined> = {
    [ID_LABEL]: id,
    [WORKFLOW_LABEL]: workflow,
    [SOURCE_LABEL]: source?.split('/')[1],
    [INCIDENT_LABEL]: incidentId ?? undefined,
  }
  return Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => !!entry[1] && entry[1].length <= MAX_LABEL))
}
