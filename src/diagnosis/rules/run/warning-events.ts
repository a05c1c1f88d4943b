import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import type { KubeEvent } from '../../snapshot/events.ts'
import { KINDS, type Kind } from '../../snapshot/kinds.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { quotedField } from '../customs/custom-field.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, type Rule, type Seen } from '../rule.ts'

export const warningEvents: Rule = {
  id: 'warning-events',
  title: 'A controller warns of an object again and again',
  means: 'Something fails with this object, in words that no other rule knows.',
  looksAt:
    'Warning events of the last minutes that came more than twice, of objects that are neither pods nor what makes pods, and the field whose value they quote. They count only when an alert asks about the object.',
  mend: 'Read the message; correct the field that it names.',
  look: (snapshot) =>
    [...(Object.keys(KINDS) as Kind[]).filter((kind) => !TOLD.has(kind)).flatMap((kind) => snapshot.all(kind)), ...snapshot.customs]
      .map((object) => warned(snapshot, object))
      .filter((s) => s !== null),
}

/** Kinds whose events other rules read one by one. */
const TOLD: ReadonlySet<Kind> = new Set<Kind>([
  'Pod',
  'Event',
  'ReplicaSet',
  'ControllerRevision',
  'Deployment',
  'Job',
  'Node',
  'Namespace',
  'Secret',
])
const RECENT = 15 * 60_000
const OFTEN = 3

function warned(snapshot: Snapshot, object: KubeObject): Seen | null {
  const said = snapshot
    .eventsOf(object)
    .filter(
      (e: KubeEvent) => e.type === 'Warning' && e.count >= OFTEN && snapshot.now - (e.last ?? 0) < RECENT && e.reason !== 'FailedCreate',
    )
  const [first] = said
  if (!first) return null
  const quoted = quotedField(
    [object],
    said.map((e) => e.message),
  )
  const ref = refOf(object)
  return {
    on: ref,
    failure: 'configuration',
    severity: 'warning',
    summary: `${objectText(ref)}: ${first.reason}: ${first.message.slice(0, 250)}`,
    evidence: said.slice(0, 3).map(fromEvent),
    cause: { object: ref, field: quoted?.field ?? null },
    since: first.first,
    directness: quoted ? 0.55 : 0.38,
    open: true,
    tokens: quoted ? [quoted.value] : [],
    lines: said.map((e) => e.message),
    tentative: true,
    recommendations: [
      inspect(
        'Read its events',
        first.message.slice(0, 200),
        `kubectl describe ${ref.kind.toLowerCase()} ${ref.name}${ref.namespace ? ` -n ${ref.namespace}` : ''}`,
      ),
    ],
  }
}
