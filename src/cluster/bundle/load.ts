import { errorText } from '#kit/errors'
import type { KubeObject, ResourceInfo } from '../reader.ts'
import { builtin, guessResource, resourceOf } from '../resources.ts'
import type { BundleFile, BundleLimits } from './archive.ts'
import { parseDocuments } from './documents.ts'
import { layoutOf, type Role } from './layout.ts'
import { createBundleClock, type BundleClock } from './now.ts'
import { batchOf } from './objects.ts'
import { createShelves, isComplete, objectKey, type Shelf, type Shelves } from './shelves.ts'

/** The bundle in memory. */
export interface Contents {
  shelves: Shelves
  clock: BundleClock
  logFiles: BundleFile[]
  /** `/version` of the API server, when recorded. */
  serverVersion: Record<string, string> | null
  /** troubleshoot.sh writes no file for a custom kind without objects: then every kind that has a CRD is recorded. */
  customKindsRecorded: boolean
  /** Parses what was put off: the files of one shelf. */
  load(shelf: Shelf): Promise<void>
  isNamespace(name: string): boolean
}

/** Reads every file but the lazy ones. A file that does not parse is a line of `oddities`. */
export async function loadContents(files: readonly BundleFile[], oddities: string[], limits: BundleLimits): Promise<Contents> {
  const roleOf = layoutOf(files.map((file) => file.path))
  const shelves = createShelves((object) => guessType(shelves, object))
  const clock = createBundleClock()
  const contents: Contents = {
    shelves,
    clock,
    logFiles: [],
    serverVersion: null,
    customKindsRecorded: files.some((file) => /(^|\/)cluster-resources\/custom-resources\//.test(file.path)),
    load: (shelf) => loadPending(shelf),
    isNamespace: (name) => namespaces().has(name),
  }
  const namespaces = (): Set<string> => (known ??= knownNamespaces(shelves))
  let known: Set<string> | null = null
  const emptyLists: { type: ResourceInfo; path: string }[] = []

  /** Objects without a namespace of their own get the one of the file that lists them. What is parsed `late` cannot move the clock any more. */
  const ingest = async (
    file: BundleFile,
    type: ResourceInfo | null,
    namespace: string | null,
    certain: boolean,
    late = false,
  ): Promise<void> => {
    for (const document of await documentsOf(file, oddities, limits)) {
      const batch = batchOf(document, type)
      if (!batch) continue
      const touched = new Map<Shelf, Set<string>>()
      for (const object of batch.objects) {
        if (namespace !== null) object.metadata.namespace ??= namespace
        const shelf = shelves.put(object, type)
        if (!late) clock.observe(object)
        touched.set(shelf, (touched.get(shelf) ?? new Set()).add(object.metadata.namespace ?? ''))
      }
      if (batch.isList && !certain) coverByItems(touched)
      const listed = batch.listOf ? resourceOf(batch.listOf.apiVersion, batch.listOf.kind) : type
      if (batch.isList && batch.objects.length === 0 && !certain && listed) emptyLists.push({ type: listed, path: file.path })
    }
  }
  const loadPending = async (shelf: Shelf): Promise<void> => {
    for (const { file, namespace } of shelf.pending.splice(0)) await ingest(file, shelf.type, namespace, true, true)
  }

  for (const file of preferJson(files)) {
    const role = roleOf(file.path)
    if (role.role === 'objects' && role.type) {
      const shelf = shelves.open(role.type)
      if (role.namespace !== null) shelf.complete.namespaces.add(role.namespace)
      else if (isTroubleshoot(role, file)) shelf.complete.everywhere = true
      if (role.lazy) shelf.pending.push({ file, namespace: role.namespace })
      else await ingest(file, role.type, role.namespace, isTroubleshoot(role, file))
    } else if (role.role === 'objects') await ingest(file, null, null, false)
    else if (role.role === 'log') contents.logFiles.push(file)
    else if (role.role === 'version') contents.serverVersion = await versionIn(file, oddities, limits)
    else if (role.role === 'errors') await noteErrors(file, role.about, oddities, limits)
    else if (role.role === 'single') await ingestSingle(file, role, shelves, oddities, limits)
  }
  known = null
  for (const { type, path } of emptyLists) coverEmpty(shelves.open(type), path, contents.isNamespace)
  const odd = clock.oddity()
  if (odd) oddities.push(odd)
  return contents
}

const isTroubleshoot = (role: Role, file: BundleFile): boolean => role.role === 'objects' && /(^|\/)cluster-resources\//.test(file.path)

/** troubleshoot.sh writes custom resources twice; JSON parses 30 times faster. */
function preferJson(files: readonly BundleFile[]): BundleFile[] {
  const paths = new Set(files.map((file) => file.path))
  return files.filter((file) => !/\.ya?ml$/.test(file.path) || !paths.has(file.path.replace(/\.ya?ml$/, '.json')))
}

async function documentsOf(file: BundleFile, oddities: string[], limits: BundleLimits): Promise<unknown[]> {
  try {
    const content = await file.read(limits.objectFile)
    if (content) return await parseDocuments(content.toString(), file.path, oddities)
    oddities.push(`${file.path} is larger than ${Math.round(limits.objectFile / 2 ** 20)} MB and was not read.`)
  } catch (error) {
    oddities.push(`${file.path} could not be read (${errorText(error)}).`)
  }
  return []
}

/**
 * Nothing in a list says which namespaces it was asked for. Objects of two namespaces, or cluster-scoped ones, mean "everything";
 * those of one namespace mean that namespace.
 */
function coverByItems(touched: Map<Shelf, Set<string>>): void {
  const everywhere = new Set([...touched].flatMap(([shelf, namespaces]) => (shelf.type.namespaced ? [...namespaces] : []))).size > 1
  for (const [shelf, namespaces] of touched) {
    if (everywhere || !shelf.type.namespaced) shelf.complete.everywhere = true
    for (const namespace of namespaces) shelf.complete.namespaces.add(namespace)
  }
}

/** An empty list covers the namespace that its path names (`cluster-info dump`: `<namespace>/pods.json`), else everything. */
function coverEmpty(shelf: Shelf, path: string, isNamespace: (name: string) => boolean): void {
  const namespace = path.split('/').slice(0, -1).findLast(isNamespace)
  if (namespace === undefined || !shelf.type.namespaced) shelf.complete.everywhere = true
  else shelf.complete.namespaces.add(namespace)
}

function knownNamespaces(shelves: Shelves): Set<string> {
  const names = new Set<string>()
  for (const shelf of shelves.all()) {
    for (const object of shelf.objects.values()) {
      const name = shelf.type.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace
      if (name) names.add(name)
    }
  }
  return names
}

/** A custom kind without a table: its plural is on a shelf that a folder named, in a CRD, or guessed. */
function guessType(shelves: Shelves, object: KubeObject): ResourceInfo {
  const { apiVersion, kind, metadata } = object
  const crds = shelves.of(builtin('CustomResourceDefinition'))?.objects.values() ?? []
  const [group] = apiVersion.split('/')
  for (const { spec } of crds) {
    if (spec?.group === group && spec?.names?.kind === kind)
      return guessResource(apiVersion, kind, spec.scope === 'Namespaced', spec.names.plural)
  }
  return guessResource(apiVersion, kind, metadata.namespace !== undefined)
}

async function versionIn(file: BundleFile, oddities: string[], limits: BundleLimits): Promise<Record<string, string> | null> {
  const [document] = (await documentsOf(file, oddities, limits)) as { info?: Record<string, string> }[]
  return document?.info ?? null
}

async function noteErrors(file: BundleFile, about: string, oddities: string[], limits: BundleLimits): Promise<void> {
  const [errors] = (await documentsOf(file, oddities, limits)) as (Record<string, unknown> | unknown[] | null)[]
  for (const [place, error] of Object.entries(errors ?? {})) {
    const where = Array.isArray(errors) ? '' : ` of ${place}`
    oddities.push(`The recorder could not read ${about}${where}: ${typeof error === 'string' ? error : JSON.stringify(error)}`)
  }
}

/** A collector of one Secret or ConfigMap tells that it exists and, at best, its keys. */
async function ingestSingle(
  file: BundleFile,
  { kind, namespace, name }: Extract<Role, { role: 'single' }>,
  shelves: Shelves,
  oddities: string[],
  limits: BundleLimits,
): Promise<void> {
  const [record] = (await documentsOf(file, oddities, limits)) as (Record<string, any> | undefined)[]
  if (!record) return
  const shelf = shelves.open(builtin(kind))
  const key = objectKey(namespace, name)
  if (record['secretExists'] === false || record['configMapExists'] === false) return void shelf.absent.add(key)
  if (isComplete(shelf, namespace) && shelf.objects.has(key)) return
  // A Secret's keys are known only if the collector was asked for one of them, and then only that one.
  const data = kind === 'ConfigMap' && record['data'] ? { data: record['data'] as Record<string, string> } : {}
  shelves.put({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...data }, null)
}
