import { refOf, type KubeObject } from '#cluster'
import type { KubeEvent } from '../../snapshot/events.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { inspect } from '../recommend.ts'
import { fromEvent, type Rule, type Seen } from '../rule.ts'

export const nodeKernel: Rule = {
  id: 'node-kernel',
  title: 'The kernel or the runtime of a node complains',
  means:
    'A node is ready and still not sound: a disk that does not answer, a file system with errors, a network interface that comes and goes, a runtime that hangs.',
  looksAt: 'Warning events of nodes of the last hour that a problem detector, the kubelet or the runtime writes.',
  mend: 'Take the pods off the node, and look at its disk, network or kernel; replace it when it does not recover.',
  look: (snapshot) => snapshot.all('Node').flatMap((node) => complaint(snapshot, node) ?? []),
}

const HOUR = 3_600_000
/** Reasons of the node problem detector's default rules, of the kubelet and of clouds, and the kernel's own words. */
const TELLS =
  /hung|oops|ext4|xfs|btrfs|\bio ?error|read-?only|unregister|corrupt|conntrack|table full|dropp|flap|carrier|link (?:is )?down|mce|machine ?check|hardware|ecc|soft lockup|hard lockup|rcu|stall|pleg|blocked for more than|i\/o error|buffer i\/o|nvme.*(?:timeout|reset)|containerd.*(?:hang|unresponsive)|clock|ntp|inotify|file-max|too many open files|thermal|throttl/i
/** What is said of every restart and roll-out. */
const USUAL =
  /^(?:Rebooted|Starting|NodeHas|NodeReady|NodeNotReady|NodeNotSchedulable|NodeSchedulable|RegisteredNode|RemovingNode|OOMKilling|SystemOOM|InvalidDiskCapacity|EvictionThresholdMet|FreeDiskSpaceFailed|ImageGCFailed|ContainerGCFailed|CgroupV1)/

function complaint(snapshot: Snapshot, node: KubeObject): Seen | null {
  const said = snapshot
    .eventsOf(node)
    .filter((e: KubeEvent) => e.type === 'Warning' && !USUAL.test(e.reason) && TELLS.test(`${e.reason} ${e.message}`))
    .filter((e) => snapshot.now - (e.last ?? 0) < HOUR)
  const [first] = said
  if (!first) return null
  const object = refOf(node)
  return {
    on: object,
    failure: 'node',
    severity: 'critical',
    summary: `Node ${node.metadata.name}: ${first.reason}: ${first.message.slice(0, 200)}`,
    evidence: said.slice(0, 3).map(fromEvent),
    cause: { object, field: null },
    since: Math.min(...said.map((e) => e.first ?? snapshot.now)),
    directness: 0.7,
    tentative: true,
    recommendations: [inspect('Look at the node', first.message.slice(0, 200), `kubectl describe node ${node.metadata.name}`)],
  }
}
