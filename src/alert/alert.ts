import type { Alert } from './notification.ts'

export { fingerprint, isFingerprint } from './fingerprint.ts'
export { incidentGroup, type IncidentGroup } from './grouping.ts'
export { isHeartbeat } from './heartbeat.ts'
export { instant, isZeroTime } from './instant.ts'
export type { Alert, Notification } from './notification.ts'
export { notificationKey } from './notification-key.ts'
export { INCIDENT_LABEL, isOwnAlert } from './own-alert.ts'
export { targetOf } from './target.ts'

/** What people call it: `alertname`, else the first label value, else the fingerprint. */
export const alertTitle = (alert: Pick<Alert, 'labels' | 'fingerprint'>): string =>
  alert.labels['alertname'] ?? Object.values(alert.labels)[0] ?? alert.fingerprint
