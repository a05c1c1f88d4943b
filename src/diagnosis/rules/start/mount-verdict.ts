import { refOf, type KubeObject } from '#cluster'
import type { KubeEvent } from '../../snapshot/events.ts'
import { podField } from '../../snapshot/field-path.ts'
import { bringsDriver, missingDriver } from '../../snapshot/csi.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { quotedField } from '../customs/custom-field.ts'
import { csiObject } from './mount-secrets.ts'
import { judgeSandbox } from './sandbox-verdict.ts'
import { backingOf, nfsServices } from '../scheduling/volume-backing.ts'
import type { Place } from '../rule.ts'
import type { Verdict } from './verdict.ts'

export function judgeMount(snapshot: Snapshot, workload: KubeObject, pod: KubeObject, event: KubeEvent): Verdict {
  const object = refOf(workload)
  const { message } = event
  const name = /volume "([^"]+)"/.exec(message)?.[1]
  const volumes: any[] = pod.spec?.volumes ?? []
  const claimed = volumes.filter((v) => v.persistentVolumeClaim)
  const volume =
    volumes.find((v) => v.name === name) ??
    volumes.find((v) => v.persistentVolumeClaim && claimOf(snapshot, object.namespace, v)?.spec?.volumeName === name) ??
    (name !== undefined && claimed.length === 1 ? claimed[0] : undefined)
  const claim = volume && claimOf(snapshot, object.namespace, volume)
  const at = (rest: string): Place => ({ object, field: podField(workload, `volumes[name=${volume?.name ?? name}]${rest}`) })
  const pv = claim ? snapshot.get('PersistentVolume', null, claim.spec?.volumeName ?? '') : undefined

  if (event.reason === 'FailedCreatePodSandBox' || event.reason === 'NetworkNotReady') return judgeSandbox(snapshot, workload, pod, event)
  if (/Multi-Attach error/.test(message)) {
    const others = (/used by pod\(s\) (.+)$/.exec(message)?.[1] ?? '').split(/[, ]+/)
    const own = snapshot
      .podsOf(workload)
      .some((p) => p !== pod && (others.includes(p.metadata.name) || (p.spec?.nodeName && p.spec.nodeName !== pod.spec.nodeName)))
    const blames = claim ? [refOf(claim)] : []
    const says = 'its volume is attached to another node, and may be attached to one only'
    if (own && workload.kind === 'Deployment')
      return {
        says: `${says}: the pod before it still holds it`,
        cause: { object, field: 'spec.strategy.type' },
        directness: 0.78,
        blames,
        mend: 'Set the strategy to Recreate, so that the old pod lets go before the new one starts',
      }
    return {
      says,
      cause: claim ? { object: refOf(claim), field: 'spec.accessModes' } : at(''),
      directness: 0.7,
      blames,
      open: true,
      mend: 'Let the pod that holds the volume go, or use a volume that may be attached to several nodes',
    }
  }
  if (volume?.hostPath && /hostPath|no such file|not a directory|is not a/i.test(message))
    return {
      says: `${volume.hostPath.path} on the node is not what the volume expects (${volume.hostPath.type || 'any'})`,
      cause: at(`.hostPath.${/type check failed/.test(message) && volume.hostPath.type ? 'path' : 'path'}`),
      directness: 0.86,
      mend: 'Correct the path or type of the hostPath volume',
    }
  if (volume?.nfs)
    return {
      says: `its NFS volume ${volume.nfs.server}:${volume.nfs.path} cannot be mounted`,
      cause: at(/access denied|No such file|does not exist/i.test(message) ? '.nfs.path' : '.nfs.server'),
      ...nfsServices(snapshot, volume.nfs.server, message),
      mend: 'Correct the server or path, or bring the NFS server back',
    }
  if (pv?.spec?.nfs)
    return {
      says: `the NFS volume ${pv.spec.nfs.server}:${pv.spec.nfs.path} cannot be mounted`,
      cause: { object: refOf(pv), field: /access denied|No such file|does not exist/i.test(message) ? 'spec.nfs.path' : 'spec.nfs.server' },
      ...nfsServices(snapshot, pv.spec.nfs.server, message),
      mend: 'Correct the server or path, or bring the NFS server back',
    }
  if (pv?.spec?.local && /does not exist/.test(message))
    return {
      says: `the path ${pv.spec.local.path} of its local volume does not exist`,
      cause: { object: refOf(pv), field: 'spec.local.path' },
      directness: 0.88,
      mend: 'Make the path on the node, or correct the volume',
    }
  const option = (pv?.spec?.mountOptions ?? []).find((one: string) => message.includes(one))
  if (pv && option && /mount failed|bad option|wrong fs type|invalid (?:argument|option)|unknown option/i.test(message))
    return {
      says: `it cannot be mounted with the option ${option}`,
      cause: { object: refOf(pv), field: 'spec.mountOptions' },
      directness: 0.82,
      mend: 'Take the mount option away, in the volume and in its StorageClass',
    }
  const led = csiObject(snapshot, workload, volume, message)
  if (led) return led
  const driver = missingDriver(message)
  if (driver) {
    const agents = snapshot.all('DaemonSet').filter((set) => bringsDriver(set, driver))
    return {
      says: `the node has no CSI driver ${driver}`,
      blames: agents.map(refOf),
      open: agents.length > 0,
      cause: volume?.csi
        ? at('.csi.driver')
        : pv
          ? { object: refOf(pv), field: 'spec.csi.driver' }
          : claim
            ? { object: refOf(claim), field: 'spec.storageClassName' }
            : at(''),
      directness: 0.75,
      mend: `Bring the CSI driver ${driver} to the node`,
    }
  }
  const backing = backingOf(snapshot, pv, name)
  // A volume that somebody wrote by hand says where its data is.
  const told = pv?.spec?.csi ? quotedField([pv], [message]) : null
  if (pv && told && /^spec\.csi\.(?!driver)/.test(told.field) && !pv.metadata.annotations?.['pv.kubernetes.io/provisioned-by'])
    return {
      says: message.slice(0, 200),
      cause: { object: refOf(pv), field: told.field },
      directness: 0.72,
      open: false,
      mend: `Correct ${told.field}, or give the driver the right to use what it names`,
    }
  return {
    says: message.slice(0, 200),
    cause: claim ? { object: refOf(claim), field: null } : volume ? at('') : { object, field: null },
    directness: 0.5,
    open: true,
    blames: [...(claim ? [refOf(claim)] : []), ...backing],
    mend: 'Look at the storage plug-in and the node',
  }
}

const claimOf = (snapshot: Snapshot, namespace: string | null, volume: any): KubeObject | undefined =>
  volume.persistentVolumeClaim ? snapshot.get('PersistentVolumeClaim', namespace, volume.persistentVolumeClaim.claimName) : undefined
