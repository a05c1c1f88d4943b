import { refOf } from '#cluster'
import { podField, podSpecOf } from '../../snapshot/field-path.ts'
import { logRule } from './log-rule.ts'
import { lacksMode, modeField, mountOf } from '../start/mounts.ts'

const OF_KERNEL = /iptables|you must be root|CAP_\w+|NET_ADMIN|netlink|raw socket|SOCK_RAW|ping: socket|setns|unshare|TUNSETIFF|tun device/

/** What root does at its start, and cannot without the capabilities. */
const isOfRights = (line: string): boolean =>
  /\b(?:chown|chgrp|chmod|setuid|setgid|setgroups|ownership)\b.*(?:operation not permitted|EPERM)/i.test(line)

const isStarted = (spec: any, path: string): boolean => [...(spec.command ?? []), ...(spec.args ?? [])].includes(path)

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
    if (hit.groups['open'] ?? hit.groups['open2'])
      return {
        says: `${path} may be read by too many`,
        cause: { object, field: mount ? modeField(group.workload, mount) : podField(group.workload, 'volumes') },
        directness: 0.85,
      }
    if (mount?.readOnly)
      return { says, cause: { object, field: field(`volumeMounts[mountPath=${mount.mountPath}].readOnly`) }, directness: 0.9 }
    // A script needs the bit to be executed, a key the one to be read by whoever is not root.
    const isProgram = path !== undefined && (/\.(?:sh|py|pl|rb|bash)$/.test(path) || isStarted(group.views[0]!.spec, path))
    if (mount && !readOnly && lacksMode(mount, path!, isProgram ? 'execute' : 'read'))
      return {
        says: `${says}: its volume gives the file no right to be ${isProgram ? 'executed' : 'read'}`,
        cause: { object, field: modeField(group.workload, mount) },
        directness: 0.86,
      }
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
