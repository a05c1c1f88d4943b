import { fingerprint, type Alert } from '#alert'
import { builtin, type KubeObject, type ResourceType, type Watch, type Watcher } from '#cluster'
import { parseDuration } from '#kit/duration'
import type { Clock } from '#kit/clock'
import { errorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import { everyMs } from '#kit/loop'
import { DEFAULT_RESOLVE_AFTER, problemsOf, type EventFilter, type WatchedProblem } from '#kinds/kubernetes-source'
import { RUN_LABEL } from '#kinds/run-step'
import type { Source } from '#kinds/source'
import type { Intake, OpenAlert, Store } from '#store'
import { compileJudgement } from '../judge.ts'
import { eventSelector, findTold, OWNED_KINDS, ownersOf, pruneEvent, type OwnedKind } from './events.ts'
import { pruneWatched } from './prune.ts'
import { ALERTNAMES, findSick, type Sick } from './sick.ts'

export interface WatchSourceParts {
  store: Pick<Store, 'intake' | 'openAlerts'>
  clock: Clock
  log: Logger
  /** Asked before anything is stored. */
  isLeader(): boolean
  onStored?(intake: Intake): void
  /** What cannot be watched, for people; empty: all is watched. */
  onTrouble(troubles: readonly string[]): void
  /** How often the open alerts are compared with the database, milliseconds. Default 60,000. */
  compareMs?: number
}

const TYPES: Readonly<Record<OwnedKind | 'Node' | 'Event', ResourceType>> = {
  Pod: builtin('Pod'),
  Job: builtin('Job'),
  Node: builtin('Node'),
  ReplicaSet: builtin('ReplicaSet'),
  Event: builtin('Event'),
}
type WatchedKind = keyof typeof TYPES

/** What must be seen to judge a problem: of Events whom they are about, too, as far as that has an owner. */
function kindsOf(problem: WatchedProblem, { kinds }: EventFilter): WatchedKind[] {
  if (problem === 'WarningEvent') return ['Event', ...OWNED_KINDS.filter((kind) => !kinds || kinds.includes(kind))]
  return [problem === 'NodeNotReady' ? 'Node' : problem === 'FailedJob' ? 'Job' : 'Pod']
}

/** What a scheduler and a node's network mend by themselves all day. */
const SLOW: ReadonlySet<WatchedProblem> = new Set(['Unschedulable', 'NodeNotReady'])
const SLOW_FOR_MS = 30_000
/** Changes that come together are judged together. */
const TOGETHER_MS = 100
/** And judging takes at most this part of the time, however large the cluster is. */
const SHARE = 20
const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 30_000
/** Notifications that wait for the database at the same time; the queue of `intake` takes 2,000. */
const AT_ONCE = 500

/**
 * One `kubernetes` Source at work. Level-based: what should fire follows from the objects in memory, what does fire is in the database,
 * and each look sends the difference. So a missed, doubled or late event, a 410 or a restart is the same to it: the next look sees.
 * Nothing is concluded from a kind whose watch is in trouble, least of all that somebody is well.
 */
export function watchSource(source: Source, watcher: Watcher, parts: WatchSourceParts): { stop(): Promise<void> } {
  const { clock, log, compareMs = 60_000 } = parts
  const spec = source.spec.kubernetes!
  const name = `${source.metadata.namespace}/${source.metadata.name}`
  const judge = compileJudgement(source)
  const problems = problemsOf(spec)
  const events = spec.events ?? {}
  const told = { resolveAfterMs: parseDuration(events.resolveAfter ?? DEFAULT_RESOLVE_AFTER), minCount: events.minCount ?? 1 }
  const forMs = (problem: WatchedProblem): number =>
    problem === 'WarningEvent' ? 0 : spec.for === undefined ? (SLOW.has(problem) ? SLOW_FOR_MS : 0) : parseDuration(spec.for)
  const synced = new Set<WatchedKind>()
  /** Since when what does not fire yet is ill, epoch milliseconds by fingerprint. */
  const pending = new Map<string, number>()
  let open: Map<string, OpenAlert> | null = null
  let comparedAt = 0
  let retryMs = 0
  let tookMs = 0
  let timer: NodeJS.Timeout | undefined

  async function look(): Promise<number | void> {
    if (!parts.isLeader() || synced.size === 0) return
    try {
      const nextMs = await compare()
      retryMs = 0
      return nextMs
    } catch (error) {
      // The database may know more or less than we think.
      open = null
      retryMs = Math.min(Math.max(retryMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS)
      log.warn({ error: errorText(error), retryMs }, 'alerts from watches could not be stored; trying again')
      return retryMs
    }
  }

  async function compare(): Promise<number> {
    if (open === null || performance.now() - comparedAt >= compareMs) {
      open = new Map((await parts.store.openAlerts(name)).map((one) => [one.fingerprint, one]))
      comparedAt = performance.now()
    }
    const began = performance.now()
    const now = clock.now().getTime()
    const sound = (Object.keys(watches) as WatchedKind[]).filter((kind) => synced.has(kind) && watches[kind]!.trouble() === null)
    const watched = problems.filter((problem) => kindsOf(problem, events).every((kind) => sound.includes(kind)))
    const lists = Object.fromEntries(sound.map((kind) => [kind, watches[kind]!.list()])) as Partial<Record<WatchedKind, KubeObject[]>>
    const { Event: happened = [], ...objects } = lists
    const { sick, until: changesAt } = findSick(Object.values(objects).flat(), watched, now)
    let until = changesAt
    if (watched.includes('WarningEvent') && happened.length > 0) {
      const found = findTold(happened, ownersOf(lists), told, now)
      for (const [key, one] of found.sick) sick.set(key, one)
      until = Math.min(until, found.until)
    }
    tookMs = performance.now() - began

    let nextAt = until
    const changes: { alert: Alert; group: Sick['group'] }[] = []
    for (const one of sick.values()) {
      if (open.has(one.fingerprint) || !one.isIll) continue
      const since = pending.get(one.fingerprint) ?? now
      pending.set(one.fingerprint, since)
      const at = since + forMs(one.problem)
      if (at > now) nextAt = Math.min(nextAt, at)
      // It begins now, and so after the end of the one before, whatever the clock of the replica said that told of that.
      else changes.push({ alert: alertOf(one, new Date(now)), group: one.group })
    }
    const missing = new Set(problems.filter((problem) => !watched.includes(problem)).map((problem) => ALERTNAMES[problem]))
    for (const one of open.values()) {
      if (!sick.has(one.fingerprint) && !missing.has(one.labels['alertname'] ?? ''))
        changes.push({ alert: endOf(one, new Date(now)), group: {} })
    }
    for (const key of pending.keys()) if (!sick.has(key)) pending.delete(key)
    await store(changes)
    return Math.max(0, nextAt - clock.now().getTime())
  }

  async function store(changes: readonly { alert: Alert; group: Sick['group'] }[]): Promise<void> {
    const groups = new Map<string, { alerts: Alert[]; group: Sick['group'] }>()
    for (const { alert, group } of changes) {
      const key = `${alert.status} ${JSON.stringify(group)} ${alert.status === 'resolved' ? alert.fingerprint : ''}`
      const known = groups.get(key)
      if (known) known.alerts.push(alert)
      else groups.set(key, { alerts: [alert], group })
    }
    const all = [...groups.values()]
    for (let i = 0; i < all.length; i += AT_ONCE) await Promise.all(all.slice(i, i + AT_ONCE).map(send))
  }

  async function send({ alerts, group }: { alerts: readonly Alert[]; group: Sick['group'] }): Promise<void> {
    if (!parts.isLeader()) return
    const groupKey = fingerprint(group)
    const notification = { receiver: 'kubernetes', groupKey, groupLabels: group, truncatedAlerts: 0, alerts }
    const { batch, filterErrors } = judge({ notification, rejected: [], oddities: [] })
    if (filterErrors[0]) log.warn({ first: filterErrors[0] }, 'the filter failed; these alerts were let through')
    const intake = await parts.store.intake(batch)
    for (const { fingerprint: key, labels, startsAt, status } of alerts) {
      pending.delete(key)
      if (status === 'resolved') open?.delete(key)
      else open?.set(key, { fingerprint: key, labels, startsAt })
    }
    parts.onStored?.(intake)
  }

  const poke = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined
        loop.poke()
      },
      Math.max(TOGETHER_MS, tookMs * SHARE),
    )
  }
  const tell = (): void => {
    const troubles = Object.values(watches).flatMap((watch) => watch.trouble()?.message ?? [])
    parts.onTrouble(troubles)
    poke()
  }
  const begin = async (kind: WatchedKind, watch: Watch): Promise<void> => {
    // Closed before the first list came: there is nothing to begin.
    const isThere = await watch.synced.then(
      () => true,
      () => false,
    )
    if (!isThere) return
    synced.add(kind)
    poke()
  }
  const loop = everyMs(compareMs, 'watch', log, look)
  const watches: Partial<Record<WatchedKind, Watch>> = {}
  const isWide = spec.scope === 'Cluster'
  for (const kind of new Set(problems.flatMap((problem) => kindsOf(problem, events)))) {
    const isEvent = kind === 'Event'
    const namespaces = isWide ? (isEvent ? events.namespaces : undefined) : [source.metadata.namespace!]
    const watch = watcher.watch(TYPES[kind], {
      ...(namespaces && { namespaces }),
      // What Inquest runs itself is no incident.
      ...(kind !== 'Node' && !isEvent && { labelSelector: [spec.selector ?? [], `!${RUN_LABEL}`].flat().join(',') }),
      ...(isEvent && { fieldSelector: eventSelector(events) }),
      prune: isEvent ? (object) => pruneEvent(object, events, isWide) : pruneWatched,
      onChange: poke,
      onTrouble: tell,
    })
    watches[kind] = watch
    void begin(kind, watch)
  }
  return {
    async stop() {
      await Promise.all(Object.values(watches).map((watch) => watch.close()))
      await loop.stop()
      clearTimeout(timer)
      watcher.close()
    },
  }
}

const alertOf = ({ fingerprint: key, labels, problem, message, objects }: Sick, now: Date): Alert => ({
  status: 'firing',
  labels,
  annotations: { summary: `${problem}: ${objects.join(', ')}`, description: message },
  startsAt: now.toISOString(),
  endsAt: null,
  generatorURL: '',
  fingerprint: key,
})

const endOf = ({ fingerprint: key, labels, startsAt }: OpenAlert, now: Date): Alert => ({
  status: 'resolved',
  labels,
  annotations: {},
  startsAt,
  endsAt: now.toISOString(),
  generatorURL: '',
  fingerprint: key,
})
