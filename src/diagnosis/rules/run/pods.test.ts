import { describe, expect, it } from 'vitest'
import {
  ago,
  cause,
  configMap,
  crashing,
  deployment,
  edited,
  ended,
  event,
  job,
  node,
  object,
  pod,
  podSpec,
  running,
  run,
  service,
  unplaced,
  unready,
  waiting,
  type PodState,
} from '../../fixtures.ts'

const WEB = 'Deployment shop/web: spec.template.spec'
const APP = `${WEB}.containers[name=app]`
const podOf = (objects: any[], i = 0) => objects.filter((o) => o.kind === 'Pod')[i]
const setOf = (objects: any[]) => objects.findLast((o) => o.kind === 'ReplicaSet')

describe('start-up', () => {
  const cases: [
    string,
    { app?: object; pod?: object; state: PodState; event?: [string, string]; more?: any[]; before?: object; expected: string },
  ][] = [
    [
      'an image tag that does not exist',
      {
        state: waiting('ImagePullBackOff', 'Back-off pulling image'),
        event: [
          'Failed',
          'Failed to pull image "registry.example/app:1.0": rpc error: code = NotFound desc = failed to pull and unpack image: registry.example/app:1.0: not found',
        ],
        expected: `${APP}.image`,
      },
    ],
    [
      'an image name that cannot be parsed',
      {
        app: { image: 'app:1.0:x' },
        state: waiting('InvalidImageName', 'Failed to apply default image tag "app:1.0:x": couldn\'t parse image name'),
        expected: `${APP}.image`,
      },
    ],
    [
      'a private image without a secret',
      {
        state: waiting('ErrImagePull', 'pull access denied, repository does not exist or may require authorization'),
        expected: `${WEB}.imagePullSecrets`,
      },
    ],
    [
      'a private image with the wrong secret',
      {
        pod: { imagePullSecrets: [{ name: 'regcred' }] },
        state: waiting('ErrImagePull', 'failed to authorize: 401 Unauthorized'),
        expected: `${WEB}.imagePullSecrets[name=regcred]`,
      },
    ],
    [
      'a private image with a Secret whose credentials are refused',
      {
        pod: { imagePullSecrets: [{ name: 'regcred' }] },
        state: waiting('ErrImagePull', 'failed to authorize: failed to fetch oauth token: 403 Forbidden'),
        more: [object('v1', 'Secret', 'regcred')],
        expected: 'Secret shop/regcred: data[.dockerconfigjson]',
      },
    ],
    [
      'a private image with a Secret that does not exist',
      {
        pod: { imagePullSecrets: [{ name: 'regcred' }, { name: 'other' }] },
        state: waiting('ErrImagePull', 'failed to authorize: 401 Unauthorized'),
        event: [
          'FailedToRetrieveImagePullSecret',
          'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
        ],
        expected: `${WEB}.imagePullSecrets[name=regcred]`,
      },
    ],
    [
      'an image that must not be pulled',
      {
        app: { imagePullPolicy: 'Never' },
        state: waiting('ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never'),
        expected: `${APP}.imagePullPolicy`,
      },
    ],
    [
      'a Secret that does not exist',
      {
        app: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
        state: waiting('CreateContainerConfigError', 'secret "db" not found'),
        expected: `${APP}.env[name=P].valueFrom.secretKeyRef.name`,
      },
    ],
    [
      'a key that a Secret lacks',
      {
        app: { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'passwd' } } }] },
        state: waiting('CreateContainerConfigError', "couldn't find key passwd in Secret shop/db"),
        expected: `${APP}.env[name=P].valueFrom.secretKeyRef.key`,
      },
    ],
    [
      'a key that was taken out of a ConfigMap',
      {
        app: { env: [{ name: 'P', valueFrom: { configMapKeyRef: { name: 'web', key: 'mode' } } }] },
        state: waiting('CreateContainerConfigError', "couldn't find key mode in ConfigMap shop/web"),
        more: [configMap('web', { other: '' }, edited({ 'f:data': { 'f:other': {} } }, ago('5m')))],
        expected: 'ConfigMap shop/web: data.mode',
      },
    ],
    [
      'a ConfigMap to mount that does not exist',
      {
        app: { volumeMounts: [{ name: 'c', mountPath: '/c' }] },
        pod: { volumes: [{ name: 'c', configMap: { name: 'web-cm' } }] },
        state: waiting('ContainerCreating'),
        event: ['FailedMount', 'MountVolume.SetUp failed for volume "c" : configmap "web-cm" not found'],
        expected: `${WEB}.volumes[name=c].configMap.name`,
      },
    ],
    [
      'a command that does not exist',
      {
        app: { command: ['/app/srver'] },
        state: {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          last: ended(128, 'StartError', {
            message:
              'failed to create containerd task: OCI runtime create failed: exec: "/app/srver": stat /app/srver: no such file or directory',
          }),
          restarts: 4,
        },
        expected: `${APP}.command[0]`,
      },
    ],
    [
      'a root image that must not be root',
      {
        pod: { securityContext: { runAsNonRoot: true } },
        state: waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root (pod: "x", container: app)'),
        expected: `${WEB}.securityContext.runAsNonRoot`,
      },
    ],
    [
      'a volume that another node holds',
      {
        app: { volumeMounts: [{ name: 'd', mountPath: '/d' }] },
        pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
        before: {},
        state: waiting('ContainerCreating'),
        event: ['FailedAttachVolume', 'Multi-Attach error for volume "pv-1" Volume is already used by pod(s) web-r1-0'],
        more: [
          object('v1', 'PersistentVolumeClaim', 'data', {
            spec: { volumeName: 'pv-1', accessModes: ['ReadWriteOnce'] },
            status: { phase: 'Bound' },
          }),
        ],
        expected: 'Deployment shop/web: spec.strategy.type',
      },
    ],
    [
      'a host path that is not there',
      {
        pod: { volumes: [{ name: 'h', hostPath: { path: '/opt/data', type: 'Directory' } }] },
        state: waiting('ContainerCreating'),
        event: ['FailedMount', 'MountVolume.SetUp failed for volume "h" : hostPath type check failed: /opt/data is not a directory'],
        expected: `${WEB}.volumes[name=h].hostPath.path`,
      },
    ],
    [
      'a CNI that does not answer',
      {
        state: waiting('ContainerCreating'),
        event: [
          'FailedCreatePodSandBox',
          'Failed to create pod sandbox: plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized',
        ],
        expected: 'Node n1: -',
      },
    ],
  ]
  it.each(cases)('%s', async (_, { app = {}, pod: rest = {}, state, event: said, more = [], before, expected }) => {
    const objects = deployment(
      'web',
      podSpec(app, rest),
      [state],
      before ? { before: podSpec(before, rest), oldPods: [{ ...running, node: 'n2' }] } : {},
    )
    const events = said
      ? [event(podOf(objects, before ? 1 : 0), said[0], said[1], { container: /pull|image/i.test(said[1]) ? 'app' : undefined })]
      : []
    expect(await cause([...objects, ...events, ...more, node('n1'), node('n2')], 'Deployment shop/web')).toBe(expected)
  })

  it('an init container that fails', async () => {
    const spec = { initContainers: [{ name: 'migrate', image: 'm', args: ['--foo'] }], containers: [{ name: 'app', image: 'a' }] }
    expect(await cause([deployment('web', spec, [crashing(1, 'unknown flag: --foo')])])).toBe(`${WEB}.initContainers[name=migrate].args[0]`)
  })
})

describe('run time', () => {
  const limit = { resources: { limits: { memory: '64Mi' } } }
  const cases: [string, { app?: object; state: PodState; events?: [string, string][]; before?: object; expected: string }][] = [
    ['killed for memory', { app: limit, state: crashing(137, '', 'OOMKilled'), expected: `${APP}.resources.limits.memory` }],
    [
      'killed for memory, and running again',
      { app: limit, state: { ...running, last: ended(137, 'OOMKilled'), restarts: 3 }, expected: `${APP}.resources.limits.memory` },
    ],
    [
      'killed for memory once, days ago',
      { app: limit, state: { ...running, last: ended(137, 'OOMKilled', { finishedAt: ago('2d') }), restarts: 1 }, expected: 'healthy' },
    ],
    [
      'ended once at start, well since',
      { state: { ...running, last: ended(1, 'Error', { finishedAt: ago('3d') }), restarts: 2 }, expected: 'healthy' },
    ],
    [
      'a readiness probe of a wrong path',
      {
        app: { readinessProbe: { httpGet: { path: '/helth', port: 8080 } } },
        state: unready,
        events: [['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404']],
        expected: `${APP}.readinessProbe.httpGet.path`,
      },
    ],
    [
      'a readiness probe of a wrong port',
      {
        app: { ports: [{ containerPort: 8080 }], readinessProbe: { tcpSocket: { port: 9999 } } },
        state: unready,
        events: [['Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.3:9999: connect: connection refused']],
        expected: `${APP}.readinessProbe.tcpSocket.port`,
      },
    ],
    [
      'a probe of a port that the log knows better',
      {
        app: { ports: [{ containerPort: 8080 }], readinessProbe: { httpGet: { path: '/', port: 8080 } } },
        state: { ...unready, log: 'server listening on :3000' },
        events: [['Unhealthy', 'Readiness probe failed: Get "http://10.0.0.3:8080/": dial tcp 10.0.0.3:8080: connect: connection refused']],
        expected: `${APP}.readinessProbe.httpGet.port`,
      },
    ],
    [
      'a liveness probe that speaks HTTPS to HTTP',
      {
        app: { livenessProbe: { httpGet: { path: '/', port: 8080, scheme: 'HTTPS' } } },
        state: { ...unready, restarts: 5, last: ended(137) },
        events: [
          ['Unhealthy', 'Liveness probe failed: Get "https://10.0.0.3:8080/": http: server gave HTTP response to HTTPS client'],
          ['Killing', 'Container app failed liveness probe, will be restarted'],
        ],
        expected: `${APP}.livenessProbe.httpGet.scheme`,
      },
    ],
    [
      'a liveness probe that is too hasty, since a change',
      {
        app: { livenessProbe: { httpGet: { path: '/', port: 8080 }, initialDelaySeconds: 1 } },
        before: { livenessProbe: { httpGet: { path: '/', port: 8080 }, initialDelaySeconds: 60 } },
        state: { ...unready, restarts: 5, last: ended(137) },
        events: [
          ['Unhealthy', 'Liveness probe failed: Get "http://10.0.0.3:8080/": dial tcp 10.0.0.3:8080: connect: connection refused'],
          ['Killing', 'Container app failed liveness probe, will be restarted'],
        ],
        expected: `${APP}.livenessProbe.initialDelaySeconds`,
      },
    ],
    [
      'a command of a probe that is not there',
      {
        app: { readinessProbe: { exec: { command: ['/bin/helth'] } } },
        state: unready,
        events: [['Unhealthy', 'Readiness probe errored: rpc error: exec: "/bin/helth": executable file not found in $PATH']],
        expected: `${APP}.readinessProbe.exec.command[0]`,
      },
    ],
  ]
  it.each(cases)('%s', async (_, { app = {}, state, events = [], before, expected }) => {
    const objects = deployment('web', podSpec(app), [state], before ? { before: podSpec(before) } : {})
    expect(
      await cause([
        ...objects,
        ...events.map(([reason, message]) => event(podOf(objects), reason, message, { container: 'app' })),
        node('n1'),
      ]),
    ).toBe(expected)
  })

  it('says which pods are of one fault once', async () => {
    const found = await run([
      deployment(
        'web',
        podSpec(limit),
        Array.from({ length: 50 }, () => crashing(137, '', 'OOMKilled')),
      ),
    ])
    expect(found.problems).toHaveLength(1)
    expect(found.findings.filter((f) => f.rule === 'oom-killed')).toHaveLength(1)
    expect(found.findings.find((f) => f.rule === 'oom-killed')!.summary).toContain('50 pods')
  })

  it('two faults of two containers are two problems', async () => {
    const spec = {
      containers: [
        { name: 'a', image: 'x', args: ['--bad'] },
        { name: 'b', image: 'y:nope' },
      ],
    }
    const one = pod('web', spec, crashing(1, 'unknown flag: --bad'))
    one.status.containerStatuses[1] = {
      name: 'b',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason: 'ImagePullBackOff', message: 'y:nope: not found' } },
      lastState: {},
    }
    const found = await run([one])
    expect(found.problems.map((p) => p.field).sort()).toEqual(['spec.containers[name=a].args[0]', 'spec.containers[name=b].image'])
  })
})

describe('admission', () => {
  const quota = (hard: object, metadata = {}) =>
    object('v1', 'ResourceQuota', 'compute', { spec: { hard }, status: { hard, used: hard }, metadata })
  const cases: [string, { app?: object; pod?: object; message: string; more?: any[]; expected: string }][] = [
    [
      'a quota that is used up',
      {
        message: 'pods "web-x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
        more: [quota({ pods: '4' })],
        expected: 'ResourceQuota shop/compute: spec.hard.pods',
      },
    ],
    [
      'a pod larger than the quota',
      {
        app: { resources: { requests: { memory: '32Gi' } } },
        message:
          'pods "web-x" is forbidden: exceeded quota: compute, requested: requests.memory=32Gi, used: requests.memory=1Gi, limited: requests.memory=8Gi',
        more: [quota({ 'requests.memory': '8Gi' })],
        expected: `${APP}.resources.requests.memory`,
      },
    ],
    [
      'a quota that wants limits',
      {
        message: 'pods "web-x" is forbidden: failed quota: compute: must specify limits.cpu for: app; limits.memory for: app',
        expected: `${APP}.resources.limits.cpu`,
      },
    ],
    [
      'a LimitRange',
      {
        app: { resources: { limits: { memory: '4Gi' } } },
        message: 'pods "web-x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 4Gi',
        expected: `${APP}.resources.limits.memory`,
      },
    ],
    [
      'a ServiceAccount that does not exist',
      {
        pod: { serviceAccountName: 'wbe' },
        message: 'pods "web-" is forbidden: error looking up service account shop/wbe: serviceaccount "wbe" not found',
        expected: `${WEB}.serviceAccountName`,
      },
    ],
    [
      'a Pod Security level',
      {
        app: { securityContext: { privileged: true } },
        message:
          'pods "web-x" is forbidden: violates PodSecurity "baseline:latest": privileged (container "app" must not set securityContext.privileged=true)',
        expected: `${APP}.securityContext.privileged`,
      },
    ],
    [
      'a PriorityClass that does not exist',
      {
        pod: { priorityClassName: 'urgent' },
        message: 'pods "web-x" is forbidden: no PriorityClass with name urgent was found',
        expected: `${WEB}.priorityClassName`,
      },
    ],
    [
      'a webhook whose Service is gone',
      {
        message:
          'Internal error occurred: failed calling webhook "pods.guard.dev": failed to call webhook: Post "https://guard.guard.svc:443/v?timeout=10s": service "guard" not found',
        more: [
          {
            ...object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'guard', {
              webhooks: [{ name: 'pods.guard.dev', clientConfig: { service: { name: 'guard', namespace: 'guard' } } }],
            }),
            metadata: { name: 'guard', uid: 'g' },
          },
        ],
        expected: 'ValidatingWebhookConfiguration guard: webhooks[name=pods.guard.dev].clientConfig.service.name',
      },
    ],
  ]
  it.each(cases)('%s', async (_, { app = {}, pod: rest = {}, message, more = [], expected }) => {
    const objects = deployment('web', podSpec(app, rest), [], { replicas: 2 })
    expect(
      await cause([...objects, event(setOf(objects), 'FailedCreate', `Error creating: ${message}`), ...more], 'Deployment shop/web'),
    ).toBe(expected)
  })
})

describe('scheduling', () => {
  const nodes = [
    node('n1', { labels: { disk: 'hdd' } }),
    node('n2', { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] }),
  ]
  const cases: [string, { app?: object; pod?: object; message: string; more?: any[]; nodes?: any[]; expected: string }][] = [
    [
      'more CPU than any node has',
      {
        app: { resources: { requests: { cpu: '64' } } },
        message: '0/2 nodes are available: 2 Insufficient cpu.',
        expected: `${APP}.resources.requests.cpu`,
      },
    ],
    [
      'a label that no node has',
      {
        pod: { nodeSelector: { disk: 'ssd' } },
        message: "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
        expected: `${WEB}.nodeSelector.disk`,
      },
    ],
    [
      'an affinity that no node meets',
      {
        pod: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['z9'] }] }],
              },
            },
          },
        },
        message: "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
        expected: `${WEB}.affinity.nodeAffinity`,
      },
    ],
    ['a taint', { message: '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.', expected: `${WEB}.tolerations` }],
    [
      'a taint in the newest words',
      { message: '0/2 nodes are available: 2 node(s) had untolerated taint(s) {dedicated: gpu}.', expected: `${WEB}.tolerations` },
    ],
    [
      'a host port',
      {
        app: { ports: [{ containerPort: 8080, hostPort: 28080 }] },
        message: "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.",
        expected: `${APP}.ports[containerPort=8080].hostPort`,
      },
    ],
    [
      'anti-affinity',
      {
        pod: { affinity: { podAntiAffinity: {} } },
        message: "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
        expected: `${WEB}.affinity.podAntiAffinity`,
      },
    ],
    [
      'a claim that does not exist',
      {
        pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'dat' } }] },
        message: '0/2 nodes are available: persistentvolumeclaim "dat" not found.',
        expected: `${WEB}.volumes[name=d].persistentVolumeClaim.claimName`,
      },
    ],
    [
      'a claim without a class',
      {
        pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
        message: '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
        more: [
          object('v1', 'PersistentVolumeClaim', 'data', {
            spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
            status: { phase: 'Pending' },
          }),
        ],
        expected: 'PersistentVolumeClaim shop/data: spec.storageClassName',
      },
    ],
    [
      'a claim whose access mode fits no volume',
      {
        pod: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
        message: '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
        more: [
          object('v1', 'PersistentVolumeClaim', 'data', {
            spec: { storageClassName: '', accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
            status: { phase: 'Pending' },
          }),
          {
            apiVersion: 'v1',
            kind: 'PersistentVolume',
            metadata: { name: 'pv1' },
            spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: '' },
            status: { phase: 'Available' },
          },
        ],
        expected: 'PersistentVolumeClaim shop/data: spec.accessModes',
      },
    ],
    [
      'cordoned nodes',
      {
        message: '0/1 nodes are available: 1 node(s) were unschedulable.',
        nodes: [node('n1', { spec: { unschedulable: true } })],
        expected: 'Node n1: spec.unschedulable',
      },
    ],
  ]
  it.each(cases)('%s', async (_, { app = {}, pod: rest = {}, message, more = [], nodes: own = nodes, expected }) => {
    expect(await cause([deployment('web', podSpec(app, rest), [unplaced(message)]), ...more, ...own], 'Deployment shop/web')).toBe(expected)
  })

  it('a gate', async () => {
    const gated = {
      phase: 'Pending',
      node: null,
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ],
    }
    expect(await cause([deployment('web', podSpec({}, { schedulingGates: [{ name: 'team/review' }] }), [gated]), node('n1')])).toBe(
      `${WEB}.schedulingGates[name=team/review]`,
    )
  })
})

describe('decoys', () => {
  it('events of pods that are gone', async () => {
    const gone = pod('web-old', podSpec())
    gone.metadata.uid = 'another'
    expect(
      await cause([
        deployment('web', podSpec(), [running]),
        event(gone, 'BackOff', 'Back-off restarting failed container'),
        event(gone, 'FailedScheduling', '0/1 nodes are available'),
      ]),
    ).toBe('healthy')
  })

  it('a warning that is long over', async () => {
    const objects = deployment('web', podSpec({ readinessProbe: { httpGet: { path: '/', port: 80 } } }), [running])
    expect(
      await cause([
        ...objects,
        event(podOf(objects), 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'),
        event(setOf(objects), 'FailedCreate', 'exceeded quota: a, requested: pods=1, used: pods=1, limited: pods=1'),
      ]),
    ).toBe('healthy')
  })

  it('a Job that failed once and then succeeded', async () => {
    const done = { status: { succeeded: 1, failed: 1, conditions: [{ type: 'Complete', status: 'True' }] } }
    const states: PodState[] = [
      { phase: 'Failed', state: { terminated: ended(1) } },
      { phase: 'Succeeded', state: { terminated: ended(0, 'Completed') } },
    ]
    expect(await cause([job('load', podSpec(), states, done)])).toBe('healthy')
  })

  it('an idle Service beside one that serves the same pods', async () => {
    expect(
      await cause([
        deployment('web', podSpec(), [running], { labels: { app: 'web', color: 'blue' } }),
        service('web', { app: 'web' }),
        service('web-green', { app: 'web', color: 'green' }),
      ]),
    ).toBe('healthy')
  })

  it('pods that have only just begun', async () => {
    expect(
      await cause([
        deployment(
          'web',
          podSpec({ readinessProbe: {} }),
          [{ ready: false, state: { running: { startedAt: ago('10s') } }, since: ago('15s') }],
          { status: { conditions: [{ type: 'Available', status: 'False', lastTransitionTime: ago('15s') }] } },
        ),
      ]),
    ).toBe('healthy')
  })
})
