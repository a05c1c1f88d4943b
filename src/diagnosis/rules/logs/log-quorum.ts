import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import { settingQuoted } from '../../snapshot/said-settings.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import { contradiction, contradictionText } from './contradiction.ts'
import { allSettings, serversOf } from '../run/limit-setting.ts'
import { logRule, placeOf, type Told } from './log-rule.ts'

export const quorumLost = logRule(
  'quorum-lost',
  {
    title: 'A cluster of servers has no majority',
    means: 'Too few of its members run, or know of each other, to choose a leader: it takes no writes, or does nothing at all.',
    mend: 'Bring back the members that are missing; if it was scaled down, scale it up again, or remove the members that are gone for good.',
  },
  (context) => {
    const { snapshot, group } = context
    const says = 'the servers that it needs have no leader'
    const apart = contradiction(context, ['set'], false)
    const quoted = settingQuoted(context.settings, context.hit.line)
    if (apart) return { says: contradictionText(apart), cause: placeOf(apart.guilty), directness: 0.84 }
    if (quoted) return { says: `${says}, or it asks for the wrong one`, cause: placeOf(quoted), directness: 0.74 }
    const servers = [group.workload, ...serversOf(context)].filter(
      (w) => w.kind === 'StatefulSet' || w !== group.workload || isCluster(snapshot, w),
    )
    const found = servers.map((server) => lacking(snapshot, server)).find((told) => told !== null)
    if (found) return { says: `${says}: ${found.says}`, cause: found.cause!, directness: found.directness! }
    return { says, directness: 0.4, open: true, blames: servers.filter((s) => s !== group.workload).map(refOf) }
  },
)

/** Names of settings that say how many members, or who, make the cluster. */
const MEMBERS =
  /expect|initial (?:cluster|master nodes)|quorum|(?:cluster|voting) (?:size|members|nodes)|min(?:imum)? master nodes|voters|raft replicas/

const isCluster = (snapshot: Snapshot, workload: KubeObject): boolean => membersOf(snapshot, workload) !== null

/** How many members it is told to have. */
function membersOf(snapshot: Snapshot, workload: KubeObject): { count: number; place: ReturnType<typeof placeOf> } | null {
  for (const { words, value, setting } of namedSettings(allSettings(snapshot, workload))) {
    if (!MEMBERS.test(words)) continue
    const plain = /^["']?(\d{1,2})["']?$/.exec(value.trim())
    const count = plain ? Number(plain[1]) : value.split(',').filter((part) => /[a-z]/i.test(part)).length
    if (count > 0) return { count, place: placeOf(setting) }
  }
  return null
}

/** It has fewer pods than make a majority of those that it is told of, or was scaled down. */
function lacking(snapshot: Snapshot, server: KubeObject): Told | null {
  const replicas = Number(server.spec?.replicas ?? 1)
  const members = membersOf(snapshot, server)
  const scaled = editsOf(server).some((e) => e.field === 'spec.replicas')
  const inReplicas = { object: refOf(server), field: 'spec.replicas' }
  const name = `${server.kind} ${server.metadata.name}`
  if (members && replicas * 2 <= members.count)
    return { says: `${name} has ${replicas} replicas and is told of ${members.count} members`, cause: inReplicas, directness: 0.84 }
  if (scaled && snapshot.podsOf(server).length > 0)
    return { says: `${name} was scaled to ${replicas}`, cause: inReplicas, directness: 0.72 }
  return null
}
