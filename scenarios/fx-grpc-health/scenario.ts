import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

export const scenario: Scenario = {
  title: 'a readiness probe becomes a gRPC one; the program does not serve the health protocol',
  now: '2026-02-25T15:33:00Z',
  steps: [
    { at: '-73d', apply: ['shared/tools.yaml'] },
    { at: '-70d', manager: 'argocd-controller', apply: ['10-treasury.yaml'] },
    {
      at: '-44m',
      manager: 'argocd-controller',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'treasury',
          name: 'fx-quotes',
          patch: {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      name: 'fx-quotes',
                      image: 'artifacts.bank.example/treasury/fx-quotes:1.19.4',
                      readinessProbe: { tcpSocket: null, grpc: { port: 50051 }, periodSeconds: 5, timeoutSeconds: 2 },
                    },
                  ],
                },
              },
            },
          },
        },
      ],
    },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    {
      pods: { namespace: 'treasury', name: 'fx-quotes', where: (pod) => Boolean(pod.spec.containers[0].readinessProbe?.grpc) },
      probes: {
        readiness: {
          output: 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
        },
      },
    },
    {
      pods: { namespace: 'treasury', name: 'fx-quotes' },
      logs: [
        { after: 0.1, text: '{"time":"{time}","level":"INFO","msg":"fx-quotes starting","feed":"lmax","pairs":48}' },
        { after: 0.6, text: '{"time":"{time}","level":"INFO","msg":"feed connected","feed":"lmax","session":"{id}"}\n{"time":"{time}","level":"INFO","msg":"grpc server listening","addr":"[::]:50051"}' },
        { after: 60, every: 60, text: '{"time":"{time}","level":"INFO","msg":"feed heartbeat","lagMs":{ms}}' },
        { after: 4000, every: 32000, text: '{"time":"{time}","level":"WARN","msg":"feed gap, resyncing","feed":"lmax","missed":{n}}' },
      ],
    },
    { pods: { namespace: 'treasury', name: 'hedger' }, logs: [{ after: 2, every: 90, text: '{"time":"{time}","level":"INFO","msg":"hedge evaluated","pair":"EURUSD","openBps":{ms}}' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'treasury', deployment: 'fx-quotes', startsAt: '-18m' }),
}
