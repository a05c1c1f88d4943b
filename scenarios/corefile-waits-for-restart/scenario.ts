import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    hosts {
       10.60.4.15 legacy-ledger.corp.example
       10.60.4.16 swift-gw.corp.example
    }
    fallthrough
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`
const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }
const scale = (replicas: number) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns', patch: { spec: { replicas } } })

export const scenario: Scenario = {
  title: 'a mistake in the Corefile sleeps for six days until CoreDNS is restarted',
  now: '2026-09-15T18:24:00Z',
  steps: [
    { at: '-86d', apply: ['shared/tools.yaml'] },
    { at: '-61d', manager: 'argocd-controller', apply: ['10-clearing.yaml'] },
    { at: '-6d3h', manager: 'kubectl-edit', patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', patch: { data: { Corefile: COREFILE } } }] },
    { at: '-19m10s', patch: [scale(0)] },
    { at: '-18m55s', patch: [scale(2)] },
  ],
  behaviours: [
    ...toolsAtWork,
    { ...dnsAtWork, until: '-18m56s' },
    {
      pods: dns,
      since: '-18m57s',
      exits: { code: 1, after: 0.2 },
      listens: [],
      logs: [
        { after: 0, text: 'maxprocs: Leaving GOMAXPROCS=4: CPU quota undefined' },
        { after: 0.1, text: "/etc/coredns/Corefile:11 - Error during parsing: Unknown directive 'fallthrough'" },
      ],
    },
    { pods: { namespace: 'risk' }, logs: [{ after: 4, text: 'INFO:     Application startup complete.\nINFO:     Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)' }] },
    { pods: { namespace: 'risk' }, until: '-19m', logs: [{ after: 6, every: 21, text: 'INFO:     10.244.1.9:{port} - "POST /v2/score HTTP/1.1" 200 OK' }] },
    { pods: { namespace: 'clearing' }, logs: [{ after: 2, text: '{"level":30,"time":"{time}","name":"transfer-api","msg":"Server listening at http://0.0.0.0:3000"}' }] },
    { pods: { namespace: 'clearing' }, until: '-19m', logs: [{ after: 4, every: 27, text: '{"level":30,"time":"{time}","name":"transfer-api","reqId":"{id}","res":{"statusCode":201},"responseTime":{ms},"msg":"request completed"}' }] },
    {
      pods: { namespace: 'clearing' },
      since: '-18m50s',
      logs: [
        {
          after: 2,
          every: 16,
          text: '{"level":50,"time":"{time}","name":"transfer-api","reqId":"{id}","err":{"type":"Error","message":"getaddrinfo EAI_AGAIN fraud-scoring.risk.svc.cluster.local","stack":"Error: getaddrinfo EAI_AGAIN fraud-scoring.risk.svc.cluster.local\\n    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:122:26)","errno":-3001,"code":"EAI_AGAIN","syscall":"getaddrinfo","hostname":"fraud-scoring.risk.svc.cluster.local"},"msg":"fraud check failed, transfer rejected"}',
        },
      ],
    },
  ],
  alert: kubePrometheus.own(
    'TransferErrorBudgetBurn',
    { namespace: 'clearing', service: 'transfer-api', slo: 'transfers-availability', window: '5m', severity: 'critical' },
    { summary: 'transfers-availability burns its error budget 14 times too fast.', description: '99% of the transfers of the last 5 minutes were rejected with a 5xx.' },
    '-14m',
    'slo:burnrate:5m{slo="transfers-availability"} > 14.4 and slo:burnrate:1h{slo="transfers-availability"} > 14.4',
  ),
}
