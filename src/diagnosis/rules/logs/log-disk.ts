import { refOf, type KubeObject } from '#cluster'
import { containerSpec, podField } from '../../snapshot/field-path.ts'
import { claimOf, serversOf } from '../run/limit-setting.ts'
import { logRule, type Told } from './log-rule.ts'
import { mountOf, type Mount } from '../start/mounts.ts'

export const diskFull = logRule(
  'disk-full',
  {
    title: 'A disk is full',
    means: 'A volume, or the node’s own disk under the container, has no space left.',
    mend: 'Make the claim larger (if its class allows it), free space, or raise the limit of the emptyDir.',
  },
  (context) => {
    const { hit, group, snapshot, settings } = context
    const { workload, container } = group
    const paths = [...hit.around, ...settings.map((s) => s.value)].flatMap((line) => [...line.matchAll(/\/[\w./-]+/g)].map((m) => m[0]))
    const named = paths.map((path) => mountOf(workload, container, path)).find((m) => m !== undefined && !m.configMap && !m.secret)
    // A path that does not begin at the root is one of the data's own folder.
    const mount = named ?? onlyOf(storesOf(workload, container))
    const says = `no space is left${mount ? ` on ${mount.mountPath}` : ''}`
    const { pod } = group.views[0]!
    const claimName =
      mount?.claim ??
      (mount ? pod.spec?.volumes?.find((v: any) => v.name === mount.volume.name)?.persistentVolumeClaim?.claimName : undefined)
    const object = refOf(workload)
    const claim = claimName ? snapshot.get('PersistentVolumeClaim', object.namespace, claimName) : undefined
    if (claim) return full(claim, says, 0.85)
    if (mount?.volume.emptyDir)
      return {
        says,
        cause: { object, field: podField(workload, `volumes[name=${mount.volume.name}].emptyDir.sizeLimit`) },
        directness: 0.8,
      }
    // Who stores nothing himself is told by the one who does.
    const server = serversOf(context).find((s) => claimOf(snapshot, s))
    if (server && !mount) return full(claimOf(snapshot, server)!, `${server.kind} ${server.metadata.name} has no space left`, 0.8)
    return { says, cause: { object, field: null }, directness: 0.5, open: true }
  },
)

const full = (claim: KubeObject, says: string, directness: number): Told => ({
  says: `${says} (claim ${claim.metadata.name}, ${claim.spec?.resources?.requests?.storage})`,
  cause: { object: refOf(claim), field: 'spec.resources.requests.storage' },
  directness,
})

/** Where a container stores what outlives it: its claims, else its scratch space. */
function storesOf(workload: KubeObject, container: string): Mount[] {
  const mounts = (containerSpec(workload, container)?.spec.volumeMounts ?? [])
    .map((m: any) => mountOf(workload, container, m.mountPath))
    .filter((m: Mount | undefined) => m !== undefined)
  const claims = mounts.filter((m: Mount) => m.isClaim)
  return claims.length > 0 ? claims : mounts.filter((m: Mount) => m.volume.emptyDir)
}

const onlyOf = <T>([only, ...more]: readonly T[]): T | undefined => (more.length === 0 ? only : undefined)
