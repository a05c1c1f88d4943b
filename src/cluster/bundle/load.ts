import { errorText } from '#kit/errors'
import type { KubeObject, ResourceInfo } from '../reader.ts'
import { builtin, guessResource, resourceOf } from '../resources.ts'
import type { BundleFile, BundleLimits } from './bundle-file.ts'
import { putSingle, recorderErrors, versionIn } from './collectors.ts'
import { cover, coverByItems, coverEmpty, knownNamespaces } from './coverage.ts'
import { parseDocuments } from './documents.ts'
import { isClusterResource, layoutOf } from './layout.ts'
import { createBundleClock, type BundleClock } from './now.ts'
import { batchOf, type Batch } from './objects.ts'
import { createShelves, type Shelf, type Shelves } from './shelves.ts'

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
  const shelves = createShelves((object) => guessType(shelves, object))
  const clock = createBundleClock()
  const logFiles: BundleFile[] = []
  const emptyLists: { type: ResourceInfo; path: string }[] = []
  let serverVersion: Contents['serverVersion'] = null

  /** Objects without a namespace of their own get the one of the file that lists them. */
  const put = (batch: Batch, type: ResourceInfo | null, namespace: string | null): Map<Shelf, Set<string>> => {
    const touched = new Map<Shelf, Set<string>>()
    for (const object of batch.objects) {
      if (namespace !== null) object.metadata.namespace ??= namespace
      const shelf = shelves.put(object, type)
      touched.set(shelf, (touched.get(shelf) ?? new Set()).add(object.metadata.namespace ?? ''))
    }
    return touched
  }

  /** A file of which the layout says what it lists: all of one type, in one namespace or everywhere. */
  const readListed = async (shelf: Shelf, file: BundleFile, namespace: string | null): Promise<Batch[]> => {
    const documents = await documentsOf(file, oddities, limits)
    const batches = documents.map((document) => batchOf(document, shelf.type)).filter((batch) => batch !== null)
    for (const batch of batches) put(batch, shelf.type, namespace)
    if (batches.length > 0) cover(shelf, namespace)
    else shelf.unreadable = true
    return batches
  }

  /** Any other file: what it holds is what its objects say; `type` is what its name suggests. */
  const readLoose = async (file: BundleFile, type: ResourceInfo | null): Promise<Batch[]> => {
    const batches: Batch[] = []
    for (const document of await documentsOf(file, oddities, limits)) {
      const batch = batchOf(document, type)
      if (!batch) continue
      batches.push(batch)
      const touched = put(batch, type, null)
      if (batch.isList) coverByItems(touched)
      const listed = batch.listOf ? resourceOf(batch.listOf.apiVersion, batch.listOf.kind) : type
      if (batch.isList && batch.objects.length === 0 && listed) emptyLists.push({ type: listed, path: file.path })
    }
    return batches
  }

  const roleOf = layoutOf(files.map((file) => file.path))
  for (const file of preferJson(files)) {
    const role = roleOf(file.path)
    if (role.role === 'objects') {
      const shelf = role.type && isClusterResource(file.path) ? shelves.open(role.type) : null
      if (shelf && role.lazy) shelf.pending.push({ file, namespace: role.namespace })
      else {
        const batches = await (shelf ? readListed(shelf, file, role.namespace) : readLoose(file, role.type))
        for (const object of batches.flatMap(({ objects }) => objects)) clock.observe(object)
      }
    } else if (role.role === 'log') logFiles.push(file)
    else if (role.role !== 'none') {
      const [document] = await documentsOf(file, oddities, limits)
      if (role.role === 'version') serverVersion = versionIn(document)
      else if (role.role === 'errors') oddities.push(...recorderErrors(document, role.about))
      else putSingle(document, role, shelves)
    }
  }

  const namespaces = knownNamespaces(shelves)
  const isNamespace = (name: string): boolean => namespaces.has(name)
  for (const { type, path } of emptyLists) coverEmpty(shelves.open(type), path, isNamespace)
  const odd = clock.oddity()
  if (odd) oddities.push(odd)
  return {
    shelves,
    clock,
    logFiles,
    serverVersion,
    customKindsRecorded: files.some((file) => /(^|\/)cluster-resources\/custom-resources\//.test(file.path)),
    isNamespace,
    async load(shelf) {
      // What is parsed late does not move the clock: one answer of `now` holds for as long as the reader lives.
      for (const { file, namespace } of shelf.pending.splice(0)) await readListed(shelf, file, namespace)
    },
  }
}

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

/** A custom kind without a table: its plural is in a CRD, or guessed. */
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
