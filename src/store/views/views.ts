import type { Pool } from 'pg'
import { countRows, type Counts } from '../runs/count-rows.ts'
import { getAlert, listAlerts, type AlertView } from './list-alerts.ts'
import { listArtifacts, type ArtifactView } from './list-artifacts.ts'
import { listDeliveries, type DeliveryView } from './list-deliveries.ts'
import { listHeartbeats, type HeartbeatView } from './list-heartbeats.ts'
import { getIncident, listIncidents, type IncidentView } from './list-incidents.ts'
import { getInvestigation, listInvestigations, type InvestigationDetailView, type InvestigationView } from './list-investigations.ts'
import { listNotifications, type NotificationView } from './list-notifications.ts'
import type { Page } from './sql.ts'
import { listTimeline, type TimelineView } from './list-timeline.ts'

export type {
  AlertView,
  ArtifactView,
  DeliveryView,
  HeartbeatView,
  IncidentView,
  InvestigationDetailView,
  InvestigationView,
  NotificationView,
  Page,
  TimelineView,
}

/** What people and programs read: plain JSON, times as RFC 3339, lists the newest first. */
export interface Views {
  incidents(page: Page & { status?: IncidentView['status'] | null }): Promise<IncidentView[]>
  incident(id: string): Promise<IncidentView | null>
  alerts(page: Page & { incident?: string | null; status?: AlertView['status'] | null }): Promise<AlertView[]>
  alert(id: string): Promise<AlertView | null>
  investigations(page: Page & { incident?: string | null; phase?: InvestigationView['phase'] | null }): Promise<InvestigationView[]>
  investigation(namespace: string, name: string): Promise<InvestigationDetailView | null>
  /** Entries after the id `after`, oldest first; 500 at a time unless told. */
  timeline(investigationId: string, after: number, limit?: number): Promise<TimelineView[]>
  deliveries(investigationId: string): Promise<DeliveryView[]>
  /** What its steps kept whole; `artifacts.get` reads one. */
  artifacts(investigationId: string): Promise<ArtifactView[]>
  notifications(page: Page): Promise<NotificationView[]>
  heartbeats(): Promise<HeartbeatView[]>
  /** Rows by phase or status, for metrics. */
  counts(): Promise<Counts>
}

export const createViews = (pool: Pool): Views => ({
  incidents: (page) => listIncidents(pool, page),
  incident: (id) => getIncident(pool, id),
  alerts: (page) => listAlerts(pool, page),
  alert: (id) => getAlert(pool, id),
  investigations: (page) => listInvestigations(pool, page),
  investigation: (namespace, name) => getInvestigation(pool, namespace, name),
  timeline: (investigationId, after, limit) => listTimeline(pool, investigationId, after, limit),
  deliveries: (investigationId) => listDeliveries(pool, investigationId),
  artifacts: (investigationId) => listArtifacts(pool, investigationId),
  notifications: (page) => listNotifications(pool, page),
  heartbeats: () => listHeartbeats(pool),
  counts: () => countRows(pool),
})
