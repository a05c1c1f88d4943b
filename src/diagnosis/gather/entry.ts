import type { KubeObject } from '#cluster'
import { classWords, letsIn } from '../snapshot/entry.ts'
import { podSpecOf } from '../snapshot/field-path.ts'
import { DNS_WRITER } from '../snapshot/well-known.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Eyes } from './eyes.ts'
import type { Aim } from './aim.ts'
import { troubled } from './suspects.ts'

/** Ingresses, routes and Gateways through which requests come to what is asked about; none while its own pods are in trouble. */
export function entriesOf(snapshot: Snapshot, aim: Aim): KubeObject[] {
  const unwell = new Set(troubled(snapshot))
  if (aim.workloads.some((w) => unwell.has(w))) return []
  return [...(aim.object ? [aim.object] : []), ...aim.parts].filter((o) =>
    ['Ingress', 'HTTPRoute', 'GRPCRoute', 'Gateway'].includes(o.kind),
  )
}

/** Namespaces of the programs that let these requests in. */
export async function entryNamespaces(eyes: Eyes, snapshot: Snapshot, aim: Aim): Promise<string[]> {
  const entries = entriesOf(snapshot, aim)
  if (entries.length === 0) return []
  if (entries.some((e) => e.kind === 'Ingress')) await eyes.list('IngressClass', null)
  const words = entries.flatMap((entry) => classWords(snapshot, entry))
  const lists = await Promise.all((['Deployment', 'DaemonSet'] as const).map((kind) => eyes.peek(kind)))
  return lists
    .flat()
    .filter((w) => letsIn(w, words) || (podSpecOf(w)?.containers ?? []).some((c: any) => DNS_WRITER.test(String(c.image))))
    .map((w) => w.metadata.namespace ?? '')
    .slice(0, 4)
}
