import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the Service of the syslog collector says TCP; its container and its senders speak UDP',
  now: '2026-05-22T16:31:18Z',
  steps: [
    { at: '-9d', apply: ['10-netops.yaml'] },
    { at: '-58m', manager: 'kubectl-replace', delete: [{ apiVersion: 'v1', kind: 'Service', namespace: 'netops', name: 'syslog' }] },
    { at: '-57m50s', apply: ['20-service.yaml'] },
  ],
  behaviours: [
    {
      pods: { namespace: 'netops', labels: { app: 'syslog-collector' } },
      until: '-58m',
      logs: [{ after: 2, every: 30, text: '{time} rsyslogd: imudp: received 318 messages' }],
    },
    {
      pods: { namespace: 'netops', labels: { app: 'syslog-collector' } },
      since: '-58m',
      logs: [{ after: 60, every: 300, text: '{time} rsyslogd: imudp: received 0 messages' }],
    },
  ],
  alert: ownRule('SyslogNoMessages', {
    startsAt: '-45m',
    labels: { namespace: 'netops', service: 'syslog' },
    summary: 'No syslog message has arrived for 10 minutes.',
    description: 'Service netops/syslog has forwarded no datagram for 10 minutes although the switches send.',
    expr: 'sum(rate(rsyslog_imudp_received_total[10m])) == 0',
  }),
}
