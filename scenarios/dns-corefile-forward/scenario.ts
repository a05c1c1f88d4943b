import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    stubdomains corp.example 10.0.0.2
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`

export const scenario: Scenario = {
  title: 'an edit of the Corefile names a plugin that CoreDNS does not have; its new pods end, and nobody resolves a name',
  now: '2026-07-21T03:44:15Z',
  steps: [
    { at: '-35d', apply: ['10-orders.yaml'] },
    {
      at: '-33m',
      manager: 'kubectl-edit',
      patch: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', patch: { data: { Corefile: COREFILE } } }],
    },
    {
      at: '-32m40s',
      manager: 'kubectl-rollout',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'kube-system',
          name: 'coredns',
          patch: {
            spec: {
              strategy: { type: 'Recreate', rollingUpdate: null },
              template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-07-21T03:11:35Z' } } },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      since: '-32m40s',
      exits: { code: 1, after: 0.3 },
      logs: [{ after: 0.2, text: "/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'stubdomains'" }],
    },
    {
      pods: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
      until: '-32m40s',
      logs: [{ after: 1, text: '.:53\nCoreDNS-1.13.1\nlinux/amd64, go1.25.2, 1db4568' }],
    },
    {
      pods: { namespace: 'dispatch', labels: { app: 'router' } },
      since: '-32m',
      probes: { readiness: { status: 503 } },
      logs: [
        {
          after: 1,
          every: 12,
          text: '{time} ERROR router::geo: request failed error=error sending request for url (http://geocoder/v1/near): client error (Connect): dns error: failed to lookup address information: Temporary failure in name resolution',
        },
      ],
    },
    {
      pods: { namespace: 'dispatch', labels: { app: 'geocoder' } },
      logs: [{ after: 2, every: 60, text: '{time} INFO geocoder::http: GET /v1/near 200 in {ms}ms' }],
    },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'dispatch', deployment: 'router', startsAt: '-16m' }),
}
