import { refOf } from '#cluster'
import { entry, podField, podSpecOf } from '../../snapshot/field-path.ts'
import { logRule, placeOf, type LogContext, type Told } from './log-rule.ts'
import { mountOf } from '../start/mounts.ts'

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
    // A part of the program itself, not a file that it is given.
    if (!mount && (/node_modules/.test(hit.around.join('\n')) || !path.startsWith('/')) && /Cannot find module/.test(hit.line))
      return { says, cause: { object, field: field('image') }, directness: 0.6, open: true, tokens: [] }
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
