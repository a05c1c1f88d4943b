import type { KubeObject } from '#cluster'
import { keyOf } from '../../snapshot/snapshot.ts'

/** A workload and the labels of its pods. */
export interface Template {
  workload: KubeObject
  labels: Record<string, string>
}

/** The workload that the Service was most likely made for: named as it, or with most of the labels. */
export function likeliest(service: KubeObject, templates: readonly Template[]): Template | undefined {
  const selector: Record<string, string> = service.spec.selector
  return templates
    .map((t) => ({
      ...t,
      hits: Object.entries(selector).filter(([k, v]) => t.labels[k] === v).length,
      named: t.workload.metadata.name === service.metadata.name || Object.values(selector).includes(t.workload.metadata.name),
    }))
    .filter((t) => t.hits > 0 || t.named)
    .sort((a, b) => Number(b.named) - Number(a.named) || b.hits - a.hits || (keyOf(a.workload) < keyOf(b.workload) ? -1 : 1))[0]
}

export function labelsOf(workload: KubeObject): Record<string, string> {
  return (workload.kind === 'Pod' ? workload.metadata.labels : workload.spec?.template?.metadata?.labels) ?? {}
}
