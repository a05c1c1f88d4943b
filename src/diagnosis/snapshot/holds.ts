import type { KubeObject } from '#cluster'
import { element, entry } from './field-path.ts'
import { leavesOf } from './leaves.ts'
import { wordsOf } from './named-settings.ts'

/** A switch by which somebody told an operator to leave a custom resource alone. */
export interface Hold {
  field: string
  key: string
  value: string
}

/**
 * How operators call it. Sources: Flux (`spec.suspend`, `kustomize.toolkit.fluxcd.io/reconcile`), KEDA (`autoscaling.keda.sh/paused*`), Strimzi
 * (`strimzi.io/pause-reconciliation`), Argo CD (`argocd.argoproj.io/skip-reconcile`), Argo Rollouts (`spec.paused`), CloudNativePG
 * (`cnpg.io/hibernation`, `cnpg.io/reconciliationLoop`), Crossplane (`crossplane.io/paused`), Cluster API (`cluster.x-k8s.io/paused`, also empty),
 * RabbitMQ (label `rabbitmq.com/pauseReconciliation`), ECK (`eck.k8s.elastic.co/managed`), Velero (`spec.paused`), Kueue (`spec.stopPolicy`).
 */
const HELD =
  /(?:^| )(?:paused?|pausing|suspend(?:ed)?|suspension|hibernat(?:e|ed|ion)|freeze|frozen|hold|halted|stopped|shutdown|stop policy|skip reconcile|unmanaged|maintenance(?: mode)?|disabled?)(?: |$)/
/** What says the same when it is off. */
const WORKS = /(?:^| )(?:managed|reconcile|reconciliation(?: loop)?|management state|management policy)$/
const OFF = /^(?:false|no|off|none|disabled?|unmanaged|removed|paused|0)$/i
/** A value of a switch that holds nothing. */
const FREE = /^(?:false|no|off|none|enabled|running|active|resumed?|null)$/i
const MAX_DEPTH = 3

const isHold = (key: string, value: string): boolean => {
  const words = wordsOf(key.replace(/^.*\//, ''))
  return (HELD.test(words) && !FREE.test(value)) || (WORKS.test(words) && OFF.test(value))
}

/** The switches that hold a custom resource; none for one that works. */
export const holdsOf = ({ metadata, spec }: KubeObject): Hold[] => [
  ...(['annotations', 'labels'] as const).flatMap((where) =>
    Object.entries(metadata[where] ?? {})
      .filter(([key, value]) => key.includes('/') && isHold(key, value))
      .map(([key, value]) => ({ field: entry(`metadata.${where}`, key), key, value })),
  ),
  ...leavesOf(spec ?? {}, 'spec').filter(
    (l) =>
      l.field.split('.').length <= (/^disabled?$/i.test(l.key) ? 2 : MAX_DEPTH) &&
      !l.field.includes('[') &&
      SWITCH.test(l.value) &&
      isHold(l.key, l.value),
  ),
]

/** A switch of a spec is one of few words; a time or a text below such a key is none. */
const SWITCH = /^(?:true|false|[A-Z][A-Za-z]+|on|off|\d)$/

/** What stands still by its own plan, until somebody goes on: a step of a canary. */
export function pausedIn({ spec, status }: KubeObject): string | null {
  if (!/^(?:Paused|Suspended|OnHold)$/i.test(String(status?.phase ?? status?.state ?? ''))) return null
  const find = (at: unknown, path: string, depth: number): string | null => {
    if (at === null || typeof at !== 'object' || depth > 6) return null
    for (const [key, inner] of Object.entries(at)) {
      const field = Array.isArray(at) ? element(path, Number(key)) : entry(path, key)
      const found = /^(?:pause|suspend|approval|manual\w*)$/i.test(key) && !Array.isArray(at) ? field : find(inner, field, depth + 1)
      if (found) return found
    }
    return null
  }
  return find(spec, 'spec', 0) ?? 'spec'
}
