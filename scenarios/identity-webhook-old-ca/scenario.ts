import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const archiver = { kind: 'Deployment', namespace: 'statements', name: 'pdf-archiver' } as const

/** The CA as it stood in the repository of manifests on the day it was first rendered. */
const OLD_CA =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIrRENDQVorZ0F3SUJBZ0lVWExmclovU002VDBJWmk3V0hOSTR0NzVVN3dFd0NnWUlLb1pJemowRUF3SXcKVWpFak1DRUdBMVVFQ2d3YVlYcDFjbVV0ZDI5eWEyeHZZV1F0YVdSbGJuUnBkSGt1YVc4eEt6QXBCZ05WQkFNTQpJbUY2ZFhKbExYZHZjbXRzYjJGa0xXbGtaVzUwYVhSNUxYZGxZbWh2YjJzdFkyRXdIaGNOTWpZeE1USXpNak15Ck1UTTNXaGNOTXpZeE1USXdNak15TVRNM1dqQlNNU013SVFZRFZRUUtEQnBoZW5WeVpTMTNiM0pyYkc5aFpDMXAKWkdWdWRHbDBlUzVwYnpFck1Da0dBMVVFQXd3aVlYcDFjbVV0ZDI5eWEyeHZZV1F0YVdSbGJuUnBkSGt0ZDJWaQphRzl2YXkxallUQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJCSEV0dWt2UDEyWFZreG0yQlBMCjAzUmZtMjR6M3oyZG5CWXZrdjlYbmRtbUMrNGwxVHA5YVFaWW9UWW1yOEEya1RpaDNyMU1PZjhvZ3R6U2hNeGoKalFtalV6QlJNQjBHQTFVZERnUVdCQlRIT0Q3V1RRUzVoRzM5Q2xXa2lGUzBsbkowcGpBZkJnTlZIU01FR0RBVwpnQlRIT0Q3V1RRUzVoRzM5Q2xXa2lGUzBsbkowcGpBUEJnTlZIUk1CQWY4RUJUQURBUUgvTUFvR0NDcUdTTTQ5CkJBTUNBMGNBTUVRQ0lHeVZ2VmkwcXhnTkhBSmlXSWhLdy9sRGplV0hXMEVqME1iZjRsbnpIT0hTQWlBR05xZXIKZzJGdGZHbThQbFBFcTVhUHBTS1FybnV1cXJrWjFFYm1UajF5anc9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg=='

export const scenario: Scenario = {
  title: 'the CD tool puts an old CA bundle back into the webhook configuration of workload identity',
  now: '2026-08-19T09:42:00Z',
  steps: [
    { at: '-71d', apply: ['shared/tools.yaml'] },
    { at: '-64d', manager: 'helm', apply: ['10-webhook.yaml'] },
    { at: '-63d', manager: 'argocd-controller', apply: ['20-statements.yaml'] },
    {
      at: '-3h12m',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'MutatingWebhookConfiguration',
          name: 'azure-wi-webhook-mutating-webhook-configuration',
          patch: { webhooks: [{ name: 'mutation.azure-workload-identity.io', clientConfig: { caBundle: OLD_CA } }] },
        },
      ],
    },
    { at: '-37m', manager: 'argocd-controller', patch: [setImage(archiver, 'archiver', 'acrbankprd.azurecr.io/statements/pdf-archiver:2026.8.4')] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'azure-workload-identity-system' },
      admits: () => null,
      logs: [
        { after: 0.3, text: '{time} info entrypoint setup initializing metrics backend {"backend":"prometheus"}' },
        { after: 0.6, text: '{time} info entrypoint setting up cert rotation' },
        { after: 1.1, text: '{time} info cert-rotation starting cert rotator controller\n{time} info cert-rotation no cert refresh needed\n{time} info cert-rotation Ensuring CA cert {"name":"azure-wi-webhook-mutating-webhook-configuration"}' },
        { after: 43200, every: 43200, text: '{time} info cert-rotation no cert refresh needed' },
      ],
    },
    {
      pods: { namespace: 'azure-workload-identity-system' },
      since: '-37m',
      logs: [{ after: 0, every: 140, text: '{date} http: TLS handshake error from 10.20.0.4:{port}: remote error: tls: bad certificate' }],
    },
    { pods: { namespace: 'statements', name: 'pdf-archiver' }, logs: [{ after: 3, every: 47, text: 'info: Bank.Statements.Archiver[14] Archived batch {id} documents={ms} container=statements-2026' }] },
    { pods: { namespace: 'statements', name: 'statement-api' }, logs: [{ after: 3, every: 31, text: 'info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished HTTP/1.1 GET /v1/statements - 200 - application/json {ms}.4102ms' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'statements', deployment: 'pdf-archiver', startsAt: '-12m' }),
}
