import { refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import { changesOf, type Change } from '../../snapshot/changes.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { podSpecOf } from '../../snapshot/field-path.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import { isWorkloadKind } from '../../snapshot/kinds.ts'
import { namedSettings, wordsOf } from '../../snapshot/named-settings.ts'
import { configMapsOf } from '../../snapshot/settings.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import type { Asked } from '../../snapshot/asked.ts'
import { stem, tellingWords } from '../../snapshot/telling-words.ts'
import { inspect } from '../recommend.ts'
import { fromObject, type Rule, type Seen } from '../rule.ts'

export const alertWords: Rule = {
  id: 'alert-words',
  title: 'What the alert speaks of was changed before it began',
  means:
    'An alert watches what no object shows: a table of the kernel, a pool, a cache. The setting that bears the name of it was written within the day before.',
  looksAt:
    'The words of the alert; what was changed of the workloads that it is about and of those that they call, of their ConfigMaps, and for a node of the agents on it.',
  mend: 'Take the change back, or give it the right value.',
  look: (snapshot) => (snapshot.asked ? changedLately(snapshot, snapshot.asked) : []),
}

const DAY = 24 * 3_600_000
const MINUTES = 60_000

function changedLately(snapshot: Snapshot, asked: Asked): Seen[] {
  const { startsAt, object } = asked
  const words = tellingWords(asked)
  if (startsAt === null || words.size === 0) return []
  const found = places(snapshot, asked)
    .flatMap(({ of, change }) => {
      const shared = [...new Set(namesIn(change).flatMap((name) => name.split(' ').map(stem)))].filter((word) => words.has(word))
      return shared.length > 0 ? [{ of, change, shared }] : []
    })
    .filter(({ change: { at } }) => at !== null && at <= startsAt + 5 * MINUTES && startsAt - at < DAY)
    .sort(
      (a, b) =>
        b.shared.length - a.shared.length ||
        b.change.at! - a.change.at! ||
        (keyOf(a.of) + a.change.field < keyOf(b.of) + b.change.field ? -1 : 1),
    )
  const [first, second] = found
  if (!first) return []
  const { of, change, shared } = first
  const place = { object: refOf(of), field: change.field }
  const on = object ?? asked.workloads[0] ?? of
  return [
    {
      on: refOf(on),
      failure: on.kind === 'Node' ? 'node' : 'call',
      severity: 'warning',
      summary: `The alert speaks of ${shared.join(', ')}, and ${change.field} of ${objectText(place.object)} was written before it began`,
      evidence: [fromObject(of, `${change.field} ${change.how} at ${new Date(change.at!).toISOString()}`)],
      cause: place,
      since: change.at,
      directness: shared.length > 1 ? 0.62 : 0.55,
      tentative: true,
      alternatives: second
        ? [{ object: refOf(second.of), field: second.change.field, summary: `${second.change.field} was written in that time, too` }]
        : [],
      recommendations: [
        inspect(
          'Hold it against what it was',
          'The alert began after it was written.',
          `kubectl get ${of.kind.toLowerCase()} ${of.metadata.name} -n ${of.metadata.namespace ?? ''} -o yaml`,
        ),
      ],
    },
  ]
}

/** Names of what was changed: the ends of the field, and the names within a file. */
function namesIn({ field, after }: Change): string[] {
  if (/\.image$|annotations|metadata|^spec\.replicas$|checksum/.test(field)) return []
  const tail = wordsOf(field.replace(/^.*(?:containers\[name=[^\]]*\]|spec)\./, ''))
  if (typeof after !== 'string' || after.length < 40) return [tail]
  const file = namedSettings([
    { object: { apiVersion: '', kind: '', namespace: null, name: '' }, field, name: '', value: after, origin: 'file' },
  ])
  return [tail, ...file.map((n) => n.words)]
}

/** What was changed of what the alert is about. */
function places(snapshot: Snapshot, asked: Asked): { of: KubeObject; change: Change }[] {
  const near = new Map<string, KubeObject>()
  const add = (o: KubeObject | undefined): unknown => o && near.set(keyOf(o), o)
  if (asked.object?.kind === 'Node')
    for (const pod of snapshot.podsOn(asked.object.metadata.name)) {
      const workload = snapshot.workloadOf(pod)
      if (workload.kind === 'DaemonSet') add(workload)
    }
  for (const workload of asked.workloads) {
    add(workload)
    for (const { service } of callsOf(snapshot, workload))
      for (const pod of snapshot.podsSelected(
        service.namespace ?? '',
        snapshot.get('Service', service.namespace, service.name)?.spec?.selector,
      ))
        add(snapshot.workloadOf(pod))
  }
  const workloads = [...near.values()]
  for (const workload of workloads)
    for (const name of configMapsOf(podSpecOf(workload))) add(snapshot.get('ConfigMap', workload.metadata.namespace ?? null, name))
  if (asked.object && !['Node', 'Namespace'].includes(asked.object.kind)) add(asked.object)
  return [...near.values()].flatMap((of) =>
    [...changesOf(snapshot, of), ...(isWorkloadKind(of.kind) ? [] : editsOf(of))].map((change) => ({ of, change })),
  )
}
