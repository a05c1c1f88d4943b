import { refOf } from '#cluster'
import { containerSpec, entry, podField } from '../../snapshot/field-path.ts'
import { isWorkloadKind, POD_SPEC_PATH } from '../../snapshot/kinds.ts'
import { settingSaid } from '../../snapshot/said-settings.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { placeOf, type LogContext, type Told } from './log-rule.ts'

const DENIED = /\b40[13]\b|permission denied|forbidden|unauthori[sz]ed|invalid role|not authori[sz]ed|role .{0,40}not found/i
const AS_WHOM = /(?:role|identity|service-?account|auth(?:-path)?)$/i

/**
 * A container that a webhook put into the pod (an agent for secrets, a proxy) is not in the workload's template: it is configured by the
 * template's annotations. The one whose value the line repeats, or, where it is refused, the one that says as whom it asks.
 */
export function injectedSetting({ group, hit }: LogContext): Told | null {
  const { workload, container } = group
  const template = workload.kind === 'CronJob' ? workload.spec?.jobTemplate?.spec?.template : workload.spec?.template
  const annotations = Object.entries<unknown>(template?.metadata?.annotations ?? {})
  if (!template || !isWorkloadKind(workload.kind) || containerSpec(workload, container) || annotations.length === 0) return null
  const path = POD_SPEC_PATH[workload.kind].replace(/\.spec$/, '')
  const settings = annotations.map(([key, value]): Setting => ({
    object: refOf(workload),
    field: entry(`${path}.metadata.annotations`, key),
    name: key,
    value: String(value),
    origin: 'variable',
  }))
  const text = [hit.line, ...hit.around].join('\n')
  const said = settingSaid(settings, hit.line, [workload.metadata.name, workload.metadata.namespace ?? '', container])
  const asked = DENIED.test(text) ? settings.find((s) => AS_WHOM.test(s.name)) : undefined
  const chosen = said ?? asked
  if (!chosen) return null
  return {
    says: `it says: ${hit.line.trim().slice(0, 160)}`,
    cause: placeOf(chosen),
    directness: said ? 0.78 : 0.66,
    tokens: [],
    alternatives: asked
      ? [{ object: refOf(workload), field: podField(workload, 'serviceAccountName'), summary: 'It asks with the wrong account' }]
      : [],
  }
}
