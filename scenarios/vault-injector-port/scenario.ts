import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a chart upgrade moves the port of the injector’s Service; its webhook still calls 443, and a roll-out elsewhere gets no pods',
  now: '2026-10-08T02:41:12Z',
  steps: [
    { at: '-70d2h', manager: 'helm', apply: ['10-vault.yaml'] },
    { at: '-55d4h', manager: 'argocd-controller', apply: ['20-tariffs.yaml'] },
    { at: '-3h12m', manager: 'helm', apply: ['30-injector-service.yaml'] },
    {
      at: '-36m',
      manager: 'argocd-controller',
      patch: [setImage({ kind: 'Deployment', namespace: 'tariffs', name: 'tariff-api' }, 'api', 'registry.grid.example/tariff-api:8.31.0')],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'vault', labels: { component: 'webhook' } },
      admits: () => null,
      logs: [{ after: 1, text: '{time} [INFO]  handler: Starting handler..\nListening on ":8080"...' }],
    },
    {
      pods: { namespace: 'tariffs', labels: { app: 'tariff-api' } },
      logs: [
        { after: 6, text: '{time}  INFO 1 --- [main] c.g.tariff.TariffApplication : Started TariffApplication in 5.113 seconds (process running for 5.6)' },
        { after: 40, every: 45, text: '{time}  INFO 1 --- [nio-8080-exec-3] c.g.tariff.web.PriceController : price zone=EU-7 took={ms}ms' },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'tariffs', deployment: 'tariff-api', startsAt: '-10m' }),
}
