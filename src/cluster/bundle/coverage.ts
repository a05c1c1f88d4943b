import type { Shelf, Shelves } from './shelves.ts'

/** Where all objects of a type are known to be in the bundle: this is what tells "there is none" from "nobody looked". */

/** All of the type in the namespace; null: everywhere. */
export function cover(shelf: Shelf, namespace: string | null): void {
  if (namespace === null || !shelf.type.namespaced) shelf.complete.everywhere = true
  else shelf.complete.namespaces.add(namespace)
}

/**
 * Nothing in a list says which namespaces it was asked for. Objects of two namespaces, or cluster-scoped ones, mean "everything";
 * those of one namespace mean that namespace.
 */
export function coverByItems(touched: ReadonlyMap<Shelf, ReadonlySet<string>>): void {
  const everywhere = new Set([...touched].flatMap(([shelf, namespaces]) => (shelf.type.namespaced ? [...namespaces] : []))).size > 1
  for (const [shelf, namespaces] of touched) {
    for (const namespace of namespaces) cover(shelf, everywhere ? null : namespace)
  }
}

/** An empty list covers the namespace that its path names (`cluster-info dump`: `<namespace>/pods.json`), else everything. */
export function coverEmpty(shelf: Shelf, path: string, isNamespace: (name: string) => boolean): void {
  cover(shelf, path.split('/').slice(0, -1).findLast(isNamespace) ?? null)
}

export const isComplete = (shelf: Shelf, namespace: string | null | undefined): boolean =>
  shelf.complete.everywhere || (!!namespace && shelf.complete.namespaces.has(namespace))

/** Every namespace that is named by an object. */
export function knownNamespaces(shelves: Shelves): Set<string> {
  const names = new Set<string>()
  for (const shelf of shelves.all()) {
    for (const object of shelf.objects.values()) {
      const name = shelf.type.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace
      if (name) names.add(name)
    }
  }
  return names
}
