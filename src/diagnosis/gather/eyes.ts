import { groupOf, ReadError, RESOURCES, type ClusterReader, type KubeObject, type ResourceType } from '#cluster'
import { lineTimes } from '../snapshot/line-time.ts'
import { logKey, type SnapshotInput } from '../snapshot/snapshot.ts'
import { KINDS, type Kind } from '../snapshot/kinds.ts'
import { unburied } from '../snapshot/buried.ts'
import { isStrangers } from '../snapshot/strangers.ts'

/** Everything that was read so far, and what could not be. Grows while `gather` works; the rules get a picture of it. */
export interface Eyes {
  list(kind: Kind, namespace: string | null): Promise<KubeObject[]>
  get(kind: Kind, namespace: string | null, name: string): Promise<KubeObject | null>
  /** What is there, without making it part of the picture; empty where it cannot be read. */
  peek(kind: Kind, fields?: Record<string, string>): Promise<readonly KubeObject[]>
  /** `isBusy`: it writes a line for every request, so its log is read far back. */
  log(pod: KubeObject, container: string, previous: boolean, isBusy?: boolean): Promise<void>
  /** Types of custom resources that the cluster has; none where that cannot be told. */
  customTypes(): Promise<readonly ResourceType[]>
  /** Reads all objects of a custom type, in a namespace or everywhere; what cannot be read is none. */
  listCustom(type: ResourceType, namespace: string | null): Promise<void>
  picture(now: number): SnapshotInput
  /** What could not be read, by kind. */
  readonly failures: ReadonlyMap<Kind, { message: string; isMissing: boolean }>
  logFailures(): number
  /** Custom types that may not be read, as RBAC names them; sorted. */
  refusedTypes(): string[]
}

const TAIL_LINES = 200
/** Of one custom type; more are a machine's records, not what people wrote. */
const MAX_OF_TYPE = 500
/** Records that controllers keep by the thousand and that nobody edits. */
const RECORDS = /(?:reports?|identities|endpoints|metrics|summaries|events)$/
const BUILT_IN = new Set(RESOURCES.map(({ apiVersion, kind }) => `${groupOf(apiVersion)} ${kind}`))
/** What an investigation says of itself is no evidence. */
const OWN_GROUP = 'inquest.dev'
/** Groups that every API server serves: what is new in them is read where it may be, and not missed. */
const BUILT_IN_GROUPS = new Set(RESOURCES.map(({ apiVersion }) => groupOf(apiVersion)))
const isCustom = (type: ResourceType): boolean =>
  !BUILT_IN.has(`${groupOf(type.apiVersion)} ${type.kind}`) &&
  !RECORDS.test(type.plural) &&
  groupOf(type.apiVersion) !== OWN_GROUP &&
  !/(?:^|\.)metrics\.k8s\.io\//.test(type.apiVersion)
const LOG_BYTES = 64 * 1024
/** Of a program that writes a line for every request. */
const BUSY = { lines: 2_000, bytes: 512 * 1024 }

export function openEyes(reader: ClusterReader, signal: AbortSignal): Eyes {
  const objects = new Map<string, KubeObject>()
  const read = new Map<Kind, Set<string>>()
  const absent = new Set<string>()
  const logs = new Map<string, readonly string[]>()
  const logTimes = new Map<string, readonly (number | null)[]>()
  const failures = new Map<Kind, { message: string; isMissing: boolean }>()
  const customs = new Map<string, KubeObject>()
  const customRead = new Set<string>()
  const customKinds = new Set<string>()
  const refused = new Set<string>()
  let types: readonly ResourceType[] | null = null
  let unreadLogs = 0

  const keep = (kind: Kind, list: readonly KubeObject[]): void => {
    for (const o of list)
      objects.set(
        `${kind}/${o.metadata.namespace ?? ''}/${o.metadata.name}`,
        o.kind ? o : { ...o, kind, apiVersion: KINDS[kind].apiVersion },
      )
  }
  const failed = (kind: Kind, error: unknown): void => {
    signal.throwIfAborted()
    if (!(error instanceof ReadError)) throw error
    // A cluster that does not serve a kind has none of it.
    if (error.reason === 'NoSuchResource') read.set(kind, (read.get(kind) ?? new Set()).add('*'))
    else failures.set(kind, { message: error.message, isMissing: error.reason === 'NotRecorded' })
  }
  return {
    failures,
    logFailures: () => unreadLogs,
    refusedTypes: () => [...refused].sort(),
    async list(kind, namespace) {
      const type = KINDS[kind]
      const where = type.namespaced ? (namespace ?? '*') : '*'
      if (read.get(kind)?.has('*') || read.get(kind)?.has(where)) return []
      try {
        const list = await reader.list(type, { signal, ...(type.namespaced && namespace !== null ? { namespace } : {}) })
        keep(kind, list)
        read.set(kind, (read.get(kind) ?? new Set()).add(where))
        return list
      } catch (error) {
        failed(kind, error)
        return []
      }
    },
    async get(kind, namespace, name) {
      const key = `${kind}/${namespace ?? ''}/${name}`
      const known = objects.get(key)
      if (known) return known
      try {
        const object = await reader.get(KINDS[kind], namespace, name, signal)
        if (object) keep(kind, [object])
        else absent.add(key)
        return object
      } catch (error) {
        failed(kind, error)
        return null
      }
    },
    async peek(kind, fields) {
      const fieldSelector = Object.entries(fields ?? {})
        .map((pair) => pair.join('='))
        .join(',')
      try {
        return await reader.list(KINDS[kind], { signal, ...(fieldSelector ? { fieldSelector } : {}) })
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ReadError)) throw error
        return []
      }
    },
    async log(pod, container, previous, isBusy = false) {
      const namespace = pod.metadata.namespace ?? ''
      const key = logKey(namespace, pod.metadata.name, container, previous)
      if (logs.has(key)) return
      try {
        const text = await reader.logs(
          {
            namespace,
            pod: pod.metadata.name,
            container,
            previous,
            tailLines: isBusy ? BUSY.lines : TAIL_LINES,
            limitBytes: isBusy ? BUSY.bytes : LOG_BYTES,
          },
          signal,
        )
        const all = (text ?? '').split('\n').filter((line) => line.trim() !== '')
        const lines = (isBusy ? unburied(all, TAIL_LINES) : all).filter((line) => !isStrangers(line))
        if (text) logs.set(key, lines.map(plain))
        if (text) logTimes.set(key, lineTimes(lines))
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ReadError)) throw error
        unreadLogs++
      }
    },
    async customTypes() {
      if (types) return types
      try {
        types = (await reader.types()).filter(isCustom)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ReadError)) throw error
        types = []
      }
      return types
    },
    async listCustom(type, namespace) {
      const where = `${type.apiVersion}/${type.plural}/${namespace ?? '*'}`
      if (customRead.has(where)) return
      customRead.add(where)
      try {
        const list = await reader.list(type, { signal, ...(namespace === null ? {} : { namespace }) })
        if (list.length <= MAX_OF_TYPE) customKinds.add(`${type.kind}/${namespace ?? '*'}`)
        for (const o of list.slice(0, MAX_OF_TYPE))
          customs.set(`${type.plural}/${type.apiVersion}/${o.metadata.namespace ?? ''}/${o.metadata.name}`, {
            ...o,
            kind: o.kind ?? type.kind,
            apiVersion: o.apiVersion ?? type.apiVersion,
          })
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ReadError)) throw error
        if (error.reason === 'Forbidden' && !BUILT_IN_GROUPS.has(groupOf(type.apiVersion)))
          refused.add(`${type.plural}.${groupOf(type.apiVersion)}`)
      }
    },
    picture: (now) => ({
      now,
      customs: [...customs.values()],
      customKinds: new Set(customKinds),
      objects: [...objects.values()],
      read: new Map(read),
      absent: new Set(absent),
      logs: new Map(logs),
      logTimes: new Map(logTimes),
    }),
  }
}

// eslint-disable-next-line no-control-regex
const COLOURS = /\u001B\[[\d;]*m/g
/** The time that `kubectl logs --timestamps` and container runtimes put before a line. */
const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?/

const plain = (line: string): string => line.replace(COLOURS, '').replace(STAMP, '')
