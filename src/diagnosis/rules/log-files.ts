import { refOf } from '#cluster'
import { entry, podField, podSpecOf } from '../snapshot/field-path.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { mountOf } from './mounts.ts'

export const fileMissing = logRule(
  'file-missing',
  {
    title: 'A file does not exist in the container',
    means:
      'The program opens a file that is neither in the image nor mounted: the path is wrong, a mount is missing or elsewhere, or the ConfigMap lacks the key.',
    mend: 'Correct the path in the arguments or variables, or mount the file where the program looks for it.',
  },
  (context) => {
    const { hit, group, settingWith, field } = context
    const path = hit.groups['path'] ?? hit.groups['path2'] ?? hit.groups['path3'] ?? ''
    const says = `the file ${path} does not exist`
    const setting = settingWith(path)
    const mount = mountOf(group.workload, group.container, path)
    const object = refOf(group.workload)
    const lost = keyLost(context, path) ?? tokenLost(context, path)
    if (lost) return lost
    // An empty volume over the program's own folder hides what the image has there.
    const isHidden = mount && (mount.volume.emptyDir || mount.isClaim) && /\.(?:js|mjs|py|jar|rb|php|dll|sh)$/.test(path)
    if (isHidden)
      return {
        says: `${says}: a volume is mounted over ${mount.mountPath}`,
        cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}]`) },
        directness: 0.82,
        tokens: [path, mount.mountPath],
      }
    if (/is a directory/i.test(hit.line) && mount?.key)
      return {
        says: `${path} is a folder: its volume has no ${mount.key}`,
        cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}].subPath`) },
        directness: 0.82,
      }
    if (setting) return { says, cause: placeOf(setting), directness: 0.8, tokens: [path] }
    if (mount)
      return {
        says,
        cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}]`) },
        directness: 0.6,
        tokens: [path, mount.mountPath],
      }
    return {
      says,
      cause: { object, field: field('volumeMounts') },
      directness: 0.45,
      open: true,
      tokens: [path, path.slice(0, path.lastIndexOf('/'))],
    }
  },
)

/** A file that a ConfigMap should hold, and does not. */
export function keyLost({ snapshot, group, settingWith }: LogContext, path: string): Told | null {
  const mount = mountOf(group.workload, group.container, path)
  const key = mount?.key ?? path.slice(path.lastIndexOf('/') + 1)
  const map = mount?.configMap ? snapshot.get('ConfigMap', group.workload.metadata.namespace ?? null, mount.configMap) : undefined
  if (!map || Object.hasOwn(map.data ?? {}, key) || Object.hasOwn(map['binaryData'] ?? {}, key)) return null
  const setting = settingWith(path)
  return {
    says: `the file ${path} does not exist: ConfigMap ${map.metadata.name} has no key ${key}`,
    cause: { object: refOf(map), field: entry('data', key) },
    directness: 0.8,
    alternatives: setting ? [{ ...placeOf(setting), summary: `The path ${path} is wrong` }] : [],
    tokens: [path, key],
  }
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/'

/** The ServiceAccount's token is mounted unless the pod, or else the account, says no. */
function tokenLost({ group, snapshot }: LogContext, path: string): Told | null {
  if (!path.startsWith(TOKEN)) return null
  const pod = podSpecOf(group.workload)
  const account = snapshot.get('ServiceAccount', group.workload.metadata.namespace ?? null, pod?.serviceAccountName ?? 'default')
  const says = 'it has no token of its ServiceAccount'
  const field = 'automountServiceAccountToken'
  if (pod?.[field] === false)
    return { says, cause: { object: refOf(group.workload), field: podField(group.workload, field) }, directness: 0.92 }
  return account?.[field] === false ? { says, cause: { object: refOf(account), field }, directness: 0.9 } : null
}

const OF_KERNEL = /iptables|you must be root|CAP_\w+|NET_ADMIN|netlink|raw socket|SOCK_RAW|ping: socket|setns|unshare|TUNSETIFF|tun device/

/** What root does at its start, and cannot without the capabilities. */
const isOfRights = (line: string): boolean =>
  /\b(?:chown|chgrp|chmod|setuid|setgid|setgroups|ownership)\b.*(?:operation not permitted|EPERM)/i.test(line)

export const permissionDenied = logRule(
  'permission-denied',
  {
    title: 'A program may not read or write what it needs',
    means: 'The user that the container runs as, or a read-only file system, keeps the program from a file or a port.',
    mend: 'Set runAsUser and fsGroup to the owner of the files, mount a writable volume there, or allow what the program needs.',
  },
  ({ hit, group, field }) => {
    const path = hit.groups['path'] ?? hit.groups['path2']
    const object = refOf(group.workload)
    const own = group.views[0]!.spec.securityContext ?? {}
    const pod = podSpecOf(group.workload)?.securityContext ?? {}
    const readOnly = /read-only|EROFS/i.test(hit.line)
    const mount = path ? mountOf(group.workload, group.container, path) : undefined
    const says = `${path ?? 'a port'} ${readOnly ? 'is on a read-only file system' : 'may not be used by its user'}`
    if (mount?.readOnly)
      return { says, cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}].readOnly`) }, directness: 0.9 }
    if (readOnly && own.readOnlyRootFilesystem && !mount)
      return { says, cause: { object, field: field('securityContext.readOnlyRootFilesystem') }, directness: 0.9 }
    if (readOnly && mount?.configMap)
      return { says, cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}]`) }, directness: 0.7 }
    if (OF_KERNEL.test(hit.line) && own.privileged !== true)
      return {
        says: 'it asks the kernel for what its container may not',
        cause: { object, field: field('securityContext.capabilities') },
        directness: 0.8,
      }
    if (isOfRights(hit.line) && (own.capabilities?.drop ?? []).some((c: string) => /^(?:ALL|CHOWN|FOWNER|DAC_OVERRIDE|SET[UG]ID)$/.test(c)))
      return {
        says: `${says}: the container may not change owners or users`,
        cause: { object, field: field('securityContext.capabilities') },
        directness: 0.8,
      }
    if (own.runAsUser !== undefined) return { says, cause: { object, field: field('securityContext.runAsUser') }, directness: 0.75 }
    if (mount?.isClaim && pod.runAsUser !== undefined && pod.fsGroup === undefined)
      return { says, cause: { object, field: podField(group.workload, 'securityContext.fsGroup') }, directness: 0.75 }
    if (pod.runAsUser !== undefined)
      return { says, cause: { object, field: podField(group.workload, 'securityContext.runAsUser') }, directness: 0.75 }
    return { says, cause: { object, field: podField(group.workload, 'securityContext') }, directness: 0.5, open: true }
  },
)
