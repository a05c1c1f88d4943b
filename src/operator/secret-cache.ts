import { builtin, ReadError, type ClusterClient } from '#cluster'
import type { SecretLookup } from '#kinds/registry'

/**
 * Values of Secrets, read by name when they are needed: no list, no watch, so that a Role with `get` on few names is enough. What was read
 * is used for a moment. While the API server is away the last value goes on being used, or webhooks and deliveries would stop with it;
 * an answer that the Secret is gone, or may not be read, counts at once.
 */
export interface SecretCacheOptions {
  client: Pick<ClusterClient, 'get'>
  /** Milliseconds for which a value is used without asking. Default 10,000: a rotated token is seen after so long. */
  freshMs?: number
  /** For which a Secret that is not there is not asked for again. Default 2,000. */
  missingMs?: number
  /** How long somebody waits for an answer when an older value is at hand. Default 1,000. */
  patienceMs?: number
  /** How old a value may get while the API server is away. Default 12 hours. */
  staleMs?: number
}

interface Entry {
  /** Key → base64, as the API server has it; null: there is no such Secret. */
  data: Readonly<Record<string, string>> | null
  /** When it was read; Infinity ago: never. */
  readAt: number
  /** Not asked for again before. */
  nextAt: number
  asking: Promise<void> | null
  /** Why it could not be read the last time. */
  error: unknown
}

/** Secrets in memory at most; the one that was asked for least recently goes first. */
const MAX_SECRETS = 2_000
const ASK_TIMEOUT_MS = 10_000

export function createSecretCache(options: SecretCacheOptions): SecretLookup {
  const { client, freshMs = 10_000, missingMs = 2_000, patienceMs = 1_000, staleMs = 12 * 3_600_000 } = options
  const type = builtin('Secret')
  const entries = new Map<string, Entry>()

  async function ask(entry: Entry, namespace: string, name: string): Promise<void> {
    try {
      const secret = await client.get(type, namespace, name, AbortSignal.timeout(ASK_TIMEOUT_MS))
      Object.assign(entry, { data: secret === null ? null : (secret.data ?? {}), readAt: performance.now(), error: null })
      entry.nextAt = performance.now() + (secret === null ? missingMs : freshMs)
    } catch (error) {
      entry.error = error
      entry.nextAt = performance.now() + missingMs
      // Refused, which is an answer: what was read before is not to be used any more.
      if (error instanceof ReadError && error.reason === 'Forbidden') entry.readAt = -Infinity
    } finally {
      entry.asking = null
    }
  }

  return async (namespace, { name, key }) => {
    const id = `${namespace}/${name}`
    const entry = entries.get(id) ?? { data: null, readAt: -Infinity, nextAt: -Infinity, asking: null, error: null }
    entries.delete(id)
    entries.set(id, entry)
    if (entries.size > MAX_SECRETS) entries.delete(entries.keys().next().value!)

    if (performance.now() >= entry.nextAt) entry.asking ??= ask(entry, namespace, name)
    const hasValue = (): boolean => performance.now() - entry.readAt < staleMs
    if (entry.asking) await (hasValue() ? atMost(entry.asking, patienceMs) : entry.asking)
    if (!hasValue()) throw entry.error ?? new ReadError('Timeout', `Secret ${id} could not be read`)
    const value = entry.data?.[key]
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
  }
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}
