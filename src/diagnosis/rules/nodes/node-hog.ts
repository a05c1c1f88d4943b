import { refOf } from '#cluster'
import { changesOf } from '../../snapshot/changes.ts'
import type { ContainerView } from '../../snapshot/containers.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { containerField, podSpecOf } from '../../snapshot/field-path.ts'
import { pressedNodes, unbounded, type Pressed } from '../../snapshot/pressure.ts'
import { configMapsOf } from '../../snapshot/settings.ts'
import { keyOf, logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromObject, type Draft, type Place, type Rule, type Seen } from '../rule.ts'

export const nodeHog: Rule = {
  id: 'node-hog',
  title: 'A pod without a limit takes what its whole node has',
  means:
    'A node ran short, and on it runs a container that nothing holds: no limit of its own, a change of its configuration not long before, a log that speaks of its growth. The kubelet evicts others, of lower priority.',
  looksAt:
    'Pods on nodes under pressure: their limits, what was changed before the pressure began, and what their logs say of memory or disk.',
  mend: 'Give the container a limit, and take back what lets it grow.',
  look: (snapshot) => pressedNodes(snapshot).flatMap((pressed) => worst(snapshot, pressed)),
}

const HOURS = 3_600_000
const GROWTH = {
  memory:
    /(?:memory|heap|rss|cache|buffer).{0,60}(?:above|exceed|high|grow|limit|pressure|full|over|GiB|G\b)|(?:above|exceed|high|over).{0,40}(?:memory|heap|soft limit)|cur_mem_mib|forcing a gc/i,
  'ephemeral-storage':
    /(?:disk|storage|volume|spool|wal|cache|tmp|log file).{0,60}(?:full|exceed|grow|large|GiB|limit|high)|no space left/i,
} as const

function worst(snapshot: Snapshot, { node, resource, since, isTold }: Pressed): Seen[] {
  const suspects = unbounded(snapshot, node, resource)
    .map((view) => suspicion(snapshot, view, resource, since))
    .filter((s) => s.evidence.length > 0)
    .sort((a, b) => b.weight - a.weight || (keyOf(a.view.pod) < keyOf(b.view.pod) ? -1 : 1))
  const [first, second] = suspects
  if (!first || (second && second.weight === first.weight && second.view.pod !== first.view.pod)) return []
  const workload = snapshot.workloadOf(first.view.pod)
  const limit: Place = { object: refOf(workload), field: containerField(workload, first.view.name, `resources.limits.${resource}`) }
  return [
    {
      on: refOf(isTold ? node : workload),
      failure: 'node',
      severity: 'critical',
      summary: `Container ${first.view.name} of ${workload.kind} ${workload.metadata.namespace}/${workload.metadata.name} may take all ${resource} of node ${node.metadata.name}: it has no limit${first.changed ? ', and its configuration was changed before the node ran short' : ''}`,
      evidence: [
        fromObject(first.view.pod, `container ${first.view.name} on ${node.metadata.name}: no limit of ${resource}`),
        ...first.evidence,
      ],
      cause: first.changed ?? limit,
      since: first.at,
      directness: first.weight >= 3 ? 0.76 : 0.62,
      tentative: true,
      alternatives: first.changed ? [{ ...limit, summary: 'Nothing limits what it may take' }] : [],
      recommendations: [advise(`Set ${limit.field}`, 'Then the kernel ends it alone, not its neighbours.')],
    },
  ]
}

interface Suspicion {
  view: ContainerView
  weight: number
  evidence: Draft[]
  changed: Place | null
  at: number | null
}

/** What speaks for a container as the one that grew: a late change (2), its own words (2 where they go on, else 1). */
function suspicion(snapshot: Snapshot, view: ContainerView, resource: Pressed['resource'], since: number | null): Suspicion {
  const workload = snapshot.workloadOf(view.pod)
  const lines = snapshot.log(view, false) ?? []
  const said = lines.filter((line) => GROWTH[resource].test(line))
  const ref = `log/${logKey(view.pod.metadata.namespace ?? '', view.pod.metadata.name, view.name, false)}`
  const isTimely = (at: number | null): boolean => at !== null && since !== null && at <= since && since - at < 12 * HOURS
  const change = changesOf(snapshot, workload).find((c) => isTimely(c.at) && !c.field.includes('annotations'))
  const namespace = workload.metadata.namespace ?? null
  const maps = configMapsOf(podSpecOf(workload)).flatMap((name) => snapshot.get('ConfigMap', namespace, name) ?? [])
  const edited = maps.flatMap((map) =>
    editsOf(map)
      .filter((e) => isTimely(e.at))
      .map((e) => ({ map, edit: e })),
  )[0]
  const changed = edited
    ? { object: refOf(edited.map), field: edited.edit.field }
    : change
      ? { object: refOf(workload), field: change.field }
      : null
  return {
    view,
    weight: (changed ? 2 : 0) + (said.length > 2 ? 2 : said.length > 0 ? 1 : 0),
    evidence: [
      ...said.slice(-1).map((text): Draft => ({ source: 'log', ref, text: text.trim() })),
      ...(edited
        ? [fromObject(edited.map, `${edited.edit.field} was ${edited.edit.how} at ${new Date(edited.edit.at!).toISOString()}`)]
        : []),
      ...(change && !edited ? [fromObject(workload, `${change.field} was changed (${change.how})`)] : []),
    ],
    changed,
    at: edited?.edit.at ?? change?.at ?? null,
  }
}
