import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { corednsAtWork } from '../shared/own.ts'

export const scenario: Scenario = {
  title: 'no pod of the shop can be made: the policy engine behind a failing-closed webhook is killed for memory at every start',
  now: '2026-09-18T09:47:10Z',
  steps: [
    { at: '-80d', apply: ['shared/kube-prometheus.yaml'] },
    { at: '-61d', manager: 'helm', apply: ['10-kyverno.yaml'] },
    { at: '-61d', manager: 'kyverno', apply: ['15-webhooks.yaml'] },
    { at: '-44d', manager: 'argocd-controller', apply: ['20-storefront.yaml'] },
    {
      at: '-36m',
      manager: 'argocd-controller',
      patch: [setImage({ kind: 'Deployment', namespace: 'storefront', name: 'cart-api' }, 'cart-api', 'registry.example.net/web/cart-api:2026.38.0')],
    },
    { at: '-21m', patch: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'promo', name: 'voucher-service', patch: { spec: { replicas: 4 } } }] },
  ],
  behaviours: [
    corednsAtWork,
    { pods: { namespace: 'kyverno', name: 'kyverno-admission' }, until: '-53m', admits: () => null },
    {
      pods: { namespace: 'kyverno', name: 'kyverno-admission' },
      since: '-53m',
      exits: { code: 137, after: 23, oom: true },
      probes: { startup: { refused: true }, readiness: { refused: true } },
    },
    {
      pods: { namespace: 'kyverno', name: 'kyverno-admission' },
      logs: [
        { after: 0.6, text: 'I{klog}       1 leaderelection.go:250] attempting to acquire leader lease kyverno/kyverno...' },
        { after: 1.1, text: 'I{klog}       1 leaderelection.go:260] successfully acquired lease kyverno/kyverno' },
        { after: 2, text: 'I{klog}       1 shared_informer.go:313] Waiting for caches to sync for certmanager-controller' },
      ],
    },
    { pods: { namespace: 'storefront', labels: { app: 'cart-api' } }, logs: [{ after: 1, text: '{"level":30,"time":"{time}","msg":"Server listening at http://0.0.0.0:3000"}' }, { after: 4, every: 21, text: '{"level":30,"time":"{time}","reqId":"{id}","res":{"statusCode":200},"responseTime":{ms},"msg":"request completed"}' }] },
    { pods: { namespace: 'storefront', labels: { app: 'catalog' } }, logs: [{ after: 17, text: '{time}  INFO 1 --- [catalog] [           main] c.e.catalog.CatalogApplication           : Started CatalogApplication in 15.904 seconds (process running for 16.71)' }] },
  ],
  alert: kubePrometheus.deploymentReplicasMismatch({ namespace: 'storefront', deployment: 'cart-api', startsAt: '-19m' }),
}
