import type { KubeObject } from '#cluster'
import type { Snapshot } from './snapshot.ts'

/** Workloads without pods whose template a Service selects. */
export function wouldServe(snapshot: Snapshot, service: KubeObject | undefined): KubeObject[] {
  const selector = Object.entries<string>(service?.spec?.selector ?? {})
  if (!service || selector.length === 0) return []
  return (['Deployment', 'StatefulSet', 'DaemonSet'] as const)
    .flatMap((kind) => snapshot.all(kind, service.metadata.namespace ?? null))
    .filter((w) => selector.every(([k, v]) => w.spec?.template?.metadata?.labels?.[k] === v))
}
