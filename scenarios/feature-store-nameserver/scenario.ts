import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a roll-out gives the pods of feature-api a nameserver of their own (dnsPolicy None) that is not reachable',
  now: '2026-06-18T07:40:02Z',
  steps: [
    { at: '-20d', apply: ['10-ml.yaml'] },
    {
      at: '-48m30s',
      manager: 'kubectl-patch',
      patch: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'features',
          name: 'feature-api',
          patch: { spec: { template: { spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['6.7.8.9'] } } } } },
        },
      ],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'features', labels: { app: 'feature-api' }, where: (pod: KubeObject) => pod.spec.dnsPolicy === 'None' },
      exits: { code: 1, after: 31 },
      listens: [],
      logs: [
        { after: 1, text: 'INFO:     Started server process [1]\nINFO:     Waiting for application startup.' },
        {
          after: 30,
          text: `ERROR:    Traceback (most recent call last):
  File "/opt/venv/lib/python3.13/site-packages/redis/asyncio/connection.py", line 293, in connect
    await self.retry.call_with_retry(
redis.exceptions.ConnectionError: Error -3 connecting to online-store:6379. Temporary failure in name resolution.
ERROR:    Application startup failed. Exiting.`,
        },
      ],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'features', deployment: 'feature-api', startsAt: '-23m' }),
}
