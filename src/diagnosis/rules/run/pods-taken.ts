import { groupOf, refOf, type KubeObject } from '#cluster'
import { objectText } from '#kinds/result'
import type { KubeEvent } from '../../snapshot/events.ts'
import { containerField, entry, podSpecOf } from '../../snapshot/field-path.ts'
import { holdsWord } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise } from '../recommend.ts'
import { fromEvent, type Place, type Rule, type Seen } from '../rule.ts'

export const podsTaken: Rule = {
  id: 'pods-taken',
  title: 'A controller takes the pods of a workload away, again and again',
  means:
    'The pods are well; something that tidies the cluster (a descheduler, a node autoscaler) evicts them more often than the workload can bear.',
  looksAt:
    'Events of the last hour by which a component says that it evicted pods, and the configuration of that component. They count only when an alert asks about the workload.',
  mend: 'Let the component evict less: its policy, its thresholds; or protect the workload with a PodDisruptionBudget.',
  look: (snapshot) => {
    const groups = new Map<string, { workload: KubeObject; by: string; events: KubeEvent[] }>()
    for (const event of takings(snapshot)) {
      const workload = heirOf(snapshot, event)
      if (!workload) continue
      const key = `${refOf(workload).namespace}/${workload.metadata.name}/${event.by}`
      const group = groups.get(key) ?? { workload, by: event.by, events: [] }
      group.events.push(event)
      groups.set(key, group)
    }
    return [...groups.values()].filter(({ events }) => events.length >= OFTEN).map((group) => taken(snapshot, group))
  },
}

const HOUR = 3_600_000
const OFTEN = 3
const TAKEN = /^(?:Descheduled|Evicted|ScaleDown|DisruptionTerminating|Disrupted|EvictedByVPA)$/
/** Who evicts for reasons of the node, which other rules tell. */
const OWN = /^(?:kubelet|default-scheduler|taint-eviction-controller|node-controller)?$/

export const takings = (snapshot: Snapshot): KubeEvent[] =>
  snapshot.events.filter((e) => e.kind === 'Pod' && TAKEN.test(e.reason) && !OWN.test(e.by) && snapshot.now - (e.last ?? 0) < HOUR)

/** The workload whose pod it was, by name: the pod is mostly gone. */
const heirOf = (snapshot: Snapshot, { namespace, name }: KubeEvent): KubeObject | undefined =>
  snapshot.workloads
    .filter((w) => w.kind !== 'Pod' && w.metadata.namespace === namespace && name.startsWith(`${w.metadata.name}-`))
    .sort((a, b) => b.metadata.name.length - a.metadata.name.length)[0]

function taken(snapshot: Snapshot, { workload, by, events }: { workload: KubeObject; by: string; events: KubeEvent[] }): Seen {
  const place = settingOf(snapshot, by)
  const object = refOf(workload)
  return {
    on: object,
    failure: 'ending',
    severity: 'warning',
    summary: `${by} took ${events.length} pods of ${objectText(object)} away within the last hour`,
    evidence: events.slice(0, 3).map(fromEvent),
    cause: place ?? { object, field: null },
    since: Math.min(...events.map((e) => e.first ?? Infinity)),
    directness: place ? 0.8 : 0.4,
    open: !place,
    tentative: true,
    recommendations: [advise(`Let ${by} evict less, or give ${object.name} a PodDisruptionBudget`, events[0]!.message.slice(0, 200))],
  }
}

/** What tells a component whom to evict: a resource of its own about disruption, the ConfigMap that it mounts, else its arguments. */
function settingOf(snapshot: Snapshot, by: string): Place | null {
  const word = by.split('/').at(-1)!.toLowerCase()
  const custom = snapshot.customs.find((o) => groupOf(o.apiVersion).split('.').includes(word) && o.spec?.disruption)
  if (custom) return { object: refOf(custom), field: 'spec.disruption' }
  for (const workload of snapshot.workloads) {
    const pod = podSpecOf(workload)
    const container = (pod?.containers ?? []).find((c: any) =>
      [c.image, ...(c.command ?? [])].some((text) => holdsWord(String(text), word)),
    )
    if (!container) continue
    const map = (pod.volumes ?? []).map((v: any) => v.configMap?.name).find((n: unknown) => typeof n === 'string')
    const found = map ? snapshot.get('ConfigMap', workload.metadata.namespace ?? null, map) : undefined
    const [key] = Object.keys((found?.data as any) ?? {})
    if (found && key) return { object: refOf(found), field: entry('data', key) }
    return { object: refOf(workload), field: containerField(workload, container.name, 'args') }
  }
  return null
}
