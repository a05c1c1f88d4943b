import type { Watcher } from '#cluster'
import { errorText, InputError, inputErrorText } from '#kit/errors'
import type { Logger } from '#kit/log'
import { everyMs } from '#kit/loop'
import type { Registry } from '#kinds/registry'
import type { Source } from '#kinds/source'
import { watchSource, type WatchSourceParts } from './watch-source.ts'

export interface WatchesParts extends Pick<WatchSourceParts, 'store' | 'clock' | 'onStored' | 'compareMs'> {
  registry: Pick<Registry, 'sources' | 'workflow' | 'isComplete'>
  /** One process at a time watches. */
  leader: { isLeader(): boolean; onChange(listener: (isLeader: boolean) => void): () => void }
  /** With the identity of this Workflow's ServiceAccount; undefined: it names none. Throws an InputError when there is none to be had. */
  openWatcher(namespace: string, serviceAccountName: string | undefined): Promise<Watcher>
  /** What keeps a Source from its work has changed. */
  onTrouble?(namespace: string, name: string): void
  log: Logger
}

export interface Watches {
  /** Why a Source sees less than it should, for people; null: it sees all, or it is not watched here. */
  trouble(namespace: string, name: string): string | null
  stop(): Promise<void>
}

interface Running {
  source: Source
  account: string | undefined
  /** null: it could not begin, and is tried again at `retryAt` (performance.now()). */
  work: { stop(): Promise<void> } | null
  failures: number
  retryAt: number
  trouble: string | null
}

const LOOK_MS = 1_000
const MAX_RETRY_MS = 60_000

/** Keeps the `kubernetes` Sources of the registry at work while this process leads; an edited Source begins anew. */
export function startWatches(parts: WatchesParts): Watches {
  const { registry, leader, log } = parts
  const running = new Map<string, Running>()
  const nameOf = ({ metadata }: Source): string => `${metadata.namespace}/${metadata.name}`
  const accountOf = ({ metadata, spec }: Source): string | undefined =>
    registry.workflow(metadata.namespace!, spec.workflowRef.name)?.spec.serviceAccountName

  function setTrouble(one: Running, trouble: string | null): void {
    if (trouble === one.trouble) return
    one.trouble = trouble
    const { namespace, name } = one.source.metadata
    if (trouble) log.warn({ source: nameOf(one.source) }, `a Source cannot watch: ${trouble}`)
    else log.info({ source: nameOf(one.source) }, 'a Source watches all that it should again')
    parts.onTrouble?.(namespace!, name)
  }

  async function begin(one: Running): Promise<void> {
    const { source } = one
    try {
      const watcher = await parts.openWatcher(source.metadata.namespace!, one.account)
      one.work = watchSource(source, watcher, {
        ...parts,
        log: log.child({ source: nameOf(source) }),
        isLeader: () => leader.isLeader(),
        onTrouble: (troubles) => setTrouble(one, troubles.length > 0 ? troubles.join('; ') : null),
      })
      one.failures = 0
      setTrouble(one, null)
    } catch (error) {
      one.failures++
      one.retryAt = performance.now() + Math.min(LOOK_MS * 2 ** one.failures, MAX_RETRY_MS)
      setTrouble(one, error instanceof InputError ? inputErrorText(error) : errorText(error))
    }
  }

  async function end(name: string): Promise<void> {
    const one = running.get(name)
    running.delete(name)
    await one?.work?.stop()
  }

  async function look(): Promise<void> {
    if (!registry.isComplete() && leader.isLeader()) return
    const wanted = leader.isLeader() ? registry.sources().filter(({ spec }) => spec.kubernetes && !spec.suspend) : []
    const byName = new Map(wanted.map((source) => [nameOf(source), source]))
    for (const [name, { source, account }] of running) {
      const now = byName.get(name)
      if (!now || now !== source || accountOf(now) !== account) await end(name)
    }
    for (const [name, source] of byName) {
      const known = running.get(name)
      if (known && (known.work || known.retryAt > performance.now())) continue
      const one = known ?? { source, account: accountOf(source), work: null, failures: 0, retryAt: 0, trouble: null }
      running.set(name, one)
      await begin(one)
    }
  }

  const loop = everyMs(LOOK_MS, 'watches', log, look)
  const leave = leader.onChange(() => loop.poke())
  loop.poke()
  return {
    trouble: (namespace, name) => running.get(`${namespace}/${name}`)?.trouble ?? null,
    async stop() {
      leave()
      await loop.stop()
      for (const name of running.keys()) await end(name)
    },
  }
}
