import { describe, expect, it } from 'vitest'
import { before, pod, T0 } from '../../fixture.ts'
import type { KubeObject } from '../../reader.ts'
import { builtin, guessResource } from '../../resources.ts'
import { tableOf } from '../table.ts'
import { readPath } from './custom.ts'
import { humanDuration, selectorText } from './format.ts'
import { summaryOf } from './pods.ts'

describe('ages as kubectl writes them', () => {
  const s = 1_000
  const [m, h, d] = [60 * s, 3_600 * s, 86_400 * s]
  it.each([
    [-5 * s, '<invalid>'],
    [-s, '0s'],
    [0, '0s'],
    [119 * s, '119s'],
    [2 * m, '2m'],
    [9 * m + 59 * s, '9m59s'],
    [10 * m + 30 * s, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 59 * m, '7h59m'],
    [8 * h + 30 * m, '8h'],
    [47 * h, '47h'],
    [48 * h, '2d'],
    [7 * d + 23 * h, '7d23h'],
    [8 * d + 5 * h, '8d'],
    [729 * d, '729d'],
    [730 * d, '2y'],
    [735 * d, '2y5d'],
    [9 * 365 * d, '9y'],
  ])('%i ms → %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text)
  })
})

describe('the status of a pod', () => {
  const waiting = (reason: string, more: object = {}): object => ({
    name: 'app',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason } },
    ...more,
  })
  const ended = (exitCode: number, more: object = {}): object => ({
    name: 'app',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode, ...more } },
  })
  const running = {
    name: 'side',
    ready: true,
    restartCount: 2,
    state: { running: { startedAt: T0 } },
    lastState: { terminated: { finishedAt: before(3) } },
  }
  const withInit = (status: object, initContainers: object[] = [{ name: 'init' }, { name: 'init2' }]): KubeObject =>
    pod('shop', 'web', {
      spec: { containers: [{ name: 'app' }], initContainers },
      status: { phase: 'Pending', conditions: [], containerStatuses: [waiting('PodInitializing')], ...status },
    })

  it.each<[string, KubeObject, { status: string; ready?: string; restarts?: number }]>([
    ['running', pod('shop', 'web'), { status: 'Running', ready: '1/1' }],
    [
      'pending',
      pod('shop', 'web', { status: { phase: 'Pending', containerStatuses: undefined, conditions: [] } }),
      { status: 'Pending', ready: '0/1' },
    ],
    ['evicted', pod('shop', 'web', { status: { phase: 'Failed', reason: 'Evicted', containerStatuses: [] } }), { status: 'Evicted' }],
    [
      'gated',
      pod('shop', 'web', {
        status: { phase: 'Pending', containerStatuses: [], conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated' }] },
      }),
      { status: 'SchedulingGated' },
    ],
    [
      'no image',
      pod('shop', 'web', { status: { containerStatuses: [waiting('ImagePullBackOff')] } }),
      { status: 'ImagePullBackOff', ready: '0/1' },
    ],
    [
      'ended with a reason',
      pod('shop', 'web', { status: { containerStatuses: [ended(137, { reason: 'OOMKilled' })] } }),
      { status: 'OOMKilled' },
    ],
    ['ended by a signal', pod('shop', 'web', { status: { containerStatuses: [ended(0, { signal: 9 })] } }), { status: 'Signal:9' }],
    ['ended without a reason', pod('shop', 'web', { status: { containerStatuses: [ended(3)] } }), { status: 'ExitCode:3' }],
    [
      'one done, one running',
      pod('shop', 'web', {
        spec: { containers: [{ name: 'app' }, { name: 'side' }] },
        status: { containerStatuses: [ended(0, { reason: 'Completed' }), running] },
      }),
      { status: 'Running', ready: '1/2', restarts: 2 },
    ],
    [
      'waits for an init container',
      withInit({ initContainerStatuses: [ended(0), { name: 'init2', state: { waiting: { reason: 'PodInitializing' } } }] }),
      { status: 'Init:1/2', ready: '0/1' },
    ],
    [
      'init container crashes',
      withInit({ initContainerStatuses: [waiting('CrashLoopBackOff', { restartCount: 5 })] }),
      { status: 'Init:CrashLoopBackOff', restarts: 5 },
    ],
    ['init container failed', withInit({ initContainerStatuses: [ended(1, { reason: 'Error' })] }), { status: 'Init:Error' }],
    ['init container failed without a reason', withInit({ initContainerStatuses: [ended(2)] }), { status: 'Init:ExitCode:2' }],
    [
      'initialised, creating',
      withInit({ initContainerStatuses: [ended(0), ended(0)], containerStatuses: [waiting('ContainerCreating')] }),
      { status: 'ContainerCreating' },
    ],
    [
      'a sidecar counts',
      withInit(
        {
          phase: 'Running',
          initContainerStatuses: [{ ...running, started: true }],
          containerStatuses: [waiting('CrashLoopBackOff', { restartCount: 4 })],
        },
        [{ name: 'side', restartPolicy: 'Always' }],
      ),
      { status: 'CrashLoopBackOff', ready: '1/2', restarts: 6 },
    ],
    ['leaving', { ...pod('shop', 'web'), metadata: { name: 'web', deletionTimestamp: T0 } }, { status: 'Terminating' }],
    [
      'leaving from a lost node',
      { ...pod('shop', 'web', { status: { reason: 'NodeLost' } }), metadata: { name: 'web', deletionTimestamp: T0 } },
      { status: 'Unknown' },
    ],
  ])('%s', (_, object, expected) => {
    const { status, ready, total, restarts } = summaryOf(object)
    expect({ status, ready: `${ready}/${total}`, restarts }).toMatchObject(expected)
  })
})

describe('cells of other kinds', () => {
  const cells = (object: KubeObject): unknown[] => {
    const table = tableOf(
      [object],
      {},
      { type: builtin(object.kind), crd: null, now: new Date(T0), includeObject: 'None', apiVersion: 'meta.k8s.io/v1' },
    )
    return (table as { rows: { cells: unknown[] }[] }).rows[0]!.cells.slice(1)
  }
  const object = (kind: string, more: object): KubeObject => ({
    apiVersion: builtin(kind).apiVersion,
    kind,
    metadata: { name: 'x', creationTimestamp: before(5) },
    ...more,
  })
  const cpu = (current?: number): object => ({
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
    },
    status: {
      currentReplicas: 2,
      currentMetrics:
        current === undefined ? null : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }],
    },
  })

  it.each<[KubeObject, unknown[]]>([
    [object('HorizontalPodAutoscaler', cpu(95)), ['Deployment/web', 'cpu: 95%/80%', '<unset>', 5, 2, '5m']],
    [object('HorizontalPodAutoscaler', cpu()), ['Deployment/web', 'cpu: <unknown>/80%', '<unset>', 5, 2, '5m']],
    [
      object('Service', { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1', ports: [{ port: 443 }] }, status: {} }),
      ['LoadBalancer', '10.0.0.1', '<pending>', '443/TCP', '5m', '<none>'],
    ],
    [
      object('Service', { spec: { type: 'ExternalName', externalName: 'db.example' } }),
      ['ExternalName', '<none>', 'db.example', '<none>', '5m', '<none>'],
    ],
    [
      object('Ingress', {
        spec: { ingressClassName: 'nginx', tls: [{}], rules: [{ host: 'a' }, {}] },
        status: { loadBalancer: { ingress: [{ hostname: 'lb' }] } },
      }),
      ['nginx', 'a,*', 'lb', '80, 443', '5m'],
    ],
    [
      object('CronJob', { spec: { schedule: '0 * * * *', suspend: true }, status: { lastScheduleTime: before(61) } }),
      ['0 * * * *', '<none>', 'True', 0, '61m', '5m', '', '', '<none>'],
    ],
    [
      object('Job', {
        spec: { parallelism: 3 },
        status: { startTime: before(4), completionTime: before(1), succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] },
      }),
      ['Complete', '1/1 of 3', '3m', '5m', '', '', '<none>'],
    ],
    [
      object('PersistentVolume', {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { namespace: 'shop', name: 'data' },
        },
        status: { phase: 'Bound' },
      }),
      ['1Gi', 'RWO,RWX', 'Delete', 'Bound', 'shop/data', '', '<unset>', '', '5m', '<unset>'],
    ],
    [
      object('Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }] }] }),
      ['10.0.0.1:80,[fd00::1]:80', '5m'],
    ],
    [
      object('EndpointSlice', {
        addressType: 'IPv4',
        ports: [{ port: 80 }],
        endpoints: ['a', 'b', 'c', 'd'].map((ip) => ({ addresses: [ip] })),
      }),
      ['IPv4', '80', 'a,b,c + 1 more...', '5m'],
    ],
    [
      object('ResourceQuota', { status: { hard: { pods: '2', 'limits.cpu': '1' }, used: { pods: '2' } } }),
      ['pods: 2/2', 'limits.cpu: 0/1', '5m'],
    ],
    [object('PodDisruptionBudget', { spec: { minAvailable: '50%' }, status: {} }), ['50%', 'N/A', 0, '5m']],
    [object('Secret', { type: 'Opaque', data: { a: '' } }), ['Opaque', '1', '5m']],
    [object('Secret', {}), ['Opaque', '<unknown>', '5m']],
    [
      object('RoleBinding', {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'shop', name: 'sa' }],
      }),
      ['Role/r', '5m', '', '', 'shop/sa'],
    ],
    // Redaction may leave anything where a list was: that spoils one cell.
    [object('Ingress', { spec: { rules: '***HIDDEN***' } }), ['<none>', '<unknown>', '', '80', '5m']],
  ])('%#', (one, expected) => {
    expect(cells(one)).toEqual(expected)
  })

  it('a custom type without a definition shows its age', () => {
    const widget = { apiVersion: 'acme.dev/v1', kind: 'Widget', metadata: { name: 'w', creationTimestamp: before(5) } }
    const type = guessResource('acme.dev/v1', 'Widget', true)
    const table = tableOf([widget], {}, { type, crd: null, now: new Date(T0), includeObject: 'Object', apiVersion: 'meta.k8s.io/v1' })
    expect(table).toMatchObject({ columnDefinitions: [{ name: 'Name' }, { name: 'Age' }], rows: [{ cells: ['w', '5m'], object: widget }] })
  })
})

describe('the paths of a CRD’s columns', () => {
  const object = {
    a: {
      'b.c/d': 1,
      list: [
        { t: 'X', v: 1 },
        { t: 'Y', v: { w: 2 } },
      ],
      empty: null,
    },
  }
  it.each([
    ['.a.list[0].v', [1]],
    ['{.a.list[1].v.w}', [2]],
    ['.a.list[-1].t', ['Y']],
    ['.a.list[*].t', ['X', 'Y']],
    ['.a.list[?(@.t=="Y")].v.w', [2]],
    [".a.list[?(@.t=='Y')].t", ['Y']],
    [".a['b.c/d']", [1]],
    ['.a.b\\.c/d', [1]],
    ['.a.empty', [null]],
    ['.a.missing.deeper', []],
    ['.a.list[9].t', []],
    ['.constructor.name', []],
    ['..nonsense', []],
  ])('%s', (path, expected) => {
    expect(readPath(object, path)).toEqual(expected)
  })
})

describe('label selectors of objects', () => {
  it.each([
    [{ matchLabels: { b: '2', a: '1' } }, 'a=1,b=2'],
    [
      {
        matchExpressions: [
          { key: 'k', operator: 'In', values: ['z', 'y'] },
          { key: 'e', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist' },
          { key: 'n', operator: 'NotIn', values: ['x'] },
        ],
      },
      'k in (y,z),e,!d,n notin (x)',
    ],
    [{}, '<none>'],
    [undefined, '<none>'],
  ])('%j → %s', (selector, text) => {
    expect(selectorText(selector)).toBe(text)
  })
})
