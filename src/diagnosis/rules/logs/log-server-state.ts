import { refOf, type KubeObject } from '#cluster'
import { podSpecOf } from '../../snapshot/field-path.ts'
import { hostsIn, serviceOfHost } from '../../snapshot/hosts.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { allSettings, chosenSetting, serversOf } from '../run/limit-setting.ts'
import { logRule, placeOf } from './log-rule.ts'

/** Parts of names of servers that only answer questions. */
const COPY = /(?:^|[-_.])(?:ro|read(?:ers?|only|s)?|replicas?|slaves?|secondary|secondaries|standby|followers?)(?:$|[-_.\d])/i

export const readOnlyServer = logRule(
  'read-only-server',
  {
    title: 'A server takes no writes',
    means: 'The program writes to a copy that only answers questions, or the server is set to read-only.',
    mend: 'Have the program write to the primary, or take the server out of read-only mode.',
  },
  (context) => {
    const { snapshot, settings, group, hit } = context
    const says = 'the server that it writes to is read-only'
    const copy = settings.find((s) => namesCopy(s, group.workload.metadata.namespace ?? ''))
    if (copy) return { says: `${says}: it is told to use ${copy.value.slice(0, 80)}`, cause: placeOf(copy), directness: 0.85 }
    const servers = serversOf(context)
    const word = { pattern: /./, setting: /read ?only|replica ?of|slave ?of|min (?:replicas|slaves) to write|super read only/, what: '' }
    const set = servers.map((server) => chosenSetting(snapshot, allSettings(snapshot, server), hit.line, word)).find((s) => s !== undefined)
    if (set) return { says, cause: placeOf(set.setting), directness: 0.82 }
    return { says, directness: 0.4, open: true, blames: servers.map(refOf) }
  },
)

const namesCopy = ({ value, origin }: Setting, namespace: string): boolean =>
  origin !== 'file' && hostsIn(value).some(({ host }) => COPY.test(serviceOfHost(host, namespace)?.name ?? host.split('.')[0]!))

export const lockHeld = logRule(
  'lock-held',
  {
    title: 'Two programs want the same files',
    means:
      'The program finds its data locked: another pod with the same volume runs at the same time, as in a rolling update or with more than one replica.',
    mend: 'Run one replica with the strategy Recreate, or give each pod a volume of its own.',
  },
  ({ snapshot, group }) => {
    const { workload } = group
    const object = refOf(workload)
    const says = 'another pod holds the lock of its data'
    const isShared = (podSpecOf(workload)?.volumes ?? []).some((v: any) => v.persistentVolumeClaim || v.hostPath || v.nfs)
    if (workload.kind === 'Deployment' && isShared) {
      if (Number(workload.spec?.replicas ?? 1) > 1) return { says, cause: { object, field: 'spec.replicas' }, directness: 0.82 }
      const isRolling = (workload.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
      if (isRolling && others(snapshot.podsOf(workload), group.views[0]!.pod))
        return {
          says: `${says}: the roll-out keeps the old pod until the new one is ready`,
          cause: { object, field: 'spec.strategy.type' },
          directness: 0.85,
        }
    }
    return Number(workload.spec?.replicas ?? 1) > 1
      ? { says, cause: { object, field: 'spec.replicas' }, directness: 0.6 }
      : { says, directness: 0.4, open: true }
  },
)

const others = (pods: readonly KubeObject[], own: KubeObject): boolean =>
  pods.some((p) => p !== own && p.status?.phase === 'Running' && !p.metadata.deletionTimestamp)

export const dataVersion = logRule(
  'data-version',
  {
    title: 'The data was written by another version of the program',
    means:
      'The volume holds data of a newer, or of a much older, version than the image: it went up or down by more than the program can take.',
    mend: 'Go back to the version that wrote the data, or migrate the data step by step.',
  },
  ({ group, field }) => ({
    says: 'its data was written by a version that does not go with this one',
    cause: { object: refOf(group.workload), field: field('image') },
    directness: 0.86,
    tokens: [],
  }),
)
