import type { Json } from '../../control-plane/api.ts'
import { ownRule } from '../../control-plane/controller-alerts.ts'
import type { Patch, SaidEvent, Scenario } from '../../control-plane/scenario.ts'
import { around, ingressNginx } from '../shared/around.ts'

const NS = 'box-office'
const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: NS, name: 'tickets-tls' }
const REQUEST = { apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', namespace: NS, name: 'tickets-tls-2' }
const ORDER = { apiVersion: 'acme.cert-manager.io/v1', kind: 'Order', namespace: NS, name: 'tickets-tls-2-2384759010' }
const CHALLENGE = { apiVersion: 'acme.cert-manager.io/v1', kind: 'Challenge', namespace: NS, name: 'tickets-tls-2-2384759010-3311207766' }
const ISSUER = { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', name: 'letsencrypt' }
const status = (object: Omit<Patch, 'patch'>, text: Json): Patch => ({ ...object, patch: { status: text }, subresource: 'status' })
const READY = { type: 'Ready', status: 'True', reason: 'Ready', message: 'Certificate is up to date and has not expired', observedGeneration: 1, lastTransitionTime: '2026-06-14T09:39:51Z' }
const said = (object: SaidEvent['object'], reason: string, message: string, controller: string, first: string): SaidEvent => ({ object, type: 'Normal', reason, message, component: `cert-manager-${controller}`, first })
const pods = { namespace: 'cert-manager', labels: { app: 'cert-manager' } }

export const scenario: Scenario = {
  title: 'a certificate was renewed a minute ago',
  now: '2026-08-13T09:41:10Z',
  nodes: [
    { name: 'kl-worker-1', ip: '172.20.5.21' },
    { name: 'kl-worker-2', ip: '172.20.5.22' },
    { name: 'kl-worker-3', ip: '172.20.5.23' },
  ],
  steps: [
    { at: '-92d', apply: ['shared/kps.yaml', 'shared/edge.yaml', '05-cert-manager.yaml'], manager: 'helm' },
    { at: '-60d1h', apply: ['06-issuer.yaml', '10-box-office.yaml'], manager: 'flux-client-side-apply' },
    {
      at: '-60d1m',
      manager: 'cert-manager-certificates-readiness',
      patch: [
        status(ISSUER, { acme: { uri: 'https://acme-v02.api.letsencrypt.org/acme/acct/2210937451' }, conditions: [{ type: 'Ready', status: 'True', reason: 'ACMEAccountRegistered', message: 'The ACME account was registered with the ACME server', lastTransitionTime: '2026-06-14T08:41:12Z' }] }),
        status(CERTIFICATE, { conditions: [READY], notBefore: '2026-06-14T08:41:13Z', notAfter: '2026-09-12T08:41:12Z', renewalTime: '2026-08-13T08:41:12Z', revision: 1 }),
      ],
    },
    { at: '-59m57s', apply: ['20-request.yaml'], manager: 'cert-manager-certificates-request-manager' },
    {
      at: '-59m56s',
      manager: 'cert-manager-challenges',
      patch: [
        status(CERTIFICATE, {
          conditions: [READY, { type: 'Issuing', status: 'True', reason: 'Renewing', message: 'Renewing certificate as renewal was scheduled at 2026-08-13 08:41:12 +0000 UTC', observedGeneration: 1, lastTransitionTime: '2026-08-13T08:41:12Z' }],
          nextPrivateKeySecretName: 'tickets-tls-vj7k4',
        }),
        status(CHALLENGE, { presented: true, processing: true, state: 'pending', reason: 'Waiting for DNS-01 challenge propagation: DNS record for "stadttheater.example" not yet propagated' }),
      ],
    },
    // The secondary name servers have caught up; the challenge is answered and taken away.
    { at: '-1m41s', manager: 'cert-manager-challenges', patch: [{ ...CHALLENGE, patch: { metadata: { finalizers: null } } }] },
    {
      at: '-1m21s',
      manager: 'cert-manager-orders',
      delete: [CHALLENGE],
      patch: [
        status(ORDER, { state: 'valid', url: 'https://acme-v02.api.letsencrypt.org/acme/order/2210937451/433017825541', finalizeURL: 'https://acme-v02.api.letsencrypt.org/acme/finalize/2210937451/433017825541' }),
        status(REQUEST, {
          conditions: [
            { type: 'Approved', status: 'True', reason: 'cert-manager.io', message: 'Certificate request has been approved by cert-manager.io', lastTransitionTime: '2026-08-13T08:41:13Z' },
            { type: 'Ready', status: 'True', reason: 'Issued', message: 'Certificate fetched from issuer successfully', lastTransitionTime: '2026-08-13T09:39:49Z' },
          ],
        }),
      ],
    },
    { at: '-1m20s', manager: 'cert-manager-certificates-issuing', apply: ['21-new-secret.yaml'] },
    {
      at: '-1m19s',
      manager: 'cert-manager-certificates-readiness',
      patch: [status(CERTIFICATE, { conditions: [READY], nextPrivateKeySecretName: null, notBefore: '2026-08-13T08:41:18Z', notAfter: '2026-11-11T08:41:17Z', renewalTime: '2026-10-12T08:41:17Z', revision: 2 })],
      events: [
        said(CERTIFICATE, 'Issuing', 'Renewing certificate as renewal was scheduled at 2026-08-13 08:41:12 +0000 UTC', 'certificates-trigger', '-59m58s'),
        said(CERTIFICATE, 'Generated', 'Stored new private key in temporary Secret resource "tickets-tls-vj7k4"', 'certificates-key-manager', '-59m58s'),
        said(CERTIFICATE, 'Requested', 'Created new CertificateRequest resource "tickets-tls-2"', 'certificates-request-manager', '-59m57s'),
        said(ORDER, 'Created', 'Created Challenge resource "tickets-tls-2-2384759010-3311207766" for domain "stadttheater.example"', 'orders', '-59m55s'),
        said(ORDER, 'Complete', 'Order completed successfully', 'orders', '-1m22s'),
        said(REQUEST, 'CertificateIssued', 'Certificate fetched from issuer successfully', 'certificaterequests-issuer-acme', '-1m21s'),
        said(CERTIFICATE, 'Issuing', 'The certificate has been successfully issued', 'certificates-issuing', '-1m20s'),
      ],
    },
  ],
  behaviours: [
    ...around,
    ingressNginx,
    {
      pods,
      logs: [
        { after: 1, text: 'I{klog}       1 controller.go:284] "starting cert-manager controller" logger="cert-manager.controller" version="v1.19.1" git_commit="6afcbe4d5b4e4a9b2e8a9b0c7ae0ab3e0d7f8b1c" go_version="go1.25.3" platform="linux/amd64"' },
        { after: 19, text: 'I{klog}       1 leaderelection.go:271] successfully acquired lease kube-system/cert-manager-controller' },
      ],
    },
    {
      pods,
      since: '-59m58s',
      until: '-1m45s',
      logs: [
        { after: 0, text: 'I{klog}       1 trigger_controller.go:232] "Certificate must be re-issued" logger="cert-manager.controller" key="box-office/tickets-tls" reason="Renewing" message="Renewing certificate as renewal was scheduled at 2026-08-13 08:41:12 +0000 UTC"' },
        { after: 0.1, text: 'I{klog}       1 conditions.go:203] Setting lastTransitionTime for Certificate "tickets-tls" condition "Issuing" to 2026-08-13 08:41:12.114303991 +0000 UTC m=+7948471.221' },
        { after: 1.2, text: 'I{klog}       1 conditions.go:263] Setting lastTransitionTime for CertificateRequest "tickets-tls-2" condition "Approved" to 2026-08-13 08:41:13.201771042 +0000 UTC m=+7948472.309' },
        { after: 6, every: 10, text: 'E{klog}       1 sync.go:208] "propagation check failed" err="DNS record for \\"stadttheater.example\\" not yet propagated" logger="cert-manager.controller" resource_name="tickets-tls-2-2384759010-3311207766" resource_namespace="box-office" resource_kind="Challenge" resource_version="v1" dnsName="stadttheater.example" type="DNS-01"' },
      ],
    },
    {
      pods,
      since: '-1m22s',
      logs: [
        { after: 0, text: 'I{klog}       1 acme.go:236] "certificate issued" logger="cert-manager.controller.sign" resource_name="tickets-tls-2" resource_namespace="box-office" resource_kind="CertificateRequest" resource_version="v1" related_resource_name="tickets-tls-2-2384759010" related_resource_namespace="box-office" related_resource_kind="Order" related_resource_version="v1"' },
        { after: 0.2, text: 'I{klog}       1 conditions.go:252] Found status change for CertificateRequest "tickets-tls-2" condition "Ready": "False" -> "True"; setting lastTransitionTime to 2026-08-13 09:39:49.031177200 +0000 UTC m=+7951988.138' },
      ],
    },
    { pods: { namespace: NS, labels: { app: 'seat-shop' } }, logs: [{ after: 4, text: '=> Booting Puma\n* Listening on http://0.0.0.0:3000' }, { after: 12, every: 17, text: 'I, [{time} #1]  INFO -- : [{id}] Completed 200 OK in {ms}ms (Views: 9.1ms | ActiveRecord: 3.0ms)' }] },
    { pods: { namespace: 'ingress-nginx' }, container: 'controller', since: '-1m20s', logs: [{ after: 1, text: 'I{klog}       7 backend_ssl.go:67] "Adding secret to local store" name="box-office/tickets-tls"' }] },
  ],
  alert: ownRule('CertificateExpiresSoon', {
    startsAt: '-29m',
    labels: { namespace: NS, name: 'tickets-tls', issuer_kind: 'ClusterIssuer', issuer_name: 'letsencrypt', job: 'cert-manager', severity: 'warning' },
    summary: 'A certificate expires in less than 30 days.',
    description: 'Certificate box-office/tickets-tls expires in 29d 23h; it should have been renewed by now.',
    expr: 'certmanager_certificate_expiration_timestamp_seconds - time() < 30 * 86400',
  }),
}
