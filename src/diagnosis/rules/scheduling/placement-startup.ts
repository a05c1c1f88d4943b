import { refOf, type KubeObject } from '#cluster'
import { isReady } from '../../snapshot/containers.ts'
import { dutyOf } from '../../snapshot/agents.ts'
import { containersIn } from '../../snapshot/hosts.ts'
import { holdsWord, settingsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { CLOUD_CONTROLLER, CLOUD_TAINT } from '../../snapshot/well-known.ts'
import type { Make, Placement } from './placement-verdict.ts'
import { fromObject } from '../rule.ts'

/** Taints with which a node comes into the cluster, and that somebody takes away once it can be used. */
const UNTIL_STARTED = /(?:not-?ready|uninitiali[sz]ed|start-?up|initializing)$/i

/** A node that waits for its agent, or for the cloud's controller: who should take the taint away is what is wrong. */
export function untilStarted(snapshot: Snapshot, node: KubeObject, taint: any, make: Make): Placement | null {
  if (!UNTIL_STARTED.test(taint.key)) return null
  const object = refOf(node)
  const told = snapshot.workloads.filter((w) =>
    containersIn(w).some((c) => settingsOf(snapshot, w, c).some((s) => holdsWord(s.value, taint.key))),
  )
  const keepers =
    taint.key === CLOUD_TAINT
      ? snapshot.workloads.filter((w) => CLOUD_CONTROLLER.test(w.metadata.name))
      : snapshot
          .all('DaemonSet')
          .filter((set) => dutyOf(set) !== null && !snapshot.podsOf(set).some((p) => p.spec?.nodeName === node.metadata.name && isReady(p)))
  return {
    ...make(`node ${object.name} still has the taint ${taint.key}, which is taken away when it is ready for pods`, null, 0.5, {
      open: true,
      blames: [...new Set([...told, ...keepers])].map(refOf),
      evidence: [fromObject(node, `spec.taints: ${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`)],
    }),
    cause: { object, field: `spec.taints[key=${taint.key}]` },
  }
}

/** Whether a node still waits for one of its agents. */
export const isStarting = (node: KubeObject): boolean =>
  (node.spec?.taints ?? []).some((t: any) => UNTIL_STARTED.test(t.key) && !t.key.startsWith('node.kubernetes.io/'))
