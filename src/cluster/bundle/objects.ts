import { prune } from '../prune.ts'
import type { KubeObject, ResourceInfo } from '../reader.ts'
import { modernize } from './versions.ts'

/** The objects of one JSON or YAML document, and what it says about how many there are. */
export interface Batch {
  objects: KubeObject[]
  /** Of which kind this is a list, so that an empty one says "there are none"; null when it does not say. */
  listOf: { apiVersion: string; kind: string } | null
  /** A list holds all that was asked for; a single object does not. */
  isList: boolean
}

/** Parts of a list that troubleshoot.sh and kubectl leave out of its items are taken from the list, else from `type`. */
export function batchOf(document: unknown, type: ResourceInfo | null): Batch | null {
  if (Array.isArray(document)) return { objects: toObjects(document, type?.apiVersion, type?.kind), listOf: null, isList: true }
  if (!isRecord(document)) return null
  const { kind, apiVersion, items } = document
  if (Array.isArray(items) || (items === null && typeof kind === 'string' && kind.endsWith('List'))) {
    const itemKind = typeof kind === 'string' && kind !== 'List' && kind.endsWith('List') ? kind.slice(0, -'List'.length) : undefined
    const itemVersion = itemKind !== undefined && typeof apiVersion === 'string' ? apiVersion : undefined
    const objects = toObjects((items as unknown[] | null) ?? [], itemVersion ?? type?.apiVersion, itemKind ?? type?.kind)
    return { objects, listOf: itemKind && itemVersion ? { apiVersion: itemVersion, kind: itemKind } : null, isList: true }
  }
  const objects = toObjects([document], type?.apiVersion, type?.kind)
  return objects.length > 0 ? { objects, listOf: null, isList: false } : null
}

/** What is not an object of the API (a values file, a report) is left out without a word: a folder may hold anything. */
function toObjects(items: readonly unknown[], apiVersion: string | undefined, kind: string | undefined): KubeObject[] {
  const objects: KubeObject[] = []
  for (const item of items) {
    if (!isRecord(item) || !isRecord(item['metadata']) || typeof item['metadata']['name'] !== 'string') continue
    item['apiVersion'] ||= apiVersion
    item['kind'] ||= kind
    if (typeof item['apiVersion'] !== 'string' || typeof item['kind'] !== 'string' || item['kind'] === '' || !isVersion(item['apiVersion']))
      continue
    objects.push(prune(modernize(item as KubeObject)))
  }
  return objects
}

const isVersion = (text: string): boolean => /^([a-z0-9.-]+\/)?v\d\w*$/.test(text)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
