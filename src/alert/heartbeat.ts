import type { Alert } from './notification.ts'

/** kube-prometheus' Watchdog fires always, to show that the way from Prometheus to here works: a sign of life, never an incident. */
export const isHeartbeat = (alert: Pick<Alert, 'labels'>): boolean => alert.labels['alertname'] === 'Watchdog'
