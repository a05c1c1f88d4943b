import { byNamespaceAndName, groupOf, resourceName, type KubeObject, type ResourceInfo, type ResourceType } from '../reader.ts'
import { resourceOf } from '../resources.ts'
import type { BundleFile } from './bundle-file.ts'

/** What a bundle holds of one type, and how much of the truth that is. */
export interface Shelf {
  type: ResourceInfo
  /** By `namespace/name`. */
  objects: Map<string, KubeObject>
  /** Where every object of the type is known to be here. */
  complete: { everywhere: boolean; namespaces: Set<string> }
  /** `namespace/name` of what the recorder looked for and did not find. */
  absent: Set<string>
  /** A file of the type could not be read: what is not here may have been in it. */
  unreadable: boolean
  /** Files that are parsed when the shelf is first asked for. */
  pending: { file: BundleFile; namespace: string | null }[]
}

/** The types of a bundle. A type's key is its plural and group, without the version: old versions lie on the shelf of today's. */
export interface Shelves {
  of(type: ResourceType): Shelf | null
  open(type: ResourceInfo): Shelf
  /** Puts an object on its shelf; of two with one name the later state stays. */
  put(object: KubeObject, hint: ResourceInfo | null): Shelf
  all(): Shelf[]
}

const keyOf = (type: ResourceType): string => {
  const known = resourceOf(type.apiVersion, type.kind)
  const name = resourceName(known ?? type)
  return name === 'events.events.k8s.io' ? 'events' : name
}

export const objectKey = (namespace: string | null | undefined, name: string): string => `${namespace ?? ''}/${name}`

export function createShelves(guess: (object: KubeObject) => ResourceInfo): Shelves {
  const shelves = new Map<string, Shelf>()
  const open = (type: ResourceInfo): Shelf => {
    const key = keyOf(type)
    let shelf = shelves.get(key)
    if (!shelf) {
      shelf = {
        type,
        objects: new Map(),
        complete: { everywhere: false, namespaces: new Set() },
        absent: new Set(),
        unreadable: false,
        pending: [],
      }
      shelves.set(key, shelf)
    }
    return shelf
  }
  return {
    of: (type) => shelves.get(keyOf(type)) ?? null,
    open,
    all: () => [...shelves.values()],
    put(object, hint) {
      const known = resourceOf(object.apiVersion, object.kind)
      const fits = hint && groupOf(hint.apiVersion) === groupOf(object.apiVersion) && (hint.kind === object.kind || hint.kind === '')
      const shelf = open(known ?? (fits ? hint : guess(object)))
      // A folder named after the plural does not say the kind and the version; the first object does.
      if (shelf.type.kind === '')
        shelf.type = { ...shelf.type, apiVersion: object.apiVersion, kind: object.kind, singular: object.kind.toLowerCase() }
      if (known) object.apiVersion = known.apiVersion
      if (!shelf.type.namespaced) delete object.metadata.namespace
      const key = objectKey(object.metadata.namespace, object.metadata.name)
      const other = shelf.objects.get(key)
      if (!other || Number(other.metadata.resourceVersion ?? 0) < Number(object.metadata.resourceVersion ?? 0))
        shelf.objects.set(key, object)
      return shelf
    },
  }
}

export const sorted = (objects: Iterable<KubeObject>): KubeObject[] => [...objects].sort(byNamespaceAndName)
