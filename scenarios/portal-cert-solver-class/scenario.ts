import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Json } from '../../control-plane/api.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'

const status = (apiVersion: string, kind: string, name: string, patch: Json, namespace: string | undefined = 'registry-office'): Patch => ({
  apiVersion,
  kind,
  ...(namespace ? { namespace } : {}),
  name,
  subresource: 'status',
  patch: { status: patch },
})
const CHALLENGE = 'termin-tls-2-3370158172-1184360929'

export const scenario: Scenario = {
  title: 'a certificate is not renewed since the ACME solver’s ingress class is gone',
  now: '2026-10-14T07:12:00Z',
  steps: [
    { at: '-70d3h', apply: ['10-cert-manager.yaml', '11-edge-old.yaml', 'shared/monitoring.yaml'], manager: 'helm' },
    { at: '-70d2h', apply: ['20-issuer.yaml', '30-portal.yaml'] },
    {
      at: '-70d1h58m',
      manager: 'cert-manager-clusterissuers',
      patch: [
        status('cert-manager.io/v1', 'ClusterIssuer', 'letsencrypt-prod', { acme: { uri: 'https://acme-v02.api.letsencrypt.org/acme/acct/2231945', lastRegisteredEmail: 'platform@kreis.example' }, conditions: [{ type: 'Ready', status: 'True', reason: 'ACMEAccountRegistered', message: 'The ACME account was registered with the ACME server', lastTransitionTime: '2026-08-05T05:12:04Z', observedGeneration: 1 }] }, ''),
      ],
    },
    // The ingress controller is replaced: a new one beside it, the Ingresses moved, the old one gone.
    { at: '-26d4h', apply: ['40-edge-new.yaml'], manager: 'helm' },
    { at: '-26d3h', manager: 'kubectl-edit', patch: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: 'registry-office', name: 'termin', patch: { spec: { ingressClassName: 'nginx-public' } } }] },
    {
      at: '-24d22h',
      manager: 'helm',
      delete: [
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ingress', name: 'edge-controller' },
        { apiVersion: 'v1', kind: 'Service', namespace: 'ingress', name: 'edge-controller' },
        { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: 'nginx' },
      ],
    },
    { at: '-2d3h12m', apply: ['50-renewal.yaml'], manager: 'cert-manager-certificaterequests-issuer-acme' },
    {
      at: '-2d3h11m50s',
      manager: 'cert-manager-certificates-readiness',
      patch: [
        status('cert-manager.io/v1', 'Certificate', 'termin-tls', {
          revision: 1,
          notBefore: '2026-08-05T04:20:11Z',
          notAfter: '2026-11-03T04:20:10Z',
          renewalTime: '2026-10-04T04:20:10Z',
          failedIssuanceAttempts: 1,
          lastFailureTime: '2026-10-11T04:21:19Z',
          nextPrivateKeySecretName: 'termin-tls-m8xqv',
          conditions: [
            { type: 'Ready', status: 'True', reason: 'Ready', message: 'Certificate is up to date and has not expired', lastTransitionTime: '2026-08-05T05:20:31Z', observedGeneration: 1 },
            { type: 'Issuing', status: 'True', reason: 'Renewing', message: 'Renewing certificate as renewal was scheduled at 2026-10-04 04:20:10 +0000 UTC', lastTransitionTime: '2026-10-12T04:00:02Z', observedGeneration: 1 },
          ],
        }),
        status('cert-manager.io/v1', 'CertificateRequest', 'termin-tls-2', {
          conditions: [
            { type: 'Approved', status: 'True', reason: 'cert-manager.io', message: 'Certificate request has been approved by cert-manager.io', lastTransitionTime: '2026-10-12T04:00:03Z' },
            { type: 'Ready', status: 'False', reason: 'Pending', message: 'Waiting on certificate issuance from order registry-office/termin-tls-2-3370158172: "pending"', lastTransitionTime: '2026-10-12T04:00:03Z' },
          ],
        }),
        status('acme.cert-manager.io/v1', 'Order', 'termin-tls-2-3370158172', {
          state: 'pending',
          url: 'https://acme-v02.api.letsencrypt.org/acme/order/2231945/431188023177',
          finalizeURL: 'https://acme-v02.api.letsencrypt.org/acme/finalize/2231945/431188023177',
          authorizations: [{ identifier: 'termin.kreis.example', initialState: 'pending', wildcard: false, url: 'https://acme-v02.api.letsencrypt.org/acme/authz/2231945/571930187734' }],
        }),
        status('acme.cert-manager.io/v1', 'Challenge', CHALLENGE, { presented: true, processing: true, state: 'pending', reason: "Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'" }),
      ],
    },
  ],
  behaviours: [
    { pods: { namespace: 'registry-office', name: 'cm-acme-http-solver' }, exits: { code: 0, after: 900_000 } },
    {
      pods: { namespace: 'cert-manager' },
      logs: [
        { after: 2, text: 'I{klog}       1 controller.go:89] "enabled controllers: [certificaterequests-approver certificaterequests-issuer-acme certificates-issuing certificates-readiness certificates-trigger challenges clusterissuers ingress-shim issuers orders]" logger="cert-manager.controller"' },
      ],
    },
    {
      pods: { namespace: 'cert-manager' },
      since: '-2d3h11m50s',
      logs: [
        { after: 10, every: 10, text: `E{klog}       1 sync.go:208] "propagation check failed" err="wrong status code '404', expected '200'" logger="cert-manager.controller" resource_name="${CHALLENGE}" resource_namespace="registry-office" resource_kind="Challenge" resource_version="v1" dnsName="termin.kreis.example" type="HTTP-01"` },
      ],
    },
    {
      pods: { namespace: 'ingress' },
      since: '-2d3h11m50s',
      logs: [
        { after: 10, every: 10, text: '{"time":"{time}","host":"termin.kreis.example","uri":"/.well-known/acme-challenge/8Zc0kq2rF1uVbK3mJt7yXw5hNpQe9sLdAgGoRiTzUxE","status":404,"agent":"cert-manager-challenges/v1.18.2 (linux/amd64) cert-manager/unknown","namespace":"registry-office","ingress":"termin"}' },
        { after: 4, every: 21, text: '{"time":"{time}","host":"termin.kreis.example","uri":"/termine","status":200,"agent":"Mozilla/5.0","namespace":"registry-office","ingress":"termin"}' },
      ],
    },
  ],
  alert: ownRule('CertManagerCertExpirySoon', {
    startsAt: '-1d2h',
    labels: { exported_namespace: 'registry-office', namespace: 'cert-manager', name: 'termin-tls', job: 'cert-manager', severity: 'warning' },
    summary: 'The cert `termin-tls` is 19d 21h 8m 10s from expiry, it should have renewed over a week ago.',
    description: 'The domain that this cert covers will be unavailable after 19d 21h 8m 10s. Clients using endpoints that this cert protects will start to fail in 19d 21h 8m 10s.',
    expr: 'avg by (exported_namespace, namespace, name) (certmanager_certificate_expiration_timestamp_seconds - time()) < (21 * 24 * 3600)',
  }),
}
