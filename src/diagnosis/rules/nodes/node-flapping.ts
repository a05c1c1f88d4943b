import { refOf, type KubeObject } from '#cluster'
import type { KubeEvent } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, type Rule, type Seen } from '../rule.ts'

export const nodeFlapping: Rule = {
  id: 'node-flapping',
  title: 'A node is ill again and again',
  means: 'It comes back each time before anybody looks: it loses its readiness, or runs short of memory or disk, several times an hour.',
  looksAt:
    'Events of nodes that tell of lost readiness, pressure or a kernel that killed for lack of memory, and how often. They count only when an alert asks about the node.',
  mend: 'Look at the machine, its kubelet and its network; take it out of use until then.',
  look: (snapshot) => snapshot.all('Node').flatMap((node) => flapping(snapshot, node)),
}

const RECENT = 3_600_000
const OFTEN = 4
const SIGNS: readonly [RegExp, string][] = [
  [/^NodeNotReady$/, 'lost its readiness'],
  [/^SystemOOM$|^OOMKilling$/, 'ran out of memory, so that its kernel killed programs'],
  [/^(?:NodeHasDiskPressure|FreeDiskSpaceFailed|ImageGCFailed)$/, 'ran short of disk'],
  [/^(?:NodeHasInsufficientMemory|EvictionThresholdMet)$/, 'ran short of what its pods need'],
  [/^(?:NodeHasInsufficientPID)$/, 'ran short of process ids'],
  [/^(?:Rebooted|Starting)$/, 'was started anew'],
]

function flapping(snapshot: Snapshot, node: KubeObject): Seen[] {
  const late = snapshot.eventsOf(node).filter((e) => snapshot.now - (e.last ?? 0) < RECENT)
  for (const [reason, says] of SIGNS) {
    const same = late.filter((e: KubeEvent) => reason.test(e.reason))
    const times = same.reduce((sum, e) => sum + e.count, 0)
    if (times < OFTEN) continue
    const object = refOf(node)
    return [
      {
        on: object,
        failure: 'node',
        severity: 'warning',
        summary: `Node ${object.name} ${says} ${times} times`,
        evidence: same.slice(0, 3).map(fromEvent),
        cause: { object, field: null },
        since: Math.min(...same.map((e) => e.first ?? Infinity)),
        directness: 0.78,
        tentative: true,
        recommendations: [inspect('Look at the node', 'Its kubelet and its machine say more.', `kubectl describe node ${object.name}`)],
      },
    ]
  }
  return []
}
