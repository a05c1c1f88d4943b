import { basename } from 'node:path'
import { InputError } from '#kit/errors'
import {
  groupOf,
  LOG_LIMIT_BYTES,
  ReadError,
  resourceName,
  type ClusterReader,
  type KubeObject,
  type ListOptions,
  type ResourceType,
} from '../reader.ts'
import { builtin } from '../resources.ts'
import { fieldTest, labelTest } from '../selectors.ts'
import { readBundleFiles } from './archive.ts'
import { BUNDLE_LIMITS, type BundleLimits } from './bundle-file.ts'
import { customTypes, typesOf } from './types.ts'
import { loadContents, type Contents } from './load.ts'
import { indexLogs } from './logs.ts'
import { isComplete } from './coverage.ts'
import { objectKey, sorted, type Shelf } from './shelves.ts'

/** A recorded cluster. */
export interface BundleReader extends ClusterReader {
  /** What `kubectl version` says of the server; null when it was not recorded. */
  readonly serverVersion: Readonly<Record<string, string>> | null
}

/**
 * Opens a support bundle: a folder, a .tar, a .tar.gz, a .zip. Layouts: troubleshoot.sh, `kubectl cluster-info dump`, or any Kubernetes YAML and JSON
 * with logs (bundle/layout.ts). Everything but custom resources and logs is parsed now; nothing is written. An archive's content stays in memory.
 *
 * A reader tells "none" from "not known": asking for what was not recorded throws a ReadError `NotRecorded`. `get` is strict (an object that is
 * not there, of a type of which not all was recorded, is "not recorded"); `list` of such a type gives what there is, if anything.
 */
export async function openBundle(path: string, options: { limits?: Partial<BundleLimits> } = {}): Promise<BundleReader> {
  const limits = { ...BUNDLE_LIMITS, ...options.limits }
  const oddities: string[] = []
  const files = await readBundleFiles(path, oddities, limits)
  const contents = await loadContents(files, oddities, limits)
  if (contents.shelves.all().length === 0 && contents.logFiles.length === 0) {
    throw new InputError([`${path} holds no Kubernetes objects and no logs`, ...oddities.slice(0, 3)].join('; '), {
      remedy: 'Name a troubleshoot.sh bundle, a `kubectl cluster-info dump`, or a folder of Kubernetes YAML or JSON.',
    })
  }
  return readerOf(contents, `bundle ${basename(path) === '' || basename(path) === '.' ? path : basename(path)}`, oddities)
}

function readerOf(contents: Contents, title: string, oddities: string[]): BundleReader {
  const { shelves } = contents
  const logs = indexLogs(contents.logFiles, contents.isNamespace)
  const shelfOf = async (type: ResourceType): Promise<Shelf | null> => {
    const shelf = shelves.of(type)
    if (shelf) await contents.load(shelf)
    return shelf
  }

  /** Why there is nothing: throws, or returns when the truth is "there is none". */
  const explainAbsence = async (type: ResourceType, namespace: string | null | undefined): Promise<void> => {
    const shelf = shelves.of(type)
    if (shelf && isComplete(shelf, namespace)) return
    const all = shelves.of(builtin('Namespace'))
    if (namespace && all?.complete.everywhere && !all.objects.has(objectKey(null, namespace))) return
    if (isCustom(type) && !shelf?.unreadable) {
      const crds = await shelfOf(builtin('CustomResourceDefinition'))
      if (crds && isComplete(crds, null)) {
        if (!crds.objects.has(objectKey(null, resourceName(type)))) {
          throw new ReadError('NoSuchResource', `the recorded cluster has no ${resourceName(type)}`)
        }
        if (contents.customKindsRecorded) return
      }
    }
    const where = namespace && shelf ? ` of namespace ${namespace}` : ''
    throw new ReadError('NotRecorded', `${resourceName(type)}${where} are not recorded in ${title}`)
  }

  const list = async (type: ResourceType, options: ListOptions): Promise<KubeObject[]> => {
    options.signal?.throwIfAborted()
    const chosen = [labelTest(options.labelSelector), fieldTest(options.fieldSelector)]
    const { namespace } = options
    const shelf = await shelfOf(type)
    const here = [...(shelf?.objects.values() ?? [])].filter((object) => namespace === undefined || object.metadata.namespace === namespace)
    if (here.length === 0 && !(namespace === undefined && shelf && shelf.complete.namespaces.size > 0))
      await explainAbsence(type, namespace)
    return sorted(here.filter((object) => chosen.every((test) => test(object))))
  }

  const get = async (type: ResourceType, namespace: string | null, name: string): Promise<KubeObject | null> => {
    const shelf = await shelfOf(type)
    const key = objectKey(type.namespaced ? namespace : null, name)
    const found = shelf?.objects.get(key)
    if (found) return found
    if (!shelf?.absent.has(key)) await explainAbsence(type, namespace)
    return null
  }

  return {
    title,
    oddities,
    serverVersion: contents.serverVersion,
    list,
    async get(type, namespace, name, signal) {
      signal?.throwIfAborted()
      return get(type, namespace, name)
    },
    async logs(request, signal) {
      signal?.throwIfAborted()
      const pod = shelves.of(builtin('Pod'))?.objects.get(objectKey(request.namespace, request.pod))
      const main = pod?.spec?.containers?.[0]?.name
      return logs.read({ limitBytes: LOG_LIMIT_BYTES, ...request }, main === undefined || main === request.container)
    },
    now: async () => contents.clock.now(),
    async types() {
      const crds = await shelfOf(builtin('CustomResourceDefinition'))
      const defined = customTypes(crds?.objects.values() ?? [])
      const names = new Set(defined.map(resourceName))
      // A kind without a definition is told by its objects only.
      for (const shelf of shelves.all()) if (shelf.type.kind === '' && !names.has(resourceName(shelf.type))) await contents.load(shelf)
      return typesOf(defined, shelves.all())
    },
    close: async () => {},
  }
}

/** Kubernetes' own groups need no CRD; the Gateway API's do. */
const isCustom = ({ apiVersion }: ResourceType): boolean => {
  const group = groupOf(apiVersion)
  return group === 'gateway.networking.k8s.io' || (group.includes('.') && !group.endsWith('.k8s.io'))
}
