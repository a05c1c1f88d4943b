import { groupOf, refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { customsNamed } from '../../snapshot/custom-links.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { time } from '../../snapshot/events.ts'
import { isWithin } from '../../snapshot/field-path.ts'
import { holdsOf, pausedIn } from '../../snapshot/holds.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Place, type Rule, type Seen } from '../rule.ts'

export const customHeld: Rule = {
  id: 'custom-held',
  title: 'Somebody told an operator to leave a custom resource alone',
  means:
    'It is paused, suspended or hibernated by a field or an annotation, or nothing applies it by itself: what it should do (deploy, scale, back up, renew) is not done.',
  looksAt:
    'Fields and annotations of custom resources that pause them, and Applications that are out of sync without automated sync. They count only when an alert asks about the resource or what it keeps.',
  mend: 'Take the pause away, when what it was for is over.',
  look: (snapshot) => snapshot.customs.flatMap((object) => held(snapshot, object)),
}

function held(snapshot: Snapshot, custom: KubeObject): Seen[] {
  if (custom.metadata.deletionTimestamp) return []
  const [hold] = holdsOf(custom)
  const lag = hold ? null : (notApplied(snapshot, custom) ?? waits(custom))
  if (!hold && !lag) return []
  const object = refOf(custom)
  const edit = hold ? editsOf(custom).find((e) => isWithin(e.field, hold.field) || isWithin(hold.field, e.field)) : undefined
  const status = (custom.status?.conditions ?? []).find(
    (c: any) => c?.status === 'True' && /^(?:Paused|Suspended|Reconciliation ?Paused|Hibernat)/.test(c.type),
  )
  const says = hold ? `${hold.key.replace(/^.*\//, '')} = ${hold.value === '' ? '""' : hold.value}` : lag!.says
  const cause: Place = { object: lag?.object ? refOf(lag.object) : object, field: hold ? hold.field : lag!.field }
  return [
    {
      on: object,
      failure: 'configuration',
      severity: 'warning',
      summary: `${objectText(object)} is held: ${says}`,
      evidence: [
        fromObject(custom, hold ? `${hold.field} = ${hold.value}` : lag!.says),
        ...(status ? [fromObject(custom, `${status.type} = True${status.message ? `: ${status.message}` : ''}`)] : []),
      ],
      cause,
      since: edit?.at ?? time(status?.lastTransitionTime),
      directness: hold ? 0.72 : 0.6,
      tentative: true,
      recommendations: [
        advise(
          hold ? `Take ${cause.field} away from ${objectText(object)}` : `Sync ${objectText(object)}`,
          `${groupOf(custom.apiVersion)} does nothing for it: ${says}.`,
        ),
      ],
    },
  ]
}

/** What waits at a step of its own plan for somebody to say go. */
function waits(custom: KubeObject): { says: string; field: string; object?: KubeObject } | null {
  const field = pausedIn(custom)
  const reason = custom.status?.pauseConditions?.[0]?.reason ?? custom.status?.message
  return field ? { says: `it waits at ${field}${reason ? ` (${reason})` : ''} until somebody lets it go on`, field } : null
}

/** What is compared with its source, differs, and is brought up to date by hand only. */
function notApplied(snapshot: Snapshot, custom: KubeObject): { says: string; field: string; object?: KubeObject } | null {
  const { spec, status } = custom
  if (status?.sync?.status !== 'OutOfSync' || status.operationState?.phase === 'Running') return null
  const { automated } = spec?.syncPolicy ?? {}
  const closed = customsNamed(snapshot, custom).find((o) => (o.spec?.syncWindows ?? []).length > 0)
  if (closed)
    return {
      says: `it is out of sync, and ${closed.kind} ${closed.metadata.name} lets it be synced at certain times only`,
      field: 'spec.syncWindows',
      object: closed,
    }
  if (automated && automated.enabled !== false) return null
  const known = leavesOf(spec?.syncPolicy?.automated ?? {}, '')
  return {
    says: 'it is out of sync, and nothing syncs it by itself',
    field: known.length > 0 ? 'spec.syncPolicy.automated.enabled' : 'spec.syncPolicy',
  }
}
