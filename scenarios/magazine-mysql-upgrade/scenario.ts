import { kubePrometheus } from '../../control-plane/alerts.ts'
import { registry } from '../../control-plane/kubelet/messages.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const mysql = { kind: 'StatefulSet', namespace: 'magazine', name: 'mysql' } as const
const NEW = 'docker.io/library/mysql:8.4.6'

export const scenario: Scenario = {
  title: 'a database of minor version 8.4 stops at an option of 8.0; the blog in front of it answers 500',
  now: '2026-04-14T05:52:00Z',
  steps: [
    { at: '-90d', apply: ['shared/tools.yaml', 'shared/front.yaml'] },
    { at: '-77d', manager: 'helm', apply: ['10-magazine.yaml'] },
    { at: '-9d4h', apply: ['20-preview.yaml'] },
    { at: '-39m', manager: 'renovate-apply', patch: [setImage(mysql, 'mysql', NEW)] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    { pods: { namespace: 'newsletter-dev' }, pull: registry.notFound('ghcr.io/quarterly/mail-preview:feature-1482') },
    {
      pods: { namespace: 'magazine', name: 'mysql', where: (pod) => pod.spec.containers[0].image === NEW },
      exits: { code: 1, after: 3.1 },
      listens: [],
      logs: [
        { after: 0.1, text: "{pg}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server 8.4.6-1.el9 started.\n{pg}+00:00 [Note] [Entrypoint]: Switching to dedicated user 'mysql'\n{pg}+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server 8.4.6-1.el9 started." },
        { after: 0.5, text: "'/var/lib/mysql/mysql.sock' -> '/var/run/mysqld/mysqld.sock'\n{time} 0 [System] [MY-015015] [Server] MySQL Server - start.\n{time} 0 [System] [MY-010116] [Server] /usr/sbin/mysqld (mysqld 8.4.6) starting as process 1" },
        { after: 0.8, text: '{time} 1 [System] [MY-013576] [InnoDB] InnoDB initialization has started.' },
        { after: 1.6, text: '{time} 1 [System] [MY-013577] [InnoDB] InnoDB initialization has ended.\n{time} 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.\n{time} 0 [System] [MY-013602] [Server] Channel mysql_main configured to support TLS. Encrypted connections are now supported for this channel.' },
        { after: 1.9, text: "{time} 0 [ERROR] [MY-000067] [Server] unknown variable 'default-authentication-plugin=mysql_native_password'.\n{time} 0 [ERROR] [MY-010119] [Server] Aborting" },
        { after: 3, text: '{time} 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete (mysqld 8.4.6)  MySQL Community Server - GPL.\n{time} 0 [System] [MY-015016] [Server] MySQL Server - end.' },
      ],
    },
    {
      pods: { namespace: 'magazine', name: 'ghost' },
      logs: [
        { after: 6, text: '[{pg}] INFO Ghost is running in production...\n[{pg}] INFO Your site is now available on https://www.quarterly.example/\n[{pg}] INFO Ghost booted in 5.912s' },
      ],
    },
    { pods: { namespace: 'magazine', name: 'ghost' }, until: '-38m50s', logs: [{ after: 8, every: 23, text: '[{pg}] INFO "GET /" 200 {ms}ms' }] },
    {
      pods: { namespace: 'magazine', name: 'ghost' },
      since: '-38m50s',
      logs: [
        {
          after: 1,
          every: 23,
          text: '[{pg}] ERROR "GET /" 500 {ms}ms\n\nconnect ECONNREFUSED 10.96.71.20:3306\n\nError ID:\n    {id}\n\nError Code: \n    ECONNREFUSED\n\n----------------------------------------\n\nError: connect ECONNREFUSED 10.96.71.20:3306\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)',
        },
      ],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-38m50s',
      logs: [{ after: 1, every: 23, text: '10.20.3.13 - - [{clf}] "GET / HTTP/1.1" 500 1240 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)" 512 0.0{ms} [magazine-ghost-http] [] {ip:magazine/ghost}:2368 1240 0.0{ms} 500 {id}' }],
    },
  ],
  alert: kubePrometheus.own(
    'SiteServerErrors',
    { namespace: 'magazine', ingress: 'ghost', host: 'www.quarterly.example', severity: 'critical' },
    { summary: 'A public site answers with errors.', description: '100% of the requests to www.quarterly.example are answered with 5xx.' },
    '-33m',
    'sum by (exported_namespace, ingress, host) (rate(nginx_ingress_controller_requests{status=~"5.."}[5m])) / sum by (exported_namespace, ingress, host) (rate(nginx_ingress_controller_requests[5m])) > 0.1',
  ),
}
