import type { Mapping, WebhookPreset } from '#kinds/webhook-source'

/**
 * What senders post, as mappings in the same words that a Source may use.
 *
 * grafana:     https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 * cloudevents: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md; all three modes, unwrapped first
 * pagerduty:   https://developer.pagerduty.com/docs/webhooks-v3-overview, events of incidents
 */
export const PRESETS: Readonly<Record<WebhookPreset, Mapping>> = {
  grafana: {
    alerts: 'body.alerts',
    status: 'item.status',
    labelsFrom: 'item.labels',
    annotationsFrom: 'item.annotations',
    annotations: { value: 'item.?valueString', dashboard: 'item.?dashboardURL', panel: 'item.?panelURL', silence: 'item.?silenceURL' },
    startsAt: 'item.startsAt',
    endsAt: 'item.?endsAt',
    generatorURL: 'item.?generatorURL',
  },
  cloudevents: {
    labels: { alertname: 'item.type', event_source: 'item.source', event_subject: 'item.?subject' },
    annotations: { event_id: 'item.id', data: 'item.?dataText' },
    startsAt: 'item.?time',
  },
  // Of the labels none changes while the incident lives; its urgency, priority and title may.
  pagerduty: {
    alerts: '[body.event]',
    status: `item.event_type in ["incident.triggered", "incident.reopened", "incident.unacknowledged"] ? "firing" : item.event_type == "incident.resolved" ? "resolved" : item.event_type`,
    labels: { alertname: '"PagerDutyIncident"', pagerduty_incident: 'item.data.id', pagerduty_service: 'item.data.?service.?summary' },
    annotations: {
      summary: 'item.data.?title',
      urgency: 'item.data.?urgency',
      priority: 'item.data.?priority.?summary',
      incident: 'item.data.?html_url',
    },
    startsAt: 'item.data.?created_at',
    endsAt: 'item.?occurred_at',
    generatorURL: 'item.data.?html_url',
  },
}
