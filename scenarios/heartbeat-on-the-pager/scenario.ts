import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { setImage } from '../../control-plane/patches.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const rooms = { kind: 'Deployment', namespace: 'hotel-booking', name: 'rooms' } as const

export const scenario: Scenario = {
  title: 'the alert that always fires is routed to the investigator by mistake',
  now: '2026-04-22T10:03:00Z',
  steps: [
    { at: '-67d', apply: ['shared/tools.yaml'] },
    { at: '-45d', manager: 'flux', apply: ['10-hotel.yaml'] },
    { at: '-2h10m', manager: 'flux', patch: [setImage(rooms, 'rooms', 'ghcr.io/lakeside/rooms:3.3.2')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'hotel-booking', name: 'rooms' },
      usage: { cpu: '41m', memory: '150Mi' },
      logs: [
        { after: 2, text: '{"@timestamp":"{time}","log.level":"INFO","message":"Started RoomsApplication in 6.2 seconds","service.name":"rooms"}' },
        { after: 30, every: 71, text: '{"@timestamp":"{time}","log.level":"INFO","message":"GET /v1/rooms 200 {ms}ms","service.name":"rooms"}' },
        { after: 900, every: 2700, text: '{"@timestamp":"{time}","log.level":"WARN","message":"channel manager answered slowly: {ms}00ms","service.name":"rooms"}' },
      ],
    },
  ],
  alert: kubePrometheus.own(
    'Watchdog',
    { severity: 'none' },
    {
      summary: 'An alert that should always be firing to certify that Alertmanager is working properly.',
      description:
        'This is an alert meant to ensure that the entire alerting pipeline is functional.\nThis alert is always firing, therefore it should always be firing in Alertmanager\nand always fire against a receiver. There are integrations with various notification\nmechanisms that send a notification when this alert is not firing. For example the\n"DeadMansSnitch" integration in PagerDuty.\n',
    },
    '-31d',
    'vector(1)',
  ),
}
