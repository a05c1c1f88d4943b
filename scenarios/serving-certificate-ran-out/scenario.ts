import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork, rule } from '../shared/own.ts'

export const scenario: Scenario = {
  title: 'the serving certificate of a service ended at midnight; its caller fails',
  now: '2026-10-11T00:29:12Z',
  nodes: [
    { name: 'ocp-worker-a', ip: '10.81.4.21', zone: 'dc-east-1' },
    { name: 'ocp-worker-b', ip: '10.81.4.22', zone: 'dc-east-2' },
    { name: 'ocp-worker-c', ip: '10.81.4.23', zone: 'dc-east-3' },
  ],
  steps: [
    { at: '-90d3h', manager: 'kubectl-create', apply: ['05-tls.yaml'] },
    { at: '-90d1h', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-90d', manager: 'helm', apply: ['10-claims.yaml'] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'claims', name: 'eligibility' }, logs: [{ after: 0.4, text: 'time={time} level=INFO msg="serving" addr=:8443 cert=/etc/tls/tls.crt' }] },
    { pods: { namespace: 'claims', name: 'eligibility' }, until: '-29m12s', logs: [{ after: 9, every: 26, text: 'time={time} level=INFO msg="POST /v1/check" status=200 ms={ms} request_id={id}' }] },
    { pods: { namespace: 'claims', name: 'eligibility' }, since: '-29m', logs: [{ after: 1, every: 14, text: '{date} http: TLS handshake error from {ip:claims/claims-gateway}:{port}: remote error: tls: bad certificate' }] },
    { pods: { namespace: 'claims', name: 'claims-gateway' }, until: '-29m12s', logs: [{ after: 8, every: 39, text: 'time={time} level=INFO msg="claim accepted" claim={id} ms={ms}' }] },
    {
      pods: { namespace: 'claims', name: 'claims-gateway' },
      since: '-29m10s',
      logs: [
        { after: 1, every: 19, text: 'time={time} level=ERROR msg="eligibility check failed" claim={id} err="Post \\"https://eligibility.claims.svc/v1/check\\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time {utc} is after 2026-10-11T00:00:00Z"' },
        { after: 1.2, every: 19, text: 'time={time} level=WARN msg="POST /claims" status=502' },
      ],
    },
  ],
  alert: rule(
    'ClaimsGatewayHighErrorRate',
    '-23m',
    { namespace: 'claims', deployment: 'claims-gateway', severity: 'critical', oncall: 'claims' },
    'Claims are refused.',
    'claims-gateway answers 100% of POST /claims with 502.',
    'sum by (namespace, deployment) (rate(gateway_responses_total{code="502"}[5m])) / sum by (namespace, deployment) (rate(gateway_responses_total[5m])) > 0.1',
  ),
}
