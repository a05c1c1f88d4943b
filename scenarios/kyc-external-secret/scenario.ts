import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer } from '../../control-plane/patches.ts'
import type { Patch, Scenario } from '../../control-plane/scenario.ts'

const status = (name: string, reason: string, ready: string, message: string, at: string, more: object = {}): Patch => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  namespace: 'onboarding',
  name,
  subresource: 'status',
  patch: { status: { conditions: [{ type: 'Ready', status: ready, reason, message, lastTransitionTime: at }], ...more } },
})

export const scenario: Scenario = {
  title: 'a new version waits for a Secret that External Secrets cannot make, since its entry is not in the store',
  now: '2026-09-02T15:08:41Z',
  steps: [
    { at: '-85d', apply: ['shared/monitoring.yaml', '10-eso.yaml'], manager: 'helm' },
    { at: '-62d', apply: ['20-onboarding.yaml'], manager: 'argocd-controller' },
    {
      at: '-61d23h59m',
      manager: 'external-secrets',
      patch: [
        status('kyc-api', 'SecretSynced', 'True', 'secret synced', '2026-07-02T15:09:02Z', { binding: { name: 'kyc-api' }, refreshTime: '2026-09-02T14:31:07Z', syncedResourceVersion: '1-5b7d9a1c' }),
        { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', name: 'aws-prod', subresource: 'status', patch: { status: { capabilities: 'ReadWrite', conditions: [{ type: 'Ready', status: 'True', reason: 'Valid', message: 'store validated', lastTransitionTime: '2026-07-02T15:08:55Z' }] } } },
      ],
    },
    { at: '-45m30s', apply: ['30-webhook.yaml'], manager: 'argocd-controller' },
    { at: '-45m28s', manager: 'external-secrets', patch: [status('kyc-webhook', 'SecretSyncedError', 'False', 'could not get secret data from provider', '2026-09-02T14:23:13Z')] },
    {
      at: '-45m20s',
      manager: 'argocd-controller',
      patch: [
        setContainer({ kind: 'Deployment', namespace: 'onboarding', name: 'kyc-api' }, 'kyc-api', {
          image: 'registry.neonest-bank.example/onboarding/kyc-api:1.45.0',
          env: [{ name: 'Webhook__SigningKey', valueFrom: { secretKeyRef: { name: 'kyc-webhook', key: 'signing-key' } } }],
        }),
      ],
    },
    { at: '-80s', apply: ['40-event.yaml'], manager: 'external-secrets' },
  ],
  behaviours: [
    {
      pods: { namespace: 'external-secrets' },
      logs: [
        { after: 2, text: '{"level":"info","ts":{epoch},"logger":"setup","msg":"starting manager"}' },
        { after: 3600, every: 3600, text: '{"level":"info","ts":{epoch},"logger":"controllers.ExternalSecret","msg":"reconciled secret","ExternalSecret":{"name":"kyc-api","namespace":"onboarding"}}' },
      ],
    },
    {
      pods: { namespace: 'external-secrets' },
      since: '-45m28s',
      logs: [
        {
          after: 0,
          every: 163,
          text: '{"level":"error","ts":{epoch},"msg":"Reconciler error","controller":"externalsecret","controllerGroup":"external-secrets.io","controllerKind":"ExternalSecret","ExternalSecret":{"name":"kyc-webhook","namespace":"onboarding"},"namespace":"onboarding","name":"kyc-webhook","reconcileID":"{id}","error":"error processing spec.data[0] (key: stage/onboarding/idnow-webhook), err: Secret does not exist","stacktrace":"sigs.k8s.io/controller-runtime/pkg/internal/controller.(*Controller[...]).reconcileHandler\\n\\t/home/runner/go/pkg/mod/sigs.k8s.io/controller-runtime@v0.21.0/pkg/internal/controller/controller.go:353"}',
        },
      ],
    },
    { pods: { namespace: 'onboarding' }, logs: [{ after: 3, every: 14, text: '{"Timestamp":"{time}","Level":"Information","MessageTemplate":"identification finished","Properties":{"caseId":"{id}","elapsedMs":{ms}}}' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'onboarding', deployment: 'kyc-api', startsAt: '-20m' }),
}
