import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'
import { platformAtWork } from '../shared/noise.ts'

const status = (kind: string, name: string, status: Patch['patch']): Patch => ({
  apiVersion: 'cert-manager.io/v1',
  kind,
  ...(kind === 'ClusterIssuer' ? {} : { namespace: 'claims' }),
  name,
  subresource: 'status',
  patch: { status },
})
const condition = (type: string, is: boolean, reason: string, message: string, at: string) => ({
  type,
  status: is ? 'True' : 'False',
  reason,
  message,
  lastTransitionTime: at,
  observedGeneration: 1,
})
const UP = 'Certificate is up to date and has not expired'
const registered = [
  condition('Ready', true, 'ACMEAccountRegistered', 'The ACME account was registered with the ACME server', '2026-06-10T02:21:14Z'),
]

export const scenario: Scenario = {
  title: 'a certificate ran out since its issuer was renamed',
  now: '2026-09-08T07:31:18Z',
  steps: [
    { at: '-90d5h12m', apply: ['shared/edge-nginx.yaml', 'shared/watchers.yaml', '05-crds.yaml'], manager: 'helm' },
    { at: '-90d5h11m', apply: ['20-issuer.yaml', '10-claims.yaml'], manager: 'helm' },
    {
      at: '-90d5h10m',
      manager: 'cert-manager-clusterissuers',
      patch: [
        status('ClusterIssuer', 'letsencrypt-prod', { conditions: registered }),
        status('ClusterIssuer', 'letsencrypt-production', { conditions: registered }),
      ],
    },
    { at: '-54d', delete: [{ apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', name: 'letsencrypt-prod' }] },
    { at: '-30d4h59m52s', apply: ['31-secret.yaml', '30-request.yaml'], manager: 'cert-manager-certificates-request-manager' },
    {
      at: '-30d4h59m50s',
      manager: 'cert-manager-certificaterequests-issuer-acme',
      patch: [
        status('CertificateRequest', 'claims-portal-tls-2', {
          conditions: [
            condition(
              'Approved',
              true,
              'cert-manager.io',
              'Certificate request has been approved by cert-manager.io',
              '2026-08-09T02:31:28Z',
            ),
            condition(
              'Ready',
              false,
              'Pending',
              'Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "letsencrypt-prod" not found',
              '2026-08-09T02:31:28Z',
            ),
          ],
        }),
      ],
    },
    {
      at: '-4h59m50s',
      manager: 'cert-manager-certificates-readiness',
      patch: [
        status('Certificate', 'claims-portal-tls', {
          revision: 1,
          nextPrivateKeySecretName: 'claims-portal-tls-x7kqp',
          notBefore: '2026-06-10T02:31:25Z',
          notAfter: '2026-09-08T02:31:25Z',
          renewalTime: '2026-08-09T02:31:25Z',
          conditions: [
            condition('Ready', false, 'Expired', 'Certificate expired on Tue, 08 Sep 2026 02:31:25 UTC', '2026-09-08T02:31:26Z'),
            condition(
              'Issuing',
              true,
              'Renewing',
              'Renewing certificate as renewal was scheduled at 2026-08-09 02:31:25 +0000 UTC',
              '2026-08-09T02:31:25Z',
            ),
          ],
        }),
        status('Certificate', 'partner-api-tls', {
          revision: 2,
          notBefore: '2026-08-18T11:09:40Z',
          notAfter: '2026-11-16T11:09:39Z',
          renewalTime: '2026-10-17T11:09:39Z',
          conditions: [condition('Ready', true, 'Ready', UP, '2026-06-10T02:31:27Z')],
        }),
      ],
    },
  ],
  behaviours: [
    ...platformAtWork,
    {
      pods: { namespace: 'cert-manager', labels: { app: 'cert-manager' } },
      logs: [
        {
          after: 3,
          text: 'I{klog}       1 controller.go:289] "starting cert-manager controller" logger="cert-manager.controller" version="v1.18.2" git_commit="6e38ee57a338a1f27bb724ddb5933f4b8e23e567"',
        },
      ],
    },
    {
      pods: { namespace: 'cert-manager', labels: { app: 'cert-manager' } },
      since: '-30d4h59m',
      logs: [
        {
          after: 8,
          every: 36000,
          text: 'I{klog}       1 sync.go:75] "cert-manager.certificaterequests-issuer-acme: referenced issuer not found" resource_name="claims-portal-tls-2" resource_namespace="claims" resource_kind="CertificateRequest" resource_version="v1" error="clusterissuer.cert-manager.io \\"letsencrypt-prod\\" not found"',
        },
      ],
    },
    {
      pods: { namespace: 'ingress', labels: { 'app.kubernetes.io/component': 'controller' } },
      logs: [
        {
          after: 9,
          every: 40,
          text: '93.184.{ms}.{ms} - - [{clf}] "GET /v1/cases/{id} HTTP/1.1" 200 9{ms} "-" "okhttp/5.1.0" 512 0.0{ms} [claims-partner-api-http] [] {ip:claims/partner-api}:8080 9{ms} 0.0{ms} 200 {id}{id}',
        },
      ],
    },
    {
      pods: { namespace: 'ingress', labels: { 'app.kubernetes.io/component': 'controller' } },
      since: '-4h59m53s',
      logs: [
        {
          after: 300,
          every: 3600,
          text: 'W{klog}       7 controller.go:1410] SSL certificate for server "schaden.nordlicht-versicherung.example" is about to expire (2026-09-08 02:31:25 +0000 UTC)',
        },
      ],
    },
    {
      pods: { namespace: 'claims', labels: { app: 'claims-portal' } },
      logs: [
        {
          after: 8,
          every: 600,
          text: '{"method":"GET","path":"/up","format":"html","controller":"Rails::HealthController","status":200,"duration":0.{ms}}',
        },
      ],
    },
    {
      pods: { namespace: 'claims', labels: { app: 'partner-api' } },
      logs: [{ after: 8, every: 45, text: '{"ts":"{time}","msg":"GET /v1/cases/{id}","status":200,"ms":{ms}}' }],
    },
  ],
  alert: ownRule('CertManagerCertNotReady', {
    startsAt: '-4h49m',
    labels: {
      name: 'claims-portal-tls',
      exported_namespace: 'claims',
      namespace: 'cert-manager',
      condition: 'False',
      severity: 'critical',
    },
    summary: 'The cert `claims-portal-tls` is not ready to serve traffic.',
    description:
      'This certificate has not been ready to serve traffic for at least 10m. If the cert is being renewed or there is another valid cert, the ingress controller _may_ be able to serve that instead.',
    expr: 'max by (name, exported_namespace, namespace, condition) (certmanager_certificate_ready_status{condition!="True"} == 1)',
  }),
}
