import { keyOf, type ClusterClient, type KubeObject, type Watch } from '#cluster'
import { everyMs } from '#kit/loop'
import type { Leader } from '../leader.ts'
import { createWorkQueue } from '../work-queue.ts'
import { expireObjects, skipOld } from './expire.ts'
import { lookAtObject } from './look-at-object.ts'
import { INVESTIGATIONS } from './names.ts'
import { ABSENT, objectKey, rowKey, type ProjectionParts, type Session } from './parts.ts'
import { createRefusals } from './refusals.ts'
import { showInvestigation } from './show-investigation.ts'

export interface ProjectionOptions extends Omit<ProjectionParts, 'client'> {
  client: ProjectionParts['client'] & Pick<ClusterClient, 'watch'>
  leader: Pick<Leader, 'isLeader' | 'onChange'>
  timing?: Partial<ProjectionTiming>
}

/** Milliseconds. */
export interface ProjectionTiming {
  /** How often the database is asked for what changed. Default 1,000. */
  pollMs: number
  /** How often objects are looked for whose time is over. Default 30,000. */
  expireMs: number
}

/** Investigation objects as a view of the database, and as requests to it. */
export interface ProjectionLoop {
  /** Why objects may be out of date, for people; null: they are not. Always null in a process that is not the leader. */
  trouble(): string | null
  stop(): Promise<void>
}

/** Objects at the same time: each costs a few queries and at most a few requests. */
const CONCURRENCY = 8
/** What is more is taken when these are done. */
const MAX_CHANGED = 10_000
const PAGE = 1_000
const MAX_RETRY_MS = 15_000

/**
 * PostgreSQL is the truth, and Investigation objects show it (docs/decisions/0013). The leader alone works here, driven by two things:
 *
 * - Rows that changed, found by asking the database (other replicas change them, too): `row ID`, showInvestigation.
 * - Objects that changed, told by the watch: `object NAMESPACE/NAME`, lookAtObject. It finds requests, deletions and foreign edits.
 *
 * Both are worked on in one queue: one worker a key, failures tried again with longer and longer waits. A new leader's watch tells of
 * every object that is there, and the database of those that should be; so nothing is missed that happened while nobody led.
 */
export function startProjection(options: ProjectionOptions): ProjectionLoop {
  const { leader } = options
  let session: RunningSession | null = null
  let changing = Promise.resolve()
  const turn = async (leads: boolean): Promise<void> => {
    if (leads === (session !== null)) return
    const before = session
    session = leads ? begin(options) : null
    await before?.stop()
  }
  const change = (leads: boolean): void => {
    changing = changing.then(() => turn(leads))
  }
  const leave = leader.onChange(change)
  if (leader.isLeader()) change(true)
  return {
    trouble: () => session?.trouble() ?? null,
    stop() {
      leave()
      change(false)
      return changing
    },
  }
}

interface RunningSession {
  trouble(): string | null
  stop(): Promise<void>
}

function begin(options: ProjectionOptions): RunningSession {
  const { client, projection, leader, namespaces, log } = options
  const { pollMs = 1_000, expireMs = 30_000 } = options.timing ?? {}
  const stop = new AbortController()
  /** Revisions that are being worked on. What fails stays here: it has its appointment, and is not put before it. */
  const queued = new Map<string, number>()
  const refusals = createRefusals()
  const queue = createWorkQueue({
    name: 'investigations',
    log,
    concurrency: CONCURRENCY,
    maxRetryMs: MAX_RETRY_MS,
    async work(key, signal) {
      if (!leader.isLeader()) return
      try {
        const again = await workOn(session, key, signal)
        refusals.clear(key)
        queued.delete(key)
        return again
      } catch (error) {
        refusals.note(key, error)
        throw error
      }
    },
  })
  const watch: Watch = client.watch(INVESTIGATIONS, {
    namespaces,
    prune,
    onChange: (name) => queue.add(objectKey(name)),
    onTrouble(trouble) {
      if (trouble) return log.warn({ trouble: trouble.message }, 'Investigation objects may be out of date')
      // The API server is back: whatever failed meanwhile need not wait for its appointment.
      queued.clear()
    },
  })
  const session: Session = { ...options, watch, queue, refusals }

  let swept = false
  const poll = everyMs(pollMs, 'looking for changed investigations', log, async () => {
    swept ||= await skipOld(options)
    if (!swept) return
    const where = namespaces.length > 0 ? namespaces : null
    const changed = await projection.changedInvestigations({ namespaces: where, limit: MAX_CHANGED })
    for (const { id, revision } of changed) {
      const key = rowKey(id)
      if (queued.get(key) === revision) continue
      queued.set(key, revision)
      queue.add(key)
    }
  })
  const expire = everyMs(expireMs, 'deleting old Investigation objects', log, () => expireObjects(options, stop.signal))

  watch.synced.then(
    () => queue.add(ABSENT),
    () => undefined,
  )
  return {
    trouble: () => watch.trouble()?.message ?? refusals.first(),
    async stop() {
      stop.abort()
      await Promise.all([poll.stop(), expire.stop(), queue.close(), watch.close()])
    },
  }
}

async function workOn(session: Session, key: string, signal: AbortSignal): Promise<number | void> {
  if (key === ABSENT) return lookForAbsent(session)
  const [kind, name = ''] = key.split(' ')
  return kind === 'row' ? showInvestigation(session, name, signal) : lookAtObject(session, name, signal)
}

/** Objects that should be there and went while nobody looked: the watch cannot tell of them. */
async function lookForAbsent({ projection, watch, queue }: Session): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const page = await projection.presentObjects({ after, limit: PAGE })
    for (const object of page) {
      const name = keyOf({ metadata: object })
      if (watch.get(name)?.metadata.uid !== object.uid) queue.add(objectKey(name))
    }
    after = page.length < PAGE ? undefined : page.at(-1)!.uid
  }
}

/** A request needs its spec until it is answered; all others are looked at for their status. */
function prune({ apiVersion, kind, metadata, spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels } = metadata
  const kept = { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels }
  const answered = status?.phase !== undefined
  return {
    apiVersion,
    kind,
    metadata: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)) as KubeObject['metadata'],
    ...(!answered && { spec }),
    ...(status !== undefined && { status }),
  }
}
