import { refOf } from '#cluster'
import type { ObjectRef } from '#kinds/result'
import { logRule } from './log-rule.ts'
import { mountOf } from '../start/mounts.ts'

export const storageBroken = logRule(
  'storage-broken',
  {
    title: 'The storage under a program gives errors',
    means: 'Reads and writes fail with errors of the device, a stale handle of a file server, or a file system that needs repair.',
    mend: 'Look at the node and at what is behind the volume; take the pod to another node, or restore the volume.',
  },
  ({ snapshot, group, hit }) => {
    const namespace = group.workload.metadata.namespace ?? null
    const path = /["'`( =](\/[\w./-]{3,})/.exec(hit.line)?.[1]
    const mounted = path ? mountOf(group.workload, group.container, path)?.volume.persistentVolumeClaim?.claimName : undefined
    const own = group.views.flatMap((v) => (v.pod.spec?.volumes ?? []).map((volume: any) => volume.persistentVolumeClaim?.claimName))
    const claim = [mounted, ...own]
      .filter((name): name is string => typeof name === 'string')
      .map((name) => snapshot.get('PersistentVolumeClaim', namespace, name))
      .find((found) => found !== undefined)
    const nodes = [...new Set(group.views.map((v) => v.pod.spec?.nodeName).filter((n): n is string => typeof n === 'string'))]
    const blames: ObjectRef[] = nodes.map((name) => ({ apiVersion: 'v1', kind: 'Node', namespace: null, name }))
    return {
      says: `its storage gives errors: ${hit.line.trim().slice(0, 160)}`,
      cause: { object: claim ? refOf(claim) : nodes.length === 1 ? blames[0]! : refOf(group.workload), field: null },
      directness: 0.55,
      open: true,
      blames: [...(claim ? [refOf(claim)] : []), ...blames],
    }
  },
)
