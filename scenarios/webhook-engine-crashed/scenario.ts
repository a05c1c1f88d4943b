import { kubePrometheus } from '../../control-plane/alerts.ts'
import { setContainer, setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'a policy engine that does not start keeps every new pod out',
  now: '2026-10-21T04:16:27Z',
  steps: [
    { at: '-66d', apply: ['10-policy.yaml', '20-dispatch.yaml'] },
    { at: '-1h2m', manager: 'helm', patch: [setContainer({ kind: 'Deployment', namespace: 'policy-system', name: 'policy-engine' }, 'engine', { image: 'ghcr.io/policy-example/engine:2.0.1', args: ['--port=9443', '--audit-interval=60', '--legacy-rego=true'] })] },
    { at: '-31m', manager: 'argocd-controller', patch: [setImage({ kind: 'Deployment', namespace: 'dispatch', name: 'route-planner' }, 'route-planner', 'registry.fleet.example/route-planner:14.3.0')] },
  ],
  behaviours: [
    {
      pods: { namespace: 'policy-system', where: (pod) => pod.spec.containers[0].args.includes('--legacy-rego=true') },
      exits: { code: 2, after: 1 },
      logs: [{ after: 0.4, text: 'flag provided but not defined: -legacy-rego\nUsage of /engine:\n  -audit-interval int\n    \tseconds between audits (default 60)\n  -port int\n    \tport of the webhook (default 9443)' }],
    },
    { pods: { namespace: 'policy-system' }, admits: () => null, logs: [{ after: 1, text: '{"level":"info","ts":"{time}","logger":"controller-runtime.webhook","msg":"Serving webhook server","host":"","port":9443}' }] },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'dispatch', deployment: 'route-planner', startsAt: '-5m' }),
}
