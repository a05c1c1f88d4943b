import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { around } from '../../scenarios/shared/around.ts'

const NS = 'underwriting'
const app = (name: string) => ({ namespace: NS, labels: { app: name } })
const status = (kind: string, name: string, text: Json): Patch => ({ apiVersion: 'cert-manager.io/v1', kind, namespace: NS, name, subresource: 'status', patch: { status: text } })
const READY = { type: 'Ready', status: 'True', reason: 'Ready', message: 'Certificate is up to date and has not expired', observedGeneration: 1, lastTransitionTime: '2026-06-24T07:21:06Z' }
const EXPIRED = '-19m16s'

export const scenario: Scenario = {
  title: 'a server still shows the certificate that it read three months ago',
  now: '2026-09-22T07:40:20Z',
  nodes: [
    { name: 'ask-node-1', ip: '10.180.2.11' },
    { name: 'ask-node-2', ip: '10.180.2.12' },
    { name: 'ask-node-3', ip: '10.180.2.13' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/observability.yaml', '05-cert.yaml'], manager: 'helm' },
    { at: '-90d20m', apply: ['10-certificate.yaml'], manager: 'argocd-controller' },
    { at: '-90d19m', manager: 'cert-manager-certificates-readiness', patch: [status('Certificate', 'rates-tls', { conditions: [READY], notBefore: '2026-06-24T07:21:05Z', notAfter: '2026-09-22T07:21:04Z', renewalTime: '2026-08-23T07:21:04Z', revision: 1 })] },
    { at: '-89d22h', apply: ['20-underwriting.yaml'], manager: 'argocd-controller' },
    { at: '-30d19m14s', apply: ['30-renewed.yaml'], manager: 'cert-manager-certificates-issuing' },
    {
      at: '-30d19m12s',
      manager: 'cert-manager-certificates-readiness',
      patch: [
        status('CertificateRequest', 'rates-tls-2', {
          conditions: [
            { type: 'Approved', status: 'True', reason: 'cert-manager.io', message: 'Certificate request has been approved by cert-manager.io', lastTransitionTime: '2026-08-23T07:21:05Z' },
            { type: 'Ready', status: 'True', reason: 'Issued', message: 'Certificate fetched from issuer successfully', lastTransitionTime: '2026-08-23T07:21:06Z' },
          ],
        }),
        status('Certificate', 'rates-tls', { conditions: [READY], notBefore: '2026-08-23T07:21:06Z', notAfter: '2026-11-21T07:21:05Z', renewalTime: '2026-10-22T07:21:05Z', revision: 2 }),
      ],
    },
  ],
  behaviours: [
    ...around,
    { pods: { namespace: 'cert-manager' }, logs: [{ after: 1, text: 'I{klog}       1 controller.go:284] "starting cert-manager controller" logger="cert-manager.controller" version="v1.18.2"' }] },
    { pods: { namespace: 'cert-manager' }, since: '-30d19m16s', until: '-30d19m', logs: [{ after: 0, text: 'I{klog}       1 trigger_controller.go:232] "Certificate must be re-issued" logger="cert-manager.controller" key="underwriting/rates-tls" reason="Renewing" message="Renewing certificate as renewal was scheduled at 2026-08-23 07:21:04 +0000 UTC"' }] },
    { pods: app('rates'), logs: [{ after: 0.6, text: '{time} INFO rates 3.2.7 starting' }, { after: 0.7, text: '{time} INFO tls: loaded /etc/rates/tls/tls.crt: subject="" dnsNames=[rates rates.underwriting rates.underwriting.svc rates.underwriting.svc.cluster.local] notAfter=2026-09-22T07:21:04Z' }, { after: 0.9, text: '{time} INFO https: listening on :8443' }] },
    { pods: app('rates'), since: EXPIRED, logs: [{ after: 1, every: 4, text: '{date} http: TLS handshake error from {ip:underwriting/quote-engine}:{port}: remote error: tls: expired certificate' }] },
    { pods: app('quote-engine'), logs: [{ after: 2.9, text: '{log4j} INFO  [io.quarkus] (main) quote-engine 14.8.1 native (powered by Quarkus 3.27.0) started in 0.061s. Listening on: http://0.0.0.0:8080' }] },
    { pods: app('quote-engine'), until: EXPIRED, logs: [{ after: 20, every: 25, text: '{log4j} INFO  [de.ass.quo.QuoteResource] (executor-thread-1) quote {id} done in {ms} ms' }] },
    {
      pods: app('quote-engine'),
      since: EXPIRED,
      logs: [
        {
          after: 3,
          every: 19,
          text: `{log4j} ERROR [de.ass.quo.RatesClient] (executor-thread-2) rates not read from https://rates.underwriting.svc/v2/rates: javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed
Caused by: java.security.cert.CertificateExpiredException: NotAfter: Tue Sep 22 07:21:04 UTC 2026
	at java.base/sun.security.x509.CertificateValidity.valid(CertificateValidity.java:154)`,
        },
      ],
    },
  ],
  alert: ownRule('QuoteErrorsHigh', {
    startsAt: '-14m',
    labels: { namespace: NS, service: 'quote-engine', severity: 'critical', team: 'underwriting' },
    summary: 'Quotes cannot be calculated.',
    description: 'quote-engine answers 100% of POST /quotes with 503.',
    expr: 'sum by (namespace, service) (rate(http_server_requests_seconds_count{uri="/quotes",status=~"5.."}[5m])) / sum by (namespace, service) (rate(http_server_requests_seconds_count{uri="/quotes"}[5m])) > 0.05',
  }),
}
