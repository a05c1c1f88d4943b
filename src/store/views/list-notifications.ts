import type { RejectedAlert } from '../intake.ts'
import { time, type Page, type Queryable } from './sql.ts'

/** What a sender delivered, once a distinct content. */
export interface NotificationView {
  id: string
  /** namespace/name of the Source. */
  source: string
  receiver: string
  groupKey: string
  groupLabels: Record<string, string>
  alerts: number
  /** How many the sender left out. */
  truncatedAlerts: number
  rejected: RejectedAlert[]
  receivedAt: string
  lastSeenAt: string
  seen: number
}

export async function listNotifications(db: Queryable, page: Page): Promise<NotificationView[]> {
  const { rows } = await db.query<NotificationView>(
    `select n.id, n.source, n.receiver, n.group_key as "groupKey", n.group_labels as "groupLabels", n.alert_count as alerts,
       n.truncated_alerts as "truncatedAlerts", n.rejected, ${time('n.received_at')} as "receivedAt", ${time('n.last_seen_at')} as "lastSeenAt", n.seen
     from notifications n
     where ($1::text is null or split_part(n.source, '/', 1) = $1) and ($2::uuid is null or n.id < $2)
     order by n.id desc limit $3`,
    [page.namespace ?? null, page.before ?? null, page.limit],
  )
  return rows
}
