import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer, setImage } from '../../control-plane/patches.ts'
import { notReady } from '../shared/alerts.ts'
import type { Scenario } from '../../control-plane/scenario.ts'

const isNew = (pod: KubeObject) => pod.spec.containers[0].args[1] === '--routing-mode=vxlan'
const id = '8f27cf1a5a1d4ce0bb6a6f3a0d1b3c69aa7bb9b4a51e5b1f26c5a85c2b9fbd10'

export const scenario: Scenario = {
  title: 'the network agent is rolled out with an argument it refuses and dies on the first node; new pods there get no sandbox',
  now: '2026-05-05T16:50:18Z',
  steps: [
    { at: '-41d3h12m8s', apply: ['10-agent.yaml', '20-app.yaml'] },
    {
      at: '-44m12s',
      manager: 'helm',
      patch: [setContainer({ kind: 'DaemonSet', namespace: 'kube-system', name: 'netagent' }, 'agent', { args: ['--config-dir=/tmp/cilium/config-map', '--routing-mode=vxlan'] })],
    },
    { at: '-31m', manager: 'kubectl-set', patch: [setImage({ kind: 'Deployment', namespace: 'booking', name: 'availability' }, 'api', 'ghcr.io/booking-example/availability:89')] },
  ],
  behaviours: [
    {
      pods: { labels: { 'k8s-app': 'netagent' }, where: isNew },
      exits: { code: 1, after: 2 },
      logs: [
        { after: 0.5, text: 'time="{time}" level=info msg="  --routing-mode=\'vxlan\'" subsys=daemon' },
        { after: 1, text: 'time="{time}" level=fatal msg="invalid routing mode \\"vxlan\\": must be one of native, tunnel" subsys=daemon' },
      ],
    },
    {
      // The first node whose agent was replaced.
      pods: { namespace: 'booking', where: (pod) => pod.spec.containers[0].image.endsWith(':89') },
      sandbox: `rpc error: code = Unknown desc = failed to setup network for sandbox "${id}": plugin type="cilium-cni" failed (add): unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout: Get "http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory. Is the agent running?`,
    },
    { pods: { labels: { 'k8s-app': 'netagent' } }, logs: [{ after: 3, text: 'time="{time}" level=info msg="Daemon initialization completed" bootstrapTime=6.2s subsys=daemon' }] },
  ],
  alert: notReady('booking', 'availability-', '-14m'),
}
