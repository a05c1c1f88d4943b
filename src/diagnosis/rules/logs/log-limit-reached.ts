import { refOf, type KubeObject } from '#cluster'
import { changesOf, type Change } from '../../snapshot/changes.ts'
import { editsOf } from '../../snapshot/edits.ts'
import { callsOf } from '../../snapshot/hosts.ts'
import { namedSettings } from '../../snapshot/named-settings.ts'
import { keyOf, type Snapshot } from '../../snapshot/snapshot.ts'
import { hostsNear } from '../run/connections.ts'
import { allSettings } from '../run/limit-setting.ts'
import { logRule, placeOf, type Told } from './log-rule.ts'

export const limitReached = logRule(
  'limit-reached',
  {
    title: 'A limit on connections, files or threads is reached',
    means: 'The program, or the server that it uses, has no more connections, open files or threads to give.',
    mend: 'Raise the limit, use fewer (a smaller pool, fewer replicas), or find what leaks them.',
  },
  ({ hit, group, snapshot }) => {
    if (!/connection|client|pool/i.test(hit.line))
      return { says: 'a limit on connections, files or threads is reached', directness: 0.5, open: true }
    const named = hostsNear(snapshot, group, hit).flatMap((h) => (h.service ? [h.service] : []))
    const services = named.length > 0 ? named : callsOf(snapshot, group.workload).map((c) => c.service)
    const servers = services.flatMap((s) =>
      snapshot
        .podsSelected(s.namespace ?? '', snapshot.get('Service', s.namespace, s.name)?.spec?.selector)
        .map((p) => snapshot.workloadOf(p)),
    )
    const server = servers[0] ?? (services.length === 0 ? group.workload : undefined)
    const says = `${server && server !== group.workload ? `${server.kind} ${server.metadata.name} has` : 'it has'} no connection left to give`
    return {
      says,
      blames: [],
      ...(server ? (greedy(snapshot, server) ?? piled(snapshot, server) ?? capacity(snapshot, server)) : { directness: 0.5, open: true }),
    }
  },
)

/** A change that lets a client open more connections. */
const MORE = /pool|conn|max_?(?:size|open|idle|active)|worker|concurren|thread|parallel|replica/i
const RECENT = 24 * 3_600_000

/** The client of the server that was changed last so that it may hold more connections. */
function greedy(snapshot: Snapshot, server: KubeObject): Pick<Told, 'says' | 'cause' | 'directness'> | null {
  const found: { client: KubeObject; change: Change; at: number }[] = []
  for (const client of snapshot.workloads) {
    if (keyOf(client) === keyOf(server)) continue
    const scaled = editsOf(client).filter((e) => e.field === 'spec.replicas' && !isFewer(snapshot, client))
    const change = [...changesOf(snapshot, client), ...scaled].find((c) => MORE.test(`${c.field} ${String(c.after)}`) && isMore(c))
    if (!change || change.at === null || snapshot.now - change.at > RECENT || !calls(snapshot, client, server)) continue
    found.push({ client, change, at: change.at })
  }
  const newest = found.sort((a, b) => b.at - a.at || (keyOf(a.client) < keyOf(b.client) ? -1 : 1))[0]
  if (!newest) return null
  return {
    says: `${server.kind} ${server.metadata.name} has no connection left to give, since ${newest.client.kind} ${newest.client.metadata.name} may take more of them`,
    cause: { object: refOf(newest.client), field: newest.change.field },
    directness: 0.72,
  }
}

/** So many runs of one CronJob at once are not meant. */
const MANY = 3

/** A CronJob of which many runs hold connections at once. */
function piled(snapshot: Snapshot, server: KubeObject): Pick<Told, 'says' | 'cause' | 'directness'> | null {
  const cron = snapshot
    .all('CronJob')
    .find(
      (c) =>
        !/^(?:Forbid|Replace)$/.test(c.spec?.concurrencyPolicy ?? '') &&
        (c.status?.active?.length ?? 0) >= MANY &&
        calls(snapshot, c, server),
    )
  return cron
    ? {
        says: `${server.kind} ${server.metadata.name} has no connection left to give, while ${cron.status.active.length} runs of CronJob ${cron.metadata.name} go on at once`,
        cause: { object: refOf(cron), field: 'spec.concurrencyPolicy' },
        directness: 0.74,
      }
    : null
}

/** What it was scaled last, by its events. */
const isFewer = (snapshot: Snapshot, client: KubeObject): boolean =>
  /Scaled down/.test(snapshot.eventsOf(client).find((e) => e.reason === 'ScalingReplicaSet')?.message ?? '')

const isMore = ({ before, after }: Change): boolean => {
  const [was, is] = [Number(before), Number(after)]
  return Number.isNaN(is) || Number.isNaN(was) || is > was
}

const calls = (snapshot: Snapshot, client: KubeObject, server: KubeObject): boolean =>
  callsOf(snapshot, client).some((c) =>
    snapshot
      .podsSelected(c.service.namespace ?? '', snapshot.get('Service', c.service.namespace, c.service.name)?.spec?.selector)
      .some((pod) => snapshot.workloadOf(pod) === server),
  )

/** The server's own setting of how many it takes. */
function capacity(snapshot: Snapshot, server: KubeObject): Pick<Told, 'cause' | 'directness' | 'open'> {
  const limit = namedSettings(allSettings(snapshot, server)).find(({ words }) =>
    /\bmax ?(?:\w+ )?(?:conn(?:ections?)?|clients)\b/.test(words),
  )
  return limit ? { cause: placeOf(limit.setting), directness: 0.6 } : { directness: 0.5, open: true }
}
