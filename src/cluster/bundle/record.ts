import { createHmac, randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { redact, redactDeep } from '#kit/redact'
import { groupOf, ReadError, resourceName, type ClusterReader, type KubeObject, type LogRequest, type ResourceInfo } from '../reader.ts'
import { RESOURCES } from '../resources.ts'
import { folderOf } from './layout.ts'
import { logPath, logsOf } from './record-logs.ts'
import { createTarball, type Tarball } from './tarball.ts'

/** A reader that can say what there is to read. */
export interface Recordable extends ClusterReader {
  types(): Promise<ResourceInfo[]>
  /** What `/version` says. */
  version(): Promise<Record<string, string>>
}

export interface RecordOptions {
  /** Only this namespace, and what belongs to none; undefined: everything. */
  namespace: string | undefined
  /** Of the file. */
  maxBytes: number
  signal: AbortSignal
  onProgress: (text: string) => void
}

export interface Recording {
  bytes: number
  objects: number
  kinds: number
  logs: number
  /** What is not in the bundle, and why: a kind, or `logs`. The bundle says it, too, in `collector-errors.json`. */
  missing: ReadonlyMap<string, string>
}

/** Of no use to a diagnosis, or written all over again elsewhere. */
const SKIPPED = new Set(['componentstatuses', 'podtemplates', 'flowschemas', 'prioritylevelconfigurations', 'ipaddresses', 'servicecidrs'])
const LOGS_AT_ONCE = 8

/**
 * Records a support bundle in the layout of troubleshoot.sh, as a .tgz: every kind that may be read, and the ends of the logs. What the reader
 * does not show (the values of Secrets) is not in it, and everything else is redacted. Kinds that may not be read, or do not fit, are named in
 * the bundle and in the answer. Objects come first, then the logs of what is in trouble, custom resources, and the other logs.
 *
 * Throws when nothing can be read at all; nothing is left behind then.
 */
export async function recordBundle(reader: Recordable, path: string, options: RecordOptions): Promise<Recording> {
  const tarball = createTarball(path, options.maxBytes, await reader.now())
  try {
    const recorder = createRecorder(reader, tarball, basename(path).replace(/\.(tgz|tar\.gz)$/, ''), options)
    await recorder.about()
    const types = (await reader.types()).filter((type) => !SKIPPED.has(resourceName(type)) && resourceName(type) !== 'events.events.k8s.io')
    const builtins = new Set(RESOURCES)
    const pods = await recorder.kinds(types.filter((type) => builtins.has(type)))
    const { troubled, well, others } = logsOf(pods)
    await recorder.logs(troubled)
    await recorder.kinds(types.filter((type) => !builtins.has(type)))
    await recorder.logs(well)
    return await recorder.end(others)
  } catch (error) {
    await tarball.discard()
    throw error
  }
}

function createRecorder(reader: Recordable, tarball: Tarball, root: string, { namespace, signal, onProgress }: RecordOptions) {
  const missing = new Map<string, string>()
  const recorded = recordedWith(alikeMarks())
  const counts = { objects: 0, kinds: 0, logs: 0, logsLeftOut: 0 }
  let namespaces: string[] = namespace === undefined ? [] : [namespace]
  const put = (file: string, content: unknown): Promise<boolean> =>
    tarball.add(`${root}/${file}`, typeof content === 'string' ? content : `${JSON.stringify(content)}\n`)

  /** null: it cannot be read, which is noted. */
  const read = async (type: ResourceInfo): Promise<KubeObject[] | null> => {
    try {
      return await reader.list(type, { signal, ...(type.namespaced && namespace !== undefined && { namespace }) })
    } catch (error) {
      if (!(error instanceof ReadError)) throw error
      // A server that nobody reaches is not a bundle.
      if (error.reason === 'Unreachable' && counts.kinds === 0) throw error
      if (error.reason !== 'NoSuchResource') missing.set(resourceName(type), redact(error.message))
      return null
    }
  }

  return {
    async about(): Promise<void> {
      onProgress(`reading ${reader.title}`)
      await put('version.yaml', 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.0.0-inquest\n')
      const version = await reader.version()
      await put('cluster-info/cluster_version.json', { info: version, string: version['gitVersion'] ?? '' })
    },

    /** Writes the lists of the types; the pods among them are given back. */
    async kinds(types: readonly ResourceInfo[]): Promise<KubeObject[]> {
      let pods: KubeObject[] = []
      // Which namespaces there are says which lists are empty.
      for (const type of types.toSorted((a, b) => Number(b.kind === 'Namespace') - Number(a.kind === 'Namespace'))) {
        onProgress(`reading ${resourceName(type)} (${counts.objects} objects so far)`)
        const objects = await read(type)
        if (!objects) continue
        if (type.kind === 'Namespace' && namespace === undefined) namespaces = objects.map(({ metadata }) => metadata.name)
        const kept = objects.map(recorded)
        const files = filesOf(type, kept, namespaces)
        const fits = await putAll(files)
        if (!fits) missing.set(resourceName(type), 'they do not fit into the size that was allowed')
        else counts.objects += kept.length
        counts.kinds++
        if (type.kind === 'Pod' && groupOf(type.apiVersion) === '') pods = objects
      }
      if (counts.kinds === 0)
        throw new ReadError('Forbidden', `${reader.title} lets nothing be read: ${[...missing.values()][0] ?? 'it serves no kind'}`)
      return pods
    },

    async logs(requests: readonly LogRequest[]): Promise<void> {
      for (let i = 0; i < requests.length; i += LOGS_AT_ONCE) {
        onProgress(`reading logs (${counts.logs} so far)`)
        const some = requests.slice(i, i + LOGS_AT_ONCE)
        const texts = await Promise.all(some.map((request) => logText(reader, request, signal)))
        for (const [at, text] of texts.entries()) {
          if (text instanceof ReadError) missing.set('logs', redact(text.message))
          else if (text && (await put(logPath(some[at]!), redact(text)))) counts.logs++
          else if (text) counts.logsLeftOut++
        }
      }
    },

    async end(others: number): Promise<Recording> {
      if (counts.logsLeftOut > 0) missing.set('all logs', `${counts.logsLeftOut} do not fit into the size that was allowed`)
      if (reader.oddities.length > 0) missing.set('all of it', redact(reader.oddities.slice(0, 20).join(' ')))
      await put('collector-errors.json', Object.fromEntries(missing))
      if (others > 0) onProgress(`left out the logs of ${others} replicas that are well`)
      const { objects, kinds, logs } = counts
      return { bytes: await tarball.finish(), objects, kinds, logs, missing }
    },
  }

  async function putAll(files: ReadonlyMap<string, object>): Promise<boolean> {
    for (const [file, content] of files) if (!(await put(file, content))) return false
    return true
  }
}

/** The cluster's own root certificate is in every namespace, and nothing but bytes. */
const recordedWith =
  (tell: (value: string) => string) =>
  (object: KubeObject): KubeObject =>
    object.kind === 'ConfigMap' && object.metadata.name === 'kube-root-ca.crt'
      ? { ...object, data: { 'ca.crt': '(left out)' } }
      : redactDeep(object, tell)

/**
 * Equal passwords get equal marks, so that one that was changed, or that two workloads do not agree on, is still seen in the bundle. The key
 * is forgotten with the recording: nobody can try passwords against a mark.
 */
function alikeMarks(): (value: string) => string {
  const key = randomBytes(32)
  return (value) =>
    Array.from(createHmac('sha256', key).update(value).digest().subarray(0, 6), (byte) => String.fromCharCode(97 + (byte % 26))).join('')
}

/** File → the list in it: of a namespaced kind one for each namespace, the empty ones too, which say that there is none. */
function filesOf(type: ResourceInfo, objects: readonly KubeObject[], namespaces: readonly string[]): Map<string, object> {
  const listOf = (items: readonly KubeObject[]): object => ({ kind: `${type.kind}List`, apiVersion: type.apiVersion, metadata: {}, items })
  const folder = folderOf(type)
  if (!type.namespaced) return new Map([[`cluster-resources/${folder}.json`, listOf(objects)]])
  const groups = Map.groupBy(objects, ({ metadata }) => metadata.namespace ?? '')
  const all = [...new Set([...namespaces, ...groups.keys()])].sort()
  return new Map(all.map((namespace) => [`cluster-resources/${folder}/${namespace}.json`, listOf(groups.get(namespace) ?? [])]))
}

/** A ReadError is given back: that one log cannot be read ends nothing. */
async function logText(reader: ClusterReader, request: LogRequest, signal: AbortSignal): Promise<string | null | ReadError> {
  try {
    return await reader.logs(request, signal)
  } catch (error) {
    if (error instanceof ReadError) return error
    throw error
  }
}
