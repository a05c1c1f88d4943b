import type { KubeObject } from '#cluster'
import { KINDS } from '#kinds/crd'
import { explainIssues } from '#kinds/issues'
import type { Problem } from '#kinds/problem'
import type { Configured, Kind } from './reconciler.ts'

/** What is kept of an object in memory: the API server's own bookkeeping and the annotation of kubectl are most of its size. */
export function pruneConfigured({ apiVersion, kind, metadata, spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, generation, resourceVersion, deletionTimestamp } = metadata
  const kept = { name, namespace, uid, generation, resourceVersion, ...(deletionTimestamp ? { deletionTimestamp } : {}) }
  return { apiVersion, kind, metadata: kept as KubeObject['metadata'], spec, ...(status ? { status } : {}) }
}

/**
 * By this version's own schema: the API server has checked it by the CRD that is installed, which may be older or newer, and objects
 * from before a change of the CRD are checked by nobody. The status is not looked at: another version of Inquest may have written it.
 */
export function readConfigured(kind: Kind, { apiVersion, metadata, spec }: KubeObject): { object: Configured } | { problems: Problem[] } {
  const { name, namespace, uid, generation } = metadata
  const { schema } = KINDS.find((one) => one.kind === kind)!
  const parsed = schema.safeParse({ apiVersion, kind, metadata: { name, namespace, uid, generation }, spec }, { reportInput: true })
  if (parsed.success) return { object: parsed.data as unknown as Configured }
  return { problems: explainIssues(parsed.error.issues, kind) }
}
