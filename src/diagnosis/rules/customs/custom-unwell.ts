import { groupOf, refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { controllersOf } from '../../snapshot/controllers.ts'
import {
  blamedInStatus,
  namedInMessages,
  customsNamed,
  customTop,
  unwellCustoms,
  workloadsKept,
  type Unwell,
} from '../../snapshot/custom-links.ts'
import { unreached } from '../../snapshot/called-by-customs.ts'
import { families } from './custom-families.ts'
import { endedAt, saysWell } from '../../snapshot/custom-state.ts'
import { time } from '../../snapshot/events.ts'
import { leavesOf } from '../../snapshot/leaves.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { webhookService } from '../admission/webhook-call.ts'
import { quotedField } from './custom-field.ts'
import { invalidObject } from './custom-field-named.ts'
import { advise, inspect } from '../recommend.ts'
import { fromEvent, fromObject, type Rule, type Seen } from '../rule.ts'

/** So long something may be on its way. ms */
const PATIENCE = 5 * 60_000
const RUN_IS_OVER = 3_600_000

export const customUnwell: Rule = {
  id: 'custom-unwell',
  title: 'A custom resource says that it is not well',
  means:
    'An operator (for certificates, databases, queues, Git deployments, secrets, scaling …) has tried to do what a custom resource asks for, and writes into its status why it cannot.',
  looksAt:
    'Conditions, phases and health of custom resources of any kind, what they own and what they name; and the field whose value the message quotes.',
  mend: 'Correct the field that the message speaks of, or what the resource refers to; then the operator tries again by itself.',
  look: (snapshot) => families(snapshot).flatMap((family) => seen(snapshot, family)),
}

/** Of a resource that is well what its parts complain of was overcome, unless one is still at it: a renewal. */
const isAtIt = ({ object: { status } }: Unwell): boolean =>
  status?.processing === true || /^(?:pending|processing)$/i.test(String(status?.state ?? ''))

function seen(snapshot: Snapshot, { top, members: all }: { top: KubeObject; members: Unwell[] }): Seen[] {
  const members = saysWell(top) ? all.filter(isAtIt) : all
  if (members.length === 0) return []
  const object = refOf(top)
  // A run that has ended is over.
  const ended = endedAt(top)
  const isOver = ended !== null && snapshot.now - ended > RUN_IS_OVER
  const isFailure = members.some((m) => m.state.isFailure)
  const times = members.map((m) => m.state.since).filter((t) => t !== null)
  const since = times.length > 0 ? Math.min(...times) : null
  const age = snapshot.now - (since ?? time(top.metadata.creationTimestamp) ?? 0)
  if (!isFailure && age < PATIENCE) return []
  const near = customsNamed(snapshot, top)
  const named = [...new Set([...near, ...near.flatMap((o) => customsNamed(snapshot, o))])].filter((o) => o !== top)
  const unwell = unwellCustoms(snapshot)
  const events = members
    .flatMap((m) => snapshot.eventsOf(m.object))
    .filter((e) => e.type === 'Warning' && snapshot.now - (e.last ?? 0) < RUN_IS_OVER)
  const messages = [...members.map((m) => m.state.message), ...events.map((e) => e.message)]
  const namespaces = [
    top.metadata.namespace ?? '',
    ...leavesOf(top.spec ?? {}, '').flatMap((l) => (/namespace$/i.test(l.key) ? [l.value] : [])),
  ]
  const mentioned = snapshot.customs.filter(
    (o) => o !== top && messages.some((m) => m.includes(`${o.kind} ${o.metadata.namespace}/${o.metadata.name}`)),
  )
  const quoted =
    invalidObject(snapshot, namespaces, messages.join('\n')) ??
    quotedField([...mentioned, top, ...named, ...members.map((m) => m.object)], messages.concat(members.map((m) => m.state.says)))
  const told = members.toSorted(
    (a, b) => Number(b.state.isFailure) - Number(a.state.isFailure) || b.state.message.length - a.state.message.length,
  )[0]!
  const handled = { group: groupOf(top.apiVersion), resource: top.kind.toLowerCase() }
  return [
    {
      on: object,
      failure: 'configuration',
      severity: isFailure ? 'critical' : 'warning',
      summary: `${objectText(object)} is not well: ${told.state.message.slice(0, 300) || told.state.says}`,
      evidence: [
        ...members.slice(0, 4).map((m) => fromObject(m.object, `${m.state.says}${m.state.message ? `: ${m.state.message}` : ''}`)),
        ...events.slice(0, 2).map(fromEvent),
      ],
      cause: quoted ? { object: refOf(quoted.object), field: quoted.field } : { object, field: null },
      since,
      directness: !isFailure ? 0.45 : quoted ? 0.86 : 0.6,
      open: !quoted || !isFailure,
      blames: [
        ...named.filter((o) => unwell.has(keyOf(o))).map((o) => refOf(customTop(snapshot, o))),
        ...blamedInStatus(top),
        ...namedInMessages(messages),
        ...unreached(snapshot, top, messages),
        ...messages.flatMap((m) => webhookService(m) ?? []),
        ...workloadsKept(snapshot, top).map(refOf),
        ...(isFailure ? [] : controllersOf(snapshot, handled).map(refOf)),
      ],
      tokens: quoted ? [quoted.value] : [],
      lines: messages,
      tentative: !isFailure || isOver,
      recommendations: [
        ...(quoted ? [advise(`Correct ${quoted.field} of ${objectText(refOf(quoted.object))}`, told.state.message.slice(0, 300))] : []),
        inspect(
          'Read its status and events',
          told.state.says,
          `kubectl describe ${object.kind.toLowerCase()}.${handled.group} ${object.name}${object.namespace ? ` -n ${object.namespace}` : ''}`,
        ),
      ],
    },
  ]
}
