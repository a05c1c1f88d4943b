import { hash } from '#kit/ids'
import type { Alert, Notification } from './notification.ts'

/** Which incident an alert belongs to. */
export interface IncidentGroup {
  /** Hash of the source and the grouping labels. */
  key: string
  /** The grouping labels with the alert's values; '' for one that it lacks. */
  labels: Readonly<Record<string, string>>
}

/** Alertmanager without `group_by` puts everything into one group: as one incident it would be investigated once and never again. */
const WHEN_UNGROUPED = ['alertname', 'namespace']

/**
 * Alerts of a source with the same values of `by` are one incident; without `by`, Alertmanager's own groupLabels decide, and where the
 * sender has none either, alertname and namespace.
 */
export function incidentGroup(
  source: string,
  alert: Pick<Alert, 'labels'>,
  by: readonly string[] | undefined,
  groupLabels: Notification['groupLabels'],
): IncidentGroup {
  const given = Object.keys(groupLabels)
  const names = by ?? (given.length > 0 ? given : WHEN_UNGROUPED)
  const from = by || given.length === 0 ? alert.labels : groupLabels
  const pairs = [...new Set(names)].sort().map((name) => [name, from[name] ?? ''] as const)
  return { key: hash(source, ...pairs.flat()), labels: Object.fromEntries(pairs) }
}
