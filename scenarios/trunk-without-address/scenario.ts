import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const given = (namespace: string, name: string, ip: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  namespace,
  name,
  subresource: 'status' as const,
  patch: { status: { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } } },
})

export const scenario: Scenario = {
  title: 'MetalLB has no address left for a new Service',
  now: '2026-05-07T09:28:00Z',
  nodes: [
    { name: 'rack1-n1', ip: '192.168.40.11' },
    { name: 'rack1-n2', ip: '192.168.40.12' },
    { name: 'rack2-n1', ip: '192.168.40.13' },
  ],
  steps: [
    { at: '-79d', apply: ['shared/tools.yaml', '05-metallb-crds.yaml'] },
    { at: '-78d23h', manager: 'helm', apply: ['10-metallb.yaml'] },
    { at: '-78d', apply: ['20-services.yaml'] },
    {
      at: '-77d23h59m',
      manager: 'controller',
      patch: [given('gateway', 'traefik', '192.168.40.61'), given('print', 'cups', '192.168.40.62'), given('telephony', 'sip-trunk-a', '192.168.40.63')],
    },
    { at: '-26m56s', apply: ['30-trunk-b.yaml'] },
    { at: '-26m', manager: 'controller', apply: ['40-event.yaml'] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'metallb-system', name: 'controller' },
      logs: [{ after: 1, text: '{"branch":"dev","caller":"main.go:178","commit":"dev","goversion":"gc / go1.24.4 / amd64","level":"info","msg":"MetalLB controller starting (commit dev, branch dev)","ts":"{utc}","version":""}' }],
    },
    {
      pods: { namespace: 'metallb-system', name: 'controller' },
      since: '-26m56s',
      logs: [{ after: 1, every: 127, text: '{"caller":"service.go:159","error":"no available IPs","level":"error","msg":"IP allocation failed","op":"allocateIPs","ts":"{utc}"}' }],
    },
    { pods: { namespace: 'telephony' }, logs: [{ after: 1, text: ' 0(1) INFO: <core> [core/sctp_core.c:53]: sctp_core_check_support(): SCTP API not enabled - if you want to use it, load sctp module\nListening on\n             udp: 0.0.0.0:5060' }] },
  ],
  alert: kubePrometheus.own(
    'LoadBalancerWithoutAddress',
    { namespace: 'telephony', service: 'sip-trunk-b', type: 'LoadBalancer', job: 'kube-state-metrics' },
    { summary: 'A LoadBalancer Service has no address.', description: 'Service telephony/sip-trunk-b of type LoadBalancer has had no external address for 10 minutes.' },
    '-16m',
    'kube_service_spec_type{type="LoadBalancer"} unless on (namespace, service) kube_service_status_load_balancer_ingress',
  ),
}
