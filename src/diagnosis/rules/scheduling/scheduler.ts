import { refOf, type KubeObject } from '#cluster'
import { podField } from '../../snapshot/field-path.ts'
import { containersIn } from '../../snapshot/hosts.ts'
import { holdsWord, settingsOf } from '../../snapshot/settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { DEFAULT_SCHEDULER, isDefaultScheduler } from '../../snapshot/well-known.ts'
import type { Make, Placement } from './placement-verdict.ts'

/** No scheduler has said a word about the pod: either none has the name that the pod gives, or that one does not work. */
export function absentScheduler(snapshot: Snapshot, workload: KubeObject, spec: any, make: Make): Placement {
  const name = spec.schedulerName ?? DEFAULT_SCHEDULER
  const found = snapshot.workloads.filter((w) => (name === DEFAULT_SCHEDULER ? isDefaultScheduler(w) : isNamedIn(snapshot, w, name)))
  const field = podField(workload, 'schedulerName')
  if (found.length > 0)
    return make(`the scheduler ${name} has not looked at it`, field, 0.45, { open: true, blames: found.slice(0, 5).map(refOf) })
  if (name === DEFAULT_SCHEDULER)
    return make('the scheduler has not looked at it: it does not run, or does not keep up', null, 0.5, { open: true })
  return make(`no scheduler called ${name} has looked at it`, field, 0.9, { tokens: [name] })
}

/** Whether a program is told the name: how a second scheduler, a provisioner or a controller knows what is its own. */
export const isNamedIn = (snapshot: Snapshot, workload: KubeObject, name: string): boolean =>
  containersIn(workload).some((c) => settingsOf(snapshot, workload, c).some((s) => s.origin !== 'file' && holdsWord(s.value, name)))
