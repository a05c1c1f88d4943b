import { refOf } from '#cluster'
import { mountOf } from '../start/mounts.ts'
import { logRule } from './log-rule.ts'

export const folderNotEmpty = logRule(
  'folder-not-empty',
  {
    title: 'A program wants an empty folder and finds files in it',
    means:
      'A database makes its files only in an empty folder. The top of a fresh disk holds lost+found; a used volume holds what another version left.',
    mend: 'Mount a folder of the volume (subPath), or tell the program to use one below the mount.',
  },
  ({ hit, group, field }) => {
    const path = hit.groups['path'] ?? ''
    const object = refOf(group.workload)
    const mount = mountOf(group.workload, group.container, path)
    const says = `the folder ${path} is not empty${/lost\+found/.test(hit.around.join('\n')) ? ' (it is the top of a disk)' : ''}`
    if (!mount || mount.mountPath.replace(/\/+$/, '') !== path.replace(/\/+$/, '')) return { says, directness: 0.5, open: true }
    const cause = { object, field: field(`volumeMounts[mountPath=${mount.mountPath}].subPath`) }
    return { says, cause, directness: 0.8, tokens: [path] }
  },
)
