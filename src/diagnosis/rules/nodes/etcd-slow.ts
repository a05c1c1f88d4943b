import { refOf, type KubeObject } from '#cluster'
import { containersOf } from '../../snapshot/containers.ts'
import { logKey, type Snapshot } from '../../snapshot/snapshot.ts'
import { componentPods } from '../controllers/controllers-behind.ts'
import { inspect } from '../recommend.ts'
import type { Rule, Seen } from '../rule.ts'

export const etcdSlow: Rule = {
  id: 'etcd-slow',
  title: 'etcd’s disk is too slow for it',
  means:
    'etcd must write every change to its disk before it answers; where that takes long, everything that writes to the API waits, and leases are lost.',
  looksAt: 'Warnings of slow writes and late heartbeats that are a good part of what etcd says. They count only when an alert asks.',
  mend: 'Give etcd a disk of its own, a faster one, and see who else writes on the node.',
  look: (snapshot) => componentPods(snapshot, 'etcd').flatMap((pod) => slow(snapshot, pod) ?? []),
}

const SLOW = /slow fdatasync|took too long|failed to send out heartbeat on time|sync duration of/
const SHARE = 0.25
const FEWEST = 5

function slow(snapshot: Snapshot, pod: KubeObject): Seen | null {
  for (const view of containersOf(pod)) {
    const lines = snapshot.log(view, false) ?? []
    const said = lines.filter((line) => SLOW.test(line))
    if (said.length < FEWEST || said.length < lines.length * SHARE) continue
    const object = refOf(snapshot.workloadOf(pod))
    const node = pod.spec?.nodeName
    return {
      on: object,
      failure: 'call',
      container: view.name,
      severity: 'warning',
      summary: `etcd on ${node ?? 'its node'} writes too slowly to its disk`,
      evidence: [
        {
          source: 'log',
          ref: `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, view.name, false)}`,
          text: said.at(-1)!.trim(),
        },
      ],
      cause: { object, field: null },
      directness: 0.5,
      open: true,
      blames: typeof node === 'string' ? [{ apiVersion: 'v1', kind: 'Node', namespace: null, name: node }] : [],
      tentative: true,
      recommendations: [inspect('See who writes on its node', said.at(-1)!.trim().slice(0, 200), `kubectl describe node ${node ?? ''}`)],
    }
  }
  return null
}
