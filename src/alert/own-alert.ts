import type { Alert } from './notification.ts'

/** The label by which Inquest knows an alert that it sent itself (the Sink `alertmanager`): the incident's id. */
export const INCIDENT_LABEL = 'inquest_incident'

/** Alertmanager may be routed to send everything to Inquest: the answer must not become a question. */
export const isOwnAlert = (alert: Pick<Alert, 'labels'>): boolean => INCIDENT_LABEL in alert.labels
