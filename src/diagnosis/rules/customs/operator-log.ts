import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { operatorsOf } from '../../snapshot/controllers.ts'
import { customsNamed } from '../../snapshot/custom-links.ts'
import { containersOf } from '../../snapshot/containers.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { quotedField } from './custom-field.ts'
import { inspect } from '../recommend.ts'
import type { Draft, Rule, Seen } from '../rule.ts'

export const operatorLog: Rule = {
  id: 'operator-log',
  title: 'An operator says in its log what is wrong with a custom resource',
  means: 'Its status says nothing, or not why; the program that acts on it complains of it by name.',
  looksAt:
    'The last lines of the logs of whoever may write the status of a custom kind, and the field whose value they quote. It counts only when an alert asks about the resource or what it keeps.',
  mend: 'Correct the field that the line speaks of, or what the resource refers to.',
  look: (snapshot) => snapshot.customs.flatMap((custom) => complained(snapshot, custom) ?? []),
}

const LAST = 150
const COMPLAINT =
  /\b(?:err(?:or)?|fail(?:ed|ure|s)?|cannot|can't|could not|couldn't|unable|denied|forbidden|invalid|refused|rejected|timed? ?out|not found|exceeded|rateLimited)\b|^E\d{4} /i
/** What every controller says now and then, and tries again. */
const USUAL = /object has been modified|optimistic lock|cannot be fulfilled on|already exists|context canceled/i

function complained(snapshot: Snapshot, custom: KubeObject): Seen | null {
  const { name } = custom.metadata
  if (name.length < 3) return null
  const said = operatorsOf(snapshot, custom).flatMap((operator) =>
    snapshot.podsOf(operator).flatMap((pod) =>
      containersOf(pod).flatMap((view) => {
        const lines = (snapshot.log(view, false) ?? []).slice(-LAST).filter((line) => line.includes(name) && holdsWord(line, name))
        // What it said of it last counts: a complaint that was followed by other words may be over.
        const last = lines.slice(-3)
        const line = last.findLast((l) => COMPLAINT.test(l) && !USUAL.test(l))
        const ref = `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, view.name, false)}`
        return line ? [{ source: 'log', ref, text: line.trim() } satisfies Draft] : []
      }),
    ),
  )
  const [first] = said
  if (!first) return null
  const quoted = quotedField(
    [custom, ...customsNamed(snapshot, custom)],
    said.map((s) => s.text),
  )
  const object = refOf(custom)
  return {
    on: object,
    failure: 'configuration',
    severity: 'warning',
    summary: `Its operator says of ${objectText(object)}: ${first.text.slice(0, 250)}`,
    evidence: said.slice(0, 3),
    cause: quoted ? { object: refOf(quoted.object), field: quoted.field } : { object, field: null },
    directness: quoted ? 0.68 : 0.45,
    open: !quoted,
    blames: quoted ? [] : operatorsOf(snapshot, custom).map(refOf),
    tokens: quoted ? [quoted.value] : [],
    lines: said.map((s) => s.text),
    tentative: true,
    recommendations: [
      inspect('Read what the operator says of it', 'Its status does not say it.', `kubectl describe ${object.kind.toLowerCase()} ${name}`),
    ],
  }
}
