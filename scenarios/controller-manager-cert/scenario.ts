import { controllerAlerts } from '../../control-plane/controller-alerts.ts'
import { setImage } from '../../control-plane/patches.ts'
import { DEFAULT_NODES, type Scenario } from '../../control-plane/scenario.ts'

export const scenario: Scenario = {
  title: 'the controller manager’s client certificate has expired; a roll-out is accepted and nothing follows',
  now: '2026-10-20T11:35:55Z',
  nodes: [
    {
      name: 'cp-1',
      ip: '10.20.0.10',
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      labels: { 'node-role.kubernetes.io/control-plane': '' },
    },
    ...DEFAULT_NODES,
  ],
  steps: [
    { at: '-45d', apply: ['10-cp.yaml', '20-app.yaml'] },
    { at: '-57m', stop: 'kube-controller-manager' },
    {
      at: '-50m',
      manager: 'helm',
      patch: [setImage({ kind: 'Deployment', namespace: 'mail', name: 'smtp-relay' }, 'postfix', 'registry.mail.example/postfix:3.10.4')],
    },
  ],
  behaviours: [
    {
      pods: { namespace: 'kube-system', name: 'kube-controller-manager-' },
      since: '-57m',
      exits: { code: 1, after: 12 },
      logs: [
        { after: 1, text: 'I1020 10:39:01.402201       1 controllermanager.go:188] "Starting" version="v1.36.3"' },
        {
          after: 3,
          every: 3,
          text: 'E1020 10:39:04.118821       1 leaderelection.go:448] error retrieving resource lock kube-system/kube-controller-manager: Get "https://10.20.0.10:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager?timeout=5s": tls: expired certificate',
        },
        {
          after: 11,
          text: 'E1020 10:39:12.700019       1 run.go:72] "command failed" err="unable to load client certificate /etc/kubernetes/controller-manager.conf: x509: certificate has expired or is not yet valid: current time 2026-10-20T10:39:12Z is after 2026-10-20T10:38:40Z"',
        },
      ],
    },
  ],
  alert: controllerAlerts.deploymentGenerationMismatch({ namespace: 'mail', deployment: 'smtp-relay', startsAt: '-34m' }),
}
