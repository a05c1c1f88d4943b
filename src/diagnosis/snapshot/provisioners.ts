import type { KubeObject } from '#cluster'
import { isReady } from './containers.ts'
import { podSpecOf } from './field-path.ts'
import { containersOf } from './containers.ts'
import { logKey, type Snapshot } from './snapshot.ts'
import { BRINGS_NODES_IMAGE } from './well-known.ts'

/** Whether a workload brings nodes when pods wait for room: told by its images. */
export const bringsNodes = (workload: KubeObject): boolean =>
  (podSpecOf(workload)?.containers ?? []).some((c: any) => BRINGS_NODES_IMAGE.test(String(c.image).replace(/[@:][^/]*$/, '')))

/** A line in which one says that it could not bring a node. */
export interface NotBrought {
  line: string
  ref: string
}

const FAILS =
  /\b(?:fail(?:ed|ure|s)?|error|denied|not authori[sz]ed|unauthori[sz]ed|forbidden|cannot|could not|unable|exceeded|insufficient\w*)\b/i
const OF_NODES =
  /scal(?:e|ing)[- ]?up|increase|node ?groups?|nodepool|node ?claim|instance|fleet|launch|machine|asg\b|vmss|mig\b|capacity|cloud provider/i
const LAST = 100

/** Provisioners that are not there, or say that they cannot bring nodes, with their last such line. */
export const failingProvisioners = (snapshot: Snapshot): ReadonlyMap<KubeObject, NotBrought | null> =>
  snapshot.once('failing-provisioners', () => {
    const found = new Map<KubeObject, NotBrought | null>()
    for (const workload of snapshot.workloads.filter((w) => w.kind !== 'Pod' && bringsNodes(w))) {
      const pods = snapshot.podsOf(workload)
      const said = pods.flatMap((pod) =>
        containersOf(pod).flatMap((view): NotBrought[] => {
          const lines = (snapshot.log(view, false) ?? []).slice(-LAST).filter((l) => FAILS.test(l) && OF_NODES.test(l))
          const ref = `log/${logKey(pod.metadata.namespace ?? '', pod.metadata.name, view.name, false)}`
          return lines.length > 1 ? [{ line: lines.at(-1)!, ref }] : []
        }),
      )
      if (!pods.some(isReady)) found.set(workload, null)
      else if (said[0]) found.set(workload, said[0])
    }
    return found
  })
