import { kubePrometheus } from '../../control-plane/alerts.ts'
import type { KubeObject } from '../../control-plane/api.ts'
import { setContainer, setImage } from '../../control-plane/patches.ts'
import type { Scenario } from '../../control-plane/scenario.ts'
import { dnsAtWork, toolsAtWork } from '../shared/tools.ts'

const registry = { kind: 'Deployment', namespace: 'tools', name: 'registry' } as const
const planner = { kind: 'Deployment', namespace: 'logistics', name: 'route-planner' } as const
const NEW = 'registry.haulage.example/logistics/route-planner:7.3.0'
const isSmall = (pod: KubeObject) => pod.spec.containers[0].resources.limits.memory === '96Mi'

export const scenario: Scenario = {
  title: 'the cluster\'s own registry is out of memory since its limit was cut; a roll-out elsewhere gets 503 for its image',
  now: '2026-07-22T13:05:00Z',
  steps: [
    { at: '-88d', apply: ['shared/tools.yaml', 'shared/front.yaml'] },
    { at: '-87d', manager: 'kustomize-controller', apply: ['10-registry.yaml'] },
    { at: '-60d', manager: 'kustomize-controller', apply: ['20-logistics.yaml'] },
    {
      at: '-2h20m',
      manager: 'kubectl-set',
      patch: [setContainer(registry, 'registry', { resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '96Mi' } } })],
    },
    { at: '-33m', manager: 'kustomize-controller', patch: [setImage(planner, 'planner', NEW)] },
  ],
  behaviours: [
    ...toolsAtWork,
    dnsAtWork,
    { pods: { namespace: 'tools', name: 'registry', where: isSmall }, since: '-46m', exits: { code: 137, after: 21, oom: true } },
    {
      pods: { namespace: 'tools', name: 'registry' },
      logs: [
        { after: 0.4, text: 'time="{utc}" level=info msg="using inmemory blob descriptor cache" environment=production service=registry version=3.0.0\ntime="{utc}" level=info msg="listening on [::]:5000" environment=production service=registry version=3.0.0' },
        { after: 2, every: 10, text: '10.20.1.11 - - [{clf}] "GET /v2/ HTTP/1.1" 200 2 "" "kube-probe/1.36"' },
        { after: 6, every: 70, text: '10.244.0.3 - - [{clf}] "PATCH /v2/logistics/fleet-tracker/blobs/uploads/{id} HTTP/1.1" 202 0 "" "buildkit/v0.24"' },
      ],
    },
    {
      pods: { namespace: 'logistics', where: (pod) => pod.spec.containers[0].image === NEW },
      pull: `failed to pull and unpack image "${NEW}": failed to resolve reference "${NEW}": unexpected status from HEAD request to https://registry.haulage.example/v2/logistics/route-planner/manifests/7.3.0: 503 Service Temporarily Unavailable`,
    },
    { pods: { namespace: 'logistics', name: 'route-planner' }, logs: [{ after: 3, every: 29, text: '{log4j} INFO  [com.hau.rou.PlanResource] (executor-thread-{ms}) planned tour {id}' }] },
    {
      pods: { namespace: 'ingress-nginx' },
      logs: [{ after: 3, every: 127, text: '10.20.1.1 - - [{clf}] "GET /v2/logistics/fleet-tracker/manifests/2.9 HTTP/1.1" 200 1621 "-" "containerd/v2.1.4" 283 0.0{ms} [tools-registry-5000] [] {ip:tools/registry}:5000 1621 0.0{ms} 200 {id}' }],
    },
    {
      pods: { namespace: 'ingress-nginx' },
      since: '-33m',
      logs: [{ after: 2, every: 170, text: '10.20.2.12 - - [{clf}] "HEAD /v2/logistics/route-planner/manifests/7.3.0 HTTP/1.1" 503 0 "-" "containerd/v2.1.4" 291 0.000 [tools-registry-5000] [] - - - - {id}' }],
    },
  ],
  alert: kubePrometheus.deploymentRolloutStuck({ namespace: 'logistics', deployment: 'route-planner', startsAt: '-7m30s' }),
}
