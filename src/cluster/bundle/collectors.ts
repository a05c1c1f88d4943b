import { builtin } from '../resources.ts'
import { isComplete } from './coverage.ts'
import type { Role } from './layout.ts'
import { objectKey, type Shelves } from './shelves.ts'

/** The files of troubleshoot.sh that are no lists of objects. Each function takes the parsed file. */

/** `cluster_version.json` → what `/version` of the API server said. */
export function versionIn(document: unknown): Record<string, string> | null {
  const info = (document as { info?: unknown } | null)?.info
  return typeof info === 'object' && info !== null ? (info as Record<string, string>) : null
}

/**
 * `cronjobs-errors.json`: why something is missing, by namespace or as a plain list. `collector-errors.json` is our own recorder's, and says of
 * everything that is missing why (`about` null).
 */
export function recorderErrors(document: unknown, about: string | null): string[] {
  return Object.entries(document ?? {}).map(([place, error]) => {
    const what = about === null ? place : Array.isArray(document) ? about : `${about} of ${place}`
    return `The recorder could not read ${what}: ${typeof error === 'string' ? error : JSON.stringify(error)}`
  })
}

/** A collector of one Secret or ConfigMap tells whether it exists, and of a ConfigMap its data. */
export function putSingle(document: unknown, { kind, namespace, name }: Extract<Role, { role: 'single' }>, shelves: Shelves): void {
  if (typeof document !== 'object' || document === null) return
  const record = document as Record<string, unknown>
  const shelf = shelves.open(builtin(kind))
  const key = objectKey(namespace, name)
  if (record['secretExists'] === false || record['configMapExists'] === false) return void shelf.absent.add(key)
  if (isComplete(shelf, namespace) && shelf.objects.has(key)) return
  const data = kind === 'ConfigMap' && record['data'] ? { data: record['data'] as Record<string, string> } : {}
  shelves.put({ apiVersion: 'v1', kind, metadata: { name, namespace }, ...data }, null)
}
