import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  crashing,
  deployment,
  edited,
  event,
  job,
  node,
  object,
  pod,
  podSpec,
  run,
  running,
  service,
  unready,
  waiting,
} from '../fixtures.ts'

const APP = 'spec.template.spec.containers[name=app]'
const calls = (value: string, rest = {}) => podSpec({ env: [{ name: 'API', value }], ...rest })
const inSystem = (o: any) => ({ ...o, metadata: { ...o.metadata, namespace: 'kube-system' } })
const cluster = (o: any) => ({ ...o, metadata: { ...o.metadata, namespace: undefined } })

it('one wrong argument of a roll-out is one cause: crash, line, change and stuck roll-out together', async () => {
  const spec = (first: string) => podSpec({ args: [first, '--features='] })
  const state = crashing(1, 'Error: unknown command "server-junk" for "velero"')
  const found = await run(
    [deployment('velero', spec('server-junk'), [state], { before: spec('server'), oldPods: [running], replicas: 1 })],
    'Deployment shop/velero',
  )
  expect(found.problems).toHaveLength(1)
  expect(found.rootCause).toMatchObject({ rule: 'bad-argument', field: `${APP}.args[0]`, object: { kind: 'Deployment', name: 'velero' } })
  expect(found.rootCause!.confidence).toBeGreaterThan(0.9)
  expect(found.rootCause!.summary).toContain('revision 1 → 2 changed containers[name=app].args[0] from "server" to "server-junk"')
  expect(
    found.findings
      .flatMap((f) => f.evidence)
      .filter((e) => e.source === 'log')
      .map((e) => e.text),
  ).toContain('Error: unknown command "server-junk" for "velero"')
  expect(found.recommendations[0]).toMatchObject({
    command: 'kubectl rollout undo deployment/velero -n shop',
    risk: 'low',
    needsApproval: true,
  })
})

/** Faults whose cause lies in another object than the one that shows it. */
describe('across objects', () => {
  it('DNS is down, and not the name wrong', async () => {
    const objects = [
      ...deployment('web', calls('http://api'), [crashing(1, 'dial tcp: lookup api on 10.96.0.10:53: server misbehaving')]),
      service('api', { app: 'api' }),
      ...deployment('api', podSpec(), [running]),
      inSystem(service('kube-dns', { app: 'coredns' })),
      ...deployment(
        'coredns',
        podSpec({ args: ['-conf', '/etc/Corefile'] }),
        [crashing(1, '/etc/Corefile:3 - Error during parsing: Unknown directive')],
        { before: podSpec({ args: ['-conf', '/etc/coredns/Corefile'] }) },
      ).map(inSystem),
      cluster(object('v1', 'Namespace', 'kube-system')),
    ]
    expect(await cause(objects, 'Deployment shop/web')).toBe(`Deployment kube-system/coredns: ${APP}.args[1]`)
  })

  it('a Service that stands for a name outside that does not exist', async () => {
    const outside = object('v1', 'Service', 'db', { spec: { type: 'ExternalName', externalName: 'db.exmaple.com' } })
    expect(
      await cause([
        deployment('web', calls('db:5432'), [crashing(1, 'could not translate host name "db" to address: Name or service not known')]),
        outside,
      ]),
    ).toBe('Service shop/db: spec.externalName')
  })

  it('a Service whose port was edited is guilty, not its caller', async () => {
    const api = { ...service('api', { app: 'api' }, [{ port: 8080 }]) }
    api.metadata = {
      ...api.metadata,
      ...edited({ 'f:spec': { 'f:ports': { 'k:{"port":8080,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } } }),
    }
    expect(
      await cause(
        [
          deployment('web', calls('http://api:80'), [crashing(1, 'connect ECONNREFUSED api:80')]),
          api,
          deployment('api', podSpec({ ports: [{ containerPort: 8080 }] }), [running]),
        ],
        'Deployment shop/web',
      ),
    ).toBe('Service shop/api: spec.ports[port=8080].port')
  })

  it('a password that was changed on the server only', async () => {
    const server = (password: string) => podSpec({ env: [{ name: 'MYSQL_ROOT_PASSWORD', value: password }] })
    const objects = [
      ...deployment('web', calls('mysql:3306'), [
        { ...crashing(1, "ERROR 1045 (28000): Access denied for user 'root'@'10.0.0.3' (using password: YES)"), since: ago('20m') },
      ]),
      service('mysql', { app: 'mysql' }, [{ port: 3306 }]),
      ...deployment('mysql', server('new'), [{ ...running, since: ago('21m') }], { before: server('old'), changed: ago('21m') }),
    ]
    expect(await cause(objects, 'Deployment shop/web')).toBe(`Deployment shop/mysql: ${APP}.env[name=MYSQL_ROOT_PASSWORD].value`)
  })

  it('a limit that a LimitRange put there', async () => {
    const web = deployment('web', podSpec(), [crashing(137, '', 'OOMKilled')])
    const one = web.find((o) => o.kind === 'Pod')!
    one.spec = { ...one.spec, containers: [{ ...one.spec.containers[0], resources: { limits: { memory: '32Mi' } } }] }
    expect(
      await cause([
        web,
        object('v1', 'LimitRange', 'defaults', { spec: { limits: [{ type: 'Container', default: { memory: '32Mi' } }] } }),
      ]),
    ).toBe('LimitRange shop/defaults: spec.limits[0].default.memory')
  })

  it('a ConfigMap that was edited before the program began to fail', async () => {
    const spec = podSpec({ envFrom: [{ configMapRef: { name: 'web' } }] })
    const map = configMap('web', { MODE: 'turbo', COLOUR: 'blue' }, edited({ 'f:data': { 'f:MODE': {} } }, ago('25m')))
    expect(await cause([deployment('web', spec, [{ ...crashing(1, 'cannot continue'), since: ago('20m') }]), map])).toBe(
      'ConfigMap shop/web: data.MODE',
    )
  })

  it('a ServiceAccount that a roll-out changed to one without permission', async () => {
    const spec = (account: string) => podSpec({}, { serviceAccountName: account })
    const log =
      'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:shop:restricted" cannot list resource "pods" in API group "" in the namespace "shop"'
    expect(await cause([deployment('web', spec('restricted'), [crashing(1, log)], { before: spec('web') })])).toBe(
      'Deployment shop/web: spec.template.spec.serviceAccountName',
    )
  })

  it('an init container that waits for a Service nobody serves', async () => {
    const spec = {
      initContainers: [{ name: 'wait', image: 'busybox', command: ['sh', '-c', 'until nc -z db 5432; do sleep 2; done'] }],
      containers: [{ name: 'app', image: 'a' }],
    }
    const state = {
      phase: 'Pending',
      ready: false,
      state: { running: { startedAt: ago('20m') } },
      log: 'waiting for db:5432\nwaiting for db:5432',
    }
    expect(
      await cause(
        [
          deployment('web', spec, [state]),
          service('db', { app: 'db' }, [{ port: 5432 }]),
          deployment('db', podSpec({ image: 'postgres:nope' }), [waiting('ImagePullBackOff', 'postgres:nope: not found')]),
        ],
        'Deployment shop/web',
      ),
    ).toBe(`Deployment shop/db: ${APP}.image`)
  })

  it('a well-looking program whose calls fail is told of when it is alerted on', async () => {
    const log = Array.from({ length: 9 }, () => 'ERROR upstream http://api:80/v1 returned 503').join('\n')
    const objects = [
      deployment('web', calls('http://api:80'), [{ ...running, log }]),
      service('api', { app: 'apii' }),
      deployment('api', podSpec(), [running]),
    ]
    expect(await cause(objects, 'Deployment shop/web', {})).toBe('Service shop/api: spec.selector.app')
  })
})

describe('at the edges', () => {
  const cases: [string, any[], string | null, string][] = [
    [
      'a node name that does not exist',
      [pod('web', podSpec(), { phase: 'Pending', node: 'n9', status: { containerStatuses: [] } }), node('n1')],
      'Pod shop/web',
      'Pod shop/web: spec.nodeName',
    ],
    [
      'a quota with nothing left, when it is alerted on',
      [
        object('v1', 'ResourceQuota', 'q', { spec: { hard: { pods: '4' } }, status: { hard: { pods: '4' }, used: { pods: '4' } } }),
        pod('web', podSpec()),
      ],
      'ResourceQuota shop/q',
      'ResourceQuota shop/q: spec.hard.pods',
    ],
    [
      'a quota with nothing left, when nobody asks',
      [
        object('v1', 'ResourceQuota', 'q', { spec: { hard: { pods: '4' } }, status: { hard: { pods: '4' }, used: { pods: '4' } } }),
        pod('web', podSpec()),
      ],
      null,
      'healthy',
    ],
    [
      'a budget that wants all',
      [
        deployment('web', podSpec(), [running]),
        object('policy/v1', 'PodDisruptionBudget', 'web', {
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
          status: { expectedPods: 1, desiredHealthy: 1, currentHealthy: 1, disruptionsAllowed: 0 },
        }),
      ],
      'PodDisruptionBudget shop/web',
      'PodDisruptionBudget shop/web: spec.minAvailable',
    ],
    [
      'a gate that nobody opens',
      [
        deployment('web', podSpec({}, { readinessGates: [{ conditionType: 'lb/ready' }] }), [
          {
            ...unready,
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'ReadinessGatesNotReady',
                  message: 'corresponding condition of pod readiness gate "lb/ready" does not exist.',
                  lastTransitionTime: ago('20m'),
                },
              ],
            },
          },
        ]),
      ],
      'Deployment shop/web',
      'Deployment shop/web: spec.template.spec.readinessGates[0]',
    ],
    [
      'an Ingress whose certificate is not there',
      [
        deployment('web', podSpec({ ports: [{ containerPort: 8080 }] }), [running]),
        service('web', { app: 'web' }),
        object('networking.k8s.io/v1', 'Ingress', 'edge', {
          spec: {
            tls: [{ hosts: ['a'], secretName: 'edge-tls' }],
            rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] } }],
          },
        }),
      ],
      'Ingress shop/edge',
      'Ingress shop/edge: spec.tls[0].secretName',
    ],
    [
      'a Job that is suspended, when it is alerted on',
      [job('load', podSpec(), [], { spec: { suspend: true } })],
      'Job shop/load',
      'Job shop/load: spec.suspend',
    ],
    [
      'a namespace that is going',
      [
        deployment('web', podSpec(), [], { replicas: 1 }),
        event(
          deployment('web', podSpec(), [])[1]!,
          'FailedCreate',
          'Error creating: pods "web-x" is forbidden: unable to create new content in namespace shop because it is being terminated',
        ),
      ],
      'Deployment shop/web',
      'Namespace shop: -',
    ],
  ]
  it.each(cases)('%s', async (_, objects, target, expected) => {
    expect(await cause(objects, target, target ? {} : null)).toBe(expected)
  })
})
