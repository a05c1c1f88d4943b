import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#cluster'
import { ago, cause, crashing, deployment, event, node, object, podSpec, running, service, unplaced, unready, job } from '../fixtures.ts'

/** Incidents as post-mortems and support tickets tell them; each in the words of the program that says it. */

type Raw = Record<string, any>
type Case = [what: string, target: string | null, objects: (KubeObject | KubeObject[])[], expected: string]

const elsewhere = (namespace: string, objects: KubeObject[]): KubeObject[] => {
  for (const o of objects) o.metadata.namespace = namespace
  return objects
}
const cluster = (apiVersion: string, kind: string, name: string, rest: Raw = {}): KubeObject => {
  const made = object(apiVersion, kind, name, rest)
  const { namespace: _, ...metadata } = made.metadata
  return { ...made, metadata }
}
const lacking = (name: string, spec = podSpec()): KubeObject[] => deployment(name, spec, [], { replicas: 2 })
const refusedBy = (name: string, message: string, spec = podSpec()): KubeObject[] => {
  const all = lacking(name, spec)
  return [...all, event(all[1]!, 'FailedCreate', `Error creating: ${message}`)]
}
const RBAC = 'rbac.authorization.k8s.io/v1'
const role = (name: string, rules: Raw[]): KubeObject => cluster(RBAC, 'ClusterRole', name, { rules })
const bound = (name: string, account: string, namespace = 'shop'): KubeObject =>
  cluster(RBAC, 'ClusterRoleBinding', name, {
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  })
const said = (lines: string, more: Raw = {}): Raw => ({ ...running, log: lines, ...more })
const noAccess = (verb: string, resource: string, group: string, account = 'shop:operator'): string =>
  `E0501 11:59:01.000000 1 reflector.go:166] failed to list: ${resource}.${group} is forbidden: User "system:serviceaccount:${account}" cannot ${verb} resource "${resource}" in API group "${group}" at the cluster scope`

const ADMISSION: Case[] = [
  [
    'Kyverno is scaled to zero, its webhook fails closed',
    'Deployment shop/web',
    [
      refusedBy(
        'web',
        'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s": no endpoints available for service "kyverno-svc"',
      ),
      cluster('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'kyverno-resource', {
        webhooks: [
          {
            name: 'validate.kyverno.svc-fail',
            failurePolicy: 'Fail',
            clientConfig: { service: { name: 'kyverno-svc', namespace: 'kyverno' } },
          },
        ],
      }),
      elsewhere('kyverno', [
        ...deployment('kyverno', podSpec(), [], { replicas: 0 }),
        service('kyverno-svc', { app: 'kyverno' }, [{ port: 443, targetPort: 9443 }]),
      ]),
    ],
    'Deployment kyverno/kyverno: spec.replicas',
  ],
  [
    'Kyverno objects to a container without limits',
    'Deployment shop/web',
    [
      refusedBy(
        'web',
        'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/shop/web-1 was blocked due to the following policies \n\nrequire-limits:\n  check-limits: \'validation error: CPU limits are required. rule check-limits failed at path /spec/containers/0/resources/limits/cpu/\'',
      ),
    ],
    'Deployment shop/web: spec.template.spec.containers[name=app].resources.limits.cpu',
  ],
  [
    'Gatekeeper objects to a registry',
    'Deployment shop/web',
    [
      refusedBy(
        'web',
        'admission webhook "validation.gatekeeper.sh" denied the request: [prod-repos] container <app> has an invalid image repo <docker.io/acme/web:1>, allowed repos are ["registry.acme.example/"]',
        podSpec({ image: 'docker.io/acme/web:1' }),
      ),
    ],
    'Deployment shop/web: spec.template.spec.containers[name=app].image',
  ],
  [
    'Gatekeeper wants a label',
    'Deployment shop/web',
    [
      refusedBy(
        'web',
        'admission webhook "validation.gatekeeper.sh" denied the request: [must-have-owner] you must provide labels: {"owner"}',
      ),
    ],
    'Deployment shop/web: spec.template.metadata.labels',
  ],
  [
    'a webhook asks about its own pods',
    'Deployment shop/guard',
    [
      refusedBy(
        'guard',
        'Internal error occurred: failed calling webhook "pods.guard.dev": failed to call webhook: Post "https://guard.shop.svc:443/pods?timeout=10s": no endpoints available for service "guard"',
      ),
      cluster('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'guard', {
        webhooks: [{ name: 'pods.guard.dev', clientConfig: { service: { name: 'guard', namespace: 'shop' } } }],
      }),
      service('guard', { app: 'guard' }),
    ],
    'MutatingWebhookConfiguration guard: webhooks[name=pods.guard.dev].namespaceSelector',
  ],
  [
    'a Deployment may make no ReplicaSet more',
    'Deployment shop/web',
    [
      object('apps/v1', 'Deployment', 'web', {
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: podSpec() },
        },
        status: {
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ReplicaSetCreateError',
              message:
                'Failed to create new replica set "web-7f9": replicasets.apps "web-7f9" is forbidden: exceeded quota: objects, requested: count/replicasets.apps=1, used: count/replicasets.apps=40, limited: count/replicasets.apps=40',
              lastTransitionTime: ago('20m'),
            },
          ],
        },
      }),
      object('v1', 'ResourceQuota', 'objects', {
        spec: { hard: { 'count/replicasets.apps': '40' } },
        status: { hard: { 'count/replicasets.apps': '40' }, used: { 'count/replicasets.apps': '40' } },
      }),
    ],
    'ResourceQuota shop/objects: spec.hard[count/replicasets.apps]',
  ],
  [
    'a CronJob may make no Job more',
    'CronJob shop/report',
    (() => {
      const cron = object('batch/v1', 'CronJob', 'report', {
        spec: { schedule: '*/10 * * * *', jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: { lastScheduleTime: ago('5h') },
      })
      return [
        cron,
        event(
          cron,
          'FailedCreate',
          'Error creating job: jobs.batch "report-29" is forbidden: exceeded quota: objects, requested: count/jobs.batch=1, used: count/jobs.batch=20, limited: count/jobs.batch=20',
        ),
        object('v1', 'ResourceQuota', 'objects', {
          spec: { hard: { 'count/jobs.batch': '20' } },
          status: { hard: { 'count/jobs.batch': '20' }, used: { 'count/jobs.batch': '20' } },
        }),
      ]
    })(),
    'ResourceQuota shop/objects: spec.hard[count/jobs.batch]',
  ],
  [
    'an operator of a newer version may not list what it watches',
    'Deployment shop/operator',
    [
      deployment('operator', podSpec({}, { serviceAccountName: 'operator' }), [
        said([noAccess('list', 'widgets', 'acme.dev'), noAccess('list', 'widgets', 'acme.dev')].join('\n')),
      ]),
      role('operator', [{ apiGroups: ['acme.dev'], resources: ['gadgets'], verbs: ['*'] }]),
      bound('operator', 'operator'),
    ],
    'ClusterRole operator: rules',
  ],
  [
    'an operator whose binding names another namespace',
    'Deployment shop/operator',
    [
      deployment('operator', podSpec({}, { serviceAccountName: 'operator' }), [crashing(1, noAccess('list', 'widgets', 'acme.dev'))]),
      role('operator', [{ apiGroups: ['acme.dev'], resources: ['widgets'], verbs: ['list', 'watch'] }]),
      bound('operator', 'operator', 'default'),
    ],
    'ClusterRoleBinding operator: subjects',
  ],
  [
    'an operator that may not set finalizers',
    'Deployment shop/operator',
    [
      deployment('operator', podSpec({}, { serviceAccountName: 'operator' }), [
        said(
          Array.from(
            { length: 4 },
            () =>
              '{"level":"error","msg":"Reconciler error","error":"deployments.apps \\"web\\" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on: , <nil>"}',
          ).join('\n'),
        ),
      ]),
      role('operator', [{ apiGroups: ['acme.dev'], resources: ['widgets'], verbs: ['*'] }]),
      bound('operator', 'operator'),
    ],
    'ClusterRole operator: rules',
  ],
  [
    'a program looks for the token that its account does not mount',
    'Deployment shop/web',
    [
      deployment('web', podSpec({}, { automountServiceAccountToken: false }), [
        crashing(1, 'panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory'),
      ]),
    ],
    'Deployment shop/web: spec.template.spec.automountServiceAccountToken',
  ],
  [
    'the same, where the account says so',
    'Deployment shop/web',
    [
      deployment('web', podSpec({}, { serviceAccountName: 'web' }), [
        crashing(
          1,
          'failed to load in-cluster config: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
        ),
      ]),
      object('v1', 'ServiceAccount', 'web', { automountServiceAccountToken: false }),
    ],
    'ServiceAccount shop/web: automountServiceAccountToken',
  ],
]

const waits = (message: string, spec = podSpec()): KubeObject[] => deployment('web', spec, [unplaced(message)])
const SCHEDULING: Case[] = [
  [
    'Karpenter may add no more nodes',
    'Deployment shop/web',
    (() => {
      const all = waits('0/3 nodes are available: 3 Insufficient cpu.', podSpec({ resources: { requests: { cpu: '2' } } }))
      const pool = cluster('karpenter.sh/v1', 'NodePool', 'general', {
        spec: { limits: { cpu: '100' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      })
      return [
        all,
        node('n1'),
        node('n2'),
        node('n3'),
        pool,
        event(
          all[2]!,
          'FailedScheduling',
          'Failed to schedule pod, incompatible with nodepool "general", daemonset overhead={"cpu":"300m","pods":"4"}, all available instance types exceed limits for nodepool',
        ),
      ]
    })(),
    'NodePool general: spec.limits',
  ],
  [
    'the autoscaler has reached its own maximum',
    'Deployment shop/web',
    (() => {
      const all = waits('0/3 nodes are available: 3 Insufficient memory.', podSpec({ resources: { requests: { memory: '2Gi' } } }))
      const ca = elsewhere(
        'kube-system',
        deployment('cluster-autoscaler', podSpec({ command: ['./cluster-autoscaler', '--nodes=1:3:workers-a'] }), [running]),
      )
      return [
        all,
        node('n1'),
        node('n2'),
        node('n3'),
        ca,
        event(all[2]!, 'NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached", { type: 'Normal' }),
      ]
    })(),
    'Deployment kube-system/cluster-autoscaler: spec.template.spec.containers[name=app].command[1]',
  ],
  [
    'more volumes than a node can attach',
    'Deployment shop/web',
    [waits('0/2 nodes are available: 2 node(s) exceed max volume count.'), node('n1'), node('n2')],
    'Deployment shop/web: spec.replicas',
  ],
]

const ROLL_OUTS: Case[] = [
  [
    'a time zone that nobody knows',
    'CronJob shop/report',
    (() => {
      const cron = object('batch/v1', 'CronJob', 'report', {
        spec: { schedule: '0 4 * * *', timeZone: 'Europe/Berln', jobTemplate: { spec: { template: { spec: podSpec() } } } },
        status: {},
      })
      return [cron, event(cron, 'UnknownTimeZone', 'invalid timeZone: "Europe/Berln": unknown time zone Europe/Berln')]
    })(),
    'CronJob shop/report: spec.timeZone',
  ],
  [
    'a Job that may run no pod',
    'Job shop/import',
    [job('import', podSpec(), [], { spec: { parallelism: 0 } })],
    'Job shop/import: spec.parallelism',
  ],
  [
    'a custom resource is held by the finalizer of an operator that is gone',
    null,
    [
      object('acme.dev/v1', 'Widget', 'old', {
        metadata: { deletionTimestamp: ago('2h'), finalizers: ['acme.dev/cleanup'] },
        spec: {},
        status: {},
      }),
    ],
    'Widget shop/old: metadata.finalizers',
  ],
  [
    'a custom resource is held by the finalizer of an operator that crashes',
    null,
    [
      object('acme.dev/v1', 'Widget', 'old', {
        metadata: { deletionTimestamp: ago('2h'), finalizers: ['acme.dev/cleanup'] },
        spec: {},
        status: {},
      }),
      role('acme', [{ apiGroups: ['acme.dev'], resources: ['widgets', 'widgets/status', 'widgets/finalizers'], verbs: ['update'] }]),
      bound('acme', 'acme', 'acme-system'),
      elsewhere(
        'acme-system',
        deployment('acme', podSpec({ args: ['--zap-level=info'] }, { serviceAccountName: 'acme' }), [
          crashing(2, 'unknown flag: --zap-level'),
        ]),
      ),
    ],
    'Deployment acme-system/acme: spec.template.spec.containers[name=app].args[0]',
  ],
  [
    'an operator that nobody has given its CRDs',
    'Deployment shop/operator',
    [
      deployment('operator', podSpec(), [
        crashing(
          1,
          'ERROR setup unable to start manager {"error": "no matches for kind \\"ServiceMonitor\\" in version \\"monitoring.coreos.com/v1\\""}',
        ),
      ]),
    ],
    'CustomResourceDefinition servicemonitors.monitoring.coreos.com: -',
  ],
  [
    'a CRD that serves another version than the operator asks for',
    'Deployment shop/operator',
    [
      deployment('operator', podSpec(), [crashing(1, 'no matches for kind "Widget" in version "acme.dev/v2"')]),
      cluster('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.acme.dev', {
        spec: { group: 'acme.dev', names: { kind: 'Widget', plural: 'widgets' }, versions: [{ name: 'v1', served: true }] },
      }),
    ],
    'CustomResourceDefinition widgets.acme.dev: spec.versions',
  ],
  [
    'an operator that does not run leaves its resources as they are',
    null,
    [
      object('acme.dev/v1', 'Widget', 'new', { metadata: { creationTimestamp: ago('1h') }, spec: { size: 1 } }),
      role('acme', [{ apiGroups: ['acme.dev'], resources: ['widgets', 'widgets/status'], verbs: ['update'] }]),
      bound('acme', 'acme', 'acme-system'),
      elsewhere('acme-system', deployment('acme', podSpec({}, { serviceAccountName: 'acme' }), [], { replicas: 0 })),
    ],
    'Deployment acme-system/acme: spec.replicas',
  ],
  [
    'a release that would change what may not be changed',
    null,
    [
      deployment('web', podSpec(), [running]),
      object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'web', {
        spec: { chart: { spec: { chart: 'web' } } },
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'UpgradeFailed',
              message:
                'Helm upgrade failed for release shop/web: cannot patch "web" with kind Deployment: Deployment.apps "web" is invalid: spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web2"}}: field is immutable',
              lastTransitionTime: ago('30m'),
            },
          ],
        },
      }),
    ],
    'Deployment shop/web: spec.selector',
  ],
  [
    'a volume expansion that the class does not allow, said by the operator of the database',
    null,
    [
      object('postgresql.cnpg.io/v1', 'Cluster', 'ledger', {
        spec: { instances: 3, storage: { size: '200Gi', storageClass: 'gp2' } },
        status: {
          phase: 'Unable to create required cluster objects',
          phaseReason:
            'persistentvolumeclaims "ledger-1" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        },
      }),
    ],
    'Cluster shop/ledger: spec.storage.storageClass',
  ],
]

const NODES: Case[] = [
  [
    'no address is left in the pool for load balancers',
    'Service shop/web',
    (() => {
      const lb = service('web', { app: 'web' }, [{ port: 80, targetPort: 8080 }], {
        spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
        status: {},
      })
      return [
        lb,
        deployment('web', podSpec({ ports: [{ containerPort: 8080 }] }), [running]),
        object('metallb.io/v1beta1', 'IPAddressPool', 'public', {
          metadata: { namespace: 'metallb-system' },
          spec: { addresses: ['203.0.113.10-203.0.113.12'] },
        }),
        role('metallb', [{ apiGroups: [''], resources: ['services/status'], verbs: ['update'] }]),
        bound('metallb', 'controller', 'metallb-system'),
        elsewhere('metallb-system', deployment('metallb', podSpec({}, { serviceAccountName: 'controller' }), [running])),
        event(lb, 'AllocationFailed', 'Failed to allocate IP for "shop/web": no available IPs'),
      ]
    })(),
    'IPAddressPool metallb-system/public: spec.addresses',
  ],
  [
    'pods on a node whose proxy is kept away by a taint reach no Service',
    'Deployment shop/web',
    [
      deployment('web', podSpec({ env: [{ name: 'API', value: 'http://api' }] }), [
        { ...unready, node: 'n9', log: 'dial tcp 10.96.0.9:80: i/o timeout' },
      ]),
      service('api', { app: 'api' }),
      deployment('api', podSpec({ ports: [{ containerPort: 8080 }] }), [running]),
      node('n1'),
      node('n9', { taints: [{ key: 'team', value: 'ml', effect: 'NoExecute' }] }),
      elsewhere('kube-system', [
        object('apps/v1', 'DaemonSet', 'kube-proxy', {
          spec: { template: { spec: podSpec({}, { hostNetwork: true }) } },
          status: { desiredNumberScheduled: 1, numberReady: 1 },
        }),
      ]),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'kube-proxy-a',
          namespace: 'kube-system',
          uid: 'kp',
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-proxy', uid: 'uid-DaemonSet-kube-proxy', controller: true },
          ],
        },
        spec: { ...podSpec({}, { hostNetwork: true }), nodeName: 'n1' },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      } as KubeObject,
    ],
    'DaemonSet kube-system/kube-proxy: spec.template.spec.tolerations',
  ],
]

describe.each([
  ['admission', ADMISSION],
  ['scheduling', SCHEDULING],
  ['roll-outs and controllers', ROLL_OUTS],
  ['nodes and control plane', NODES],
])('%s', (_, table) => {
  test.each(table)('%s', async (_what, target, objects, expected) => expect(await cause(objects, target, {})).toBe(expected))
})
