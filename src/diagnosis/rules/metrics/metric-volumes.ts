import { refOf, type KubeObject } from '#cluster'
import { doubled } from '../../snapshot/quantity.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { advise, setField } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

/** So little is left that writing fails or is about to. */
const FULL = 0.03
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

export const volumeFilling: Rule = {
  id: 'volume-filling',
  title: 'A volume is full or fills up',
  means:
    'Less than a tenth of the volume (or a twentieth of its inodes) is free, or by the last six hours it is full within a day. Then every write fails.',
  looksAt: 'The kubelet’s volume statistics in Prometheus. Without Prometheus this cannot be seen before writing fails.',
  mend: 'Grow the claim where its class allows it, or delete what is not needed and mend what fills it.',
  look: (snapshot) => {
    const names = ['volume-space', 'volume-filling', 'volume-inodes'] as const
    const claims = new Map(
      names.flatMap((name) =>
        snapshot.metric(name).map(({ labels: l }) => [`${l['namespace']}/${l['persistentvolumeclaim']}`, l] as const),
      ),
    )
    return [...claims.values()].flatMap((l) => {
      const claim = snapshot.get('PersistentVolumeClaim', l['namespace'] ?? null, l['persistentvolumeclaim'] ?? '')
      return claim ? [filling(snapshot, claim)] : []
    })
  },
}

function filling(snapshot: Snapshot, claim: KubeObject): Seen {
  const value = (metric: 'volume-space' | 'volume-filling' | 'volume-inodes'): number | undefined =>
    snapshot
      .metric(metric)
      .find(({ labels: l }) => l['persistentvolumeclaim'] === claim.metadata.name && l['namespace'] === claim.metadata.namespace)?.value
  const [space, inodes, future] = [value('volume-space'), value('volume-inodes'), value('volume-filling')]
  const left = [
    ...(space === undefined ? [] : [`${percent(space)} of its space is free`]),
    ...(inodes === undefined ? [] : [`${percent(inodes)} of its inodes are free`]),
    ...(future === undefined ? [] : ['by the last six hours it is full within a day']),
  ]
  const isFull = (space ?? 1) < FULL || (inodes ?? 1) < FULL
  const object = refOf(claim)
  const field = 'spec.resources.requests.storage'
  const size = claim.spec?.resources?.requests?.storage
  return {
    on: object,
    failure: 'volume',
    severity: isFull ? 'critical' : 'warning',
    summary: `Claim ${claim.metadata.namespace}/${claim.metadata.name} ${isFull ? 'is full' : 'fills up'}: ${left.join(', ')}`,
    evidence: [{ source: 'metric', ref: `kubelet_volume_stats{persistentvolumeclaim="${claim.metadata.name}"}`, text: left.join(', ') }],
    cause: { object, field },
    directness: isFull ? 0.9 : 0.8,
    tentative: !isFull,
    recommendations: [
      ...(size && space !== undefined
        ? [setField(object, field, doubled(String(size)), 'Its space is used up; the class must allow growing.')]
        : []),
      advise('See what fills it', 'Logs, old backups and write-ahead logs that nobody collects fill a volume of any size.'),
    ],
  }
}
