import { refOf } from '#cluster'
import { podField } from '../snapshot/field-path.ts'
import { logRule } from './log-rule.ts'
import { mountOf } from './mounts.ts'

export const diskFull = logRule(
  'disk-full',
  {
    title: 'A disk is full',
    means: 'A volume, or the node’s own disk under the container, has no space left.',
    mend: 'Make the claim larger (if its class allows it), free space, or raise the limit of the emptyDir.',
  },
  ({ hit, group, snapshot, settings }) => {
    const paths = [...hit.around, ...settings.map((s) => s.value)].flatMap((line) => [...line.matchAll(/\/[\w./-]+/g)].map((m) => m[0]))
    const mount = paths
      .map((path) => mountOf(group.workload, group.container, path))
      .find((m) => m !== undefined && !m.configMap && !m.secret)
    const object = refOf(group.workload)
    const says = `no space is left${mount ? ` on ${mount.mountPath}` : ''}`
    const views = group.views[0]!
    const claimName =
      mount?.claim ??
      (mount ? views.pod.spec?.volumes?.find((v: any) => v.name === mount.volume.name)?.persistentVolumeClaim?.claimName : undefined)
    const claim = claimName ? snapshot.get('PersistentVolumeClaim', object.namespace, claimName) : undefined
    if (claim)
      return {
        says: `${says} (claim ${claimName}, ${claim.spec?.resources?.requests?.storage})`,
        cause: { object: refOf(claim), field: 'spec.resources.requests.storage' },
        directness: 0.85,
      }
    if (mount?.volume.emptyDir)
      return {
        says,
        cause: { object, field: podField(group.workload, `volumes[name=${mount.volume.name}].emptyDir.sizeLimit`) },
        directness: 0.8,
      }
    return { says, cause: { object, field: null }, directness: 0.5, open: true }
  },
)
