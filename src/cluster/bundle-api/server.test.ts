import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubectlPath } from '../../../test/kubectl.ts'
import { openBundle } from '../bundle/open.ts'
import { before, crashing, event, folderOf, listOf, namespace, pod, T0, tempFolder, type Files, type TempFolder } from '../fixture.ts'
import { serveBundle, type ServedBundle } from './server.ts'

/** A real kubectl against a served bundle: the words on the screen are the specification. */

const meta = (name: string, minutes: number, more: object = {}): object => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: before(minutes),
  ...more,
})
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'shop/app:2' }] } }

const FILES: Files = {
  'cluster-info/cluster_version.json': { info: { major: '1', minor: '34', gitVersion: 'v1.34.1' } },
  'cluster-resources/namespaces.json': listOf('v1', 'Namespace', [namespace('shop'), namespace('infra')]),
  'cluster-resources/nodes.json': listOf('v1', 'Node', [
    {
      metadata: { name: 'n1', creationTimestamp: before(3_000), labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: T0 }],
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        nodeInfo: { kubeletVersion: 'v1.34.1', osImage: 'Debian', kernelVersion: '6.1', containerRuntimeVersion: 'containerd://2.0' },
      },
    },
  ]),
  'cluster-resources/pods/shop.json': listOf('v1', 'Pod', [
    pod('shop', 'web', { labels: { tier: 'front' }, spec: { initContainers: [{ name: 'init' }] } }),
    crashing('shop', 'api'),
  ]),
  'cluster-resources/pods/infra.json': listOf('v1', 'Pod', [pod('infra', 'dns', { spec: { nodeName: 'n2' } })]),
  'cluster-resources/deployments/shop.json': listOf('apps/v1', 'Deployment', [
    {
      metadata: meta('web', 90, { generation: 2, annotations: { 'deployment.kubernetes.io/revision': '2' } }),
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template, strategy: { type: 'RollingUpdate' } },
      status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1, unavailableReplicas: 1, replicas: 2, observedGeneration: 2 },
    },
  ]),
  'cluster-resources/deployments/infra.json': listOf('apps/v1', 'Deployment', []),
  'cluster-resources/replicasets/shop.json': listOf('apps/v1', 'ReplicaSet', [
    {
      metadata: meta('web-1', 90, {
        labels: { app: 'web' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }],
      }),
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
      status: { replicas: 2, readyReplicas: 1 },
    },
  ]),
  'cluster-resources/services/shop.json': listOf('v1', 'Service', [
    {
      metadata: meta('web', 60),
      spec: { type: 'NodePort', clusterIP: '10.1.1.1', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }], selector: { app: 'web' } },
    },
  ]),
  'cluster-resources/endpointslices/shop.json': listOf('discovery.k8s.io/v1', 'EndpointSlice', []),
  'cluster-resources/jobs/shop.json': listOf('batch/v1', 'Job', [
    {
      metadata: meta('import', 30),
      spec: { completions: 1, template },
      status: { startTime: before(30), conditions: [{ type: 'Failed', status: 'True' }] },
    },
  ]),
  'cluster-resources/pvcs/shop.json': listOf('v1', 'PersistentVolumeClaim', [
    {
      metadata: meta('data', 30),
      spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ]),
  'cluster-resources/configmaps/shop.json': listOf('v1', 'ConfigMap', [{ metadata: meta('settings', 30), data: { a: '1', b: '2' } }]),
  'cluster-resources/events/shop.json': listOf('v1', 'Event', [
    event('shop', 'api.2', { kind: 'Pod', name: 'api' }, 'BackOff', 0),
    event('shop', 'api.1', { kind: 'Pod', name: 'api' }, 'Pulled', 5),
    event('shop', 'web.1', { kind: 'Service', name: 'web' }, 'Synced', 3),
  ]),
  'cluster-resources/custom-resource-definitions.json': listOf('apiextensions.k8s.io/v1', 'CustomResourceDefinition', [
    {
      metadata: { name: 'widgets.acme.dev', creationTimestamp: before(999) },
      spec: {
        group: 'acme.dev',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wg'] },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            additionalPrinterColumns: [
              { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
              { name: 'Since', type: 'date', jsonPath: '.metadata.creationTimestamp' },
              { name: 'Parts', type: 'string', jsonPath: '.spec.parts[*].name', priority: 1 },
            ],
          },
        ],
      },
    },
  ]),
  'cluster-resources/custom-resources/widgets.acme.dev/shop.json': [
    {
      apiVersion: 'acme.dev/v1',
      kind: 'Widget',
      metadata: meta('w1', 45),
      spec: { parts: [{ name: 'x' }, { name: 'y' }] },
      status: {
        conditions: [
          { type: 'Synced', status: 'True' },
          { type: 'Ready', status: 'False' },
        ],
      },
    },
  ],
  'cluster-resources/pods/logs/shop/api/app.log': '2024-05-01T09:00:00Z start\n2024-05-01T09:59:30Z panic: no database\n',
  'cluster-resources/pods/logs/shop/api/app-previous.log': 'panic: no database, before\n',
}

let served: ServedBundle
let home: TempFolder
let kubectl: (...args: string[]) => Promise<string>

beforeAll(async () => {
  home = await tempFolder()
  const folder = await folderOf(FILES)
  const bundle = await openBundle(folder.path)
  await bundle.types()
  served = await serveBundle(bundle)
  const kubeconfig = join(home.path, 'kubeconfig')
  await writeFile(kubeconfig, served.kubeconfig, { mode: 0o600 })
  const path = await kubectlPath()
  const env = { HOME: home.path, KUBECONFIG: kubeconfig, PATH: '/usr/bin:/bin' }
  kubectl = async (...args) => {
    const { stdout, stderr } = await promisify(execFile)(path, args, { env, timeout: 30_000 }).catch(
      (error: { stdout: string; stderr: string }) => error,
    )
    return `${stdout}${stderr}`.replaceAll(/ +$/gm, '').replace(/\n$/, '')
  }
  return () => folder[Symbol.asyncDispose]()
}, 120_000)

afterAll(async () => {
  await served?.close()
  await home?.[Symbol.asyncDispose]()
})

describe('kubectl get', () => {
  it.each<[string, string[]]>([
    [
      'get pods -A',
      [
        'NAMESPACE   NAME   READY   STATUS             RESTARTS     AGE',
        'infra       dns    1/1     Running            0            90m',
        'shop        api    0/1     CrashLoopBackOff   4 (5m ago)   90m',
        'shop        web    1/1     Running            0            90m',
      ],
    ],
    [
      'get pods -n shop -o wide -l tier=front',
      [
        'NAME   READY   STATUS    RESTARTS   AGE   IP         NODE   NOMINATED NODE   READINESS GATES',
        'web    1/1     Running   0          90m   10.0.0.7   n1     <none>           <none>',
      ],
    ],
    ['get pods -A -l app!=web,tier --no-headers', ['No resources found']],
    ['get pods -A --field-selector spec.nodeName=n2,status.phase!=Failed -o name', ['pod/dns']],
    ['get all -n infra', ['NAME      READY   STATUS    RESTARTS   AGE', 'pod/dns   1/1     Running   0          90m']],
    [
      'get deploy web -n shop -o wide',
      [
        'NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES       SELECTOR',
        'web    1/2     2            1           90m   app          shop/app:2   app=web',
      ],
    ],
    [
      'get nodes -o wide',
      [
        'NAME   STATUS                     ROLES           AGE    VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE   KERNEL-VERSION   CONTAINER-RUNTIME',
        'n1     Ready,SchedulingDisabled   control-plane   2d2h   v1.34.1   10.0.0.1      <none>        Debian     6.1              containerd://2.0',
      ],
    ],
    [
      'get svc -n shop',
      [
        'NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE',
        'web    NodePort   10.1.1.1     <none>        80:30080/TCP   60m',
      ],
    ],
    ['get jobs -n shop', ['NAME     STATUS   COMPLETIONS   DURATION   AGE', 'import   Failed   0/1           30m        30m']],
    [
      'get pvc -n shop',
      [
        'NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE',
        'data   Pending                                      fast           <unset>                 30m',
      ],
    ],
    ['get cm -n shop', ['NAME       DATA   AGE', 'settings   2      30m']],
    ['get wg -n shop -o wide', ['NAME   READY   SINCE   PARTS', 'w1     False   45m     x y']],
    ['get widgets.acme.dev/w1 -n shop -o jsonpath={.spec.parts[1].name}', ['y']],
    ['get pod api -n shop -o jsonpath={.status.containerStatuses[0].state.waiting.reason}', ['CrashLoopBackOff']],
    [
      'get pods -n shop --sort-by=.status.containerStatuses[0].restartCount -o custom-columns=N:.metadata.name,R:.status.containerStatuses[0].restartCount',
      ['N     R', 'web   0', 'api   4'],
    ],
    [
      'get pods -n shop --show-labels -L tier',
      [
        'NAME   READY   STATUS             RESTARTS     AGE   TIER    LABELS',
        'api    0/1     CrashLoopBackOff   4 (5m ago)   90m           app=api',
        'web    1/1     Running            0            90m   front   app=web,tier=front',
      ],
    ],
    [
      'get events -n shop',
      [
        'LAST SEEN   TYPE      REASON    OBJECT        MESSAGE',
        '5m          Normal    Pulled    pod/api       Pulled api',
        '3m          Normal    Synced    service/web   Synced web',
        '0s          Warning   BackOff   pod/api       BackOff api',
      ],
    ],
    [
      'get events -n shop --field-selector involvedObject.name=api,type=Warning -o wide',
      [
        'LAST SEEN   TYPE      REASON    OBJECT    SUBOBJECT   SOURCE        MESSAGE       FIRST SEEN   COUNT   NAME',
        '0s          Warning   BackOff   pod/api               kubelet, n1   BackOff api   10m          3       api.2',
      ],
    ],
    ['get pods -A --chunk-size=1 -o name', ['pod/dns', 'pod/api', 'pod/web']],
    ['get crd', ['NAME               CREATED AT', `widgets.acme.dev   ${before(999)}`]],
  ])('%s', async (command, lines) => {
    const output = await kubectl(...command.split(' '))
    const got = output.split('\n').filter((line) => !line.startsWith('Error from server (NotFound): Unable to list'))
    expect(got).toEqual(lines.map((line) => line.trimEnd()))
  })

  it('-o yaml and -o json give the object', async () => {
    expect(await kubectl('get', 'pod', 'api', '-n', 'shop', '-o', 'yaml')).toContain('reason: CrashLoopBackOff')
    const list = JSON.parse(await kubectl('get', 'pods', '-n', 'shop', '-o', 'json')) as { items: { metadata: { name: string } }[] }
    expect(list.items.map((item) => item.metadata.name)).toEqual(['api', 'web'])
  })

  it('several kinds at once', async () => {
    expect(await kubectl('get', 'deploy,rs,wg', '-n', 'shop', '-o', 'name')).toBe(
      'deployment.apps/web\nreplicaset.apps/web-1\nwidget.acme.dev/w1',
    )
  })
})

describe('kubectl describe', () => {
  it.each<[string, string[]]>([
    ['describe pod api -n shop', ['CrashLoopBackOff', 'Exit Code:    1', 'Restart Count:  4', 'BackOff', 'Pulled api']],
    ['describe deployment web -n shop', ['2 desired | 2 updated | 2 total | 1 available | 1 unavailable', 'web-1 (2/2 replicas created)']],
    ['describe node n1', ['Unschedulable:      true', 'Non-terminated Pods:          (2 in total)']],
    ['describe svc web -n shop', ['<unset>  30080/TCP', 'Synced']],
    ['describe wg w1 -n shop', ['API Version:  acme.dev/v1', 'Kind:         Widget', 'Events:      <none>']],
    ['describe job import -n shop', ['Completions:    1']],
    ['describe pvc data -n shop', ['Status:        Pending']],
    ['describe ns shop', ['Status:       Active']],
  ])('%s', async (command, parts) => {
    const output = await kubectl(...command.split(' '))
    for (const part of parts) expect(output).toContain(part)
  })

  it('does not mix the events of objects of one name', async () => {
    expect(await kubectl('describe', 'svc', 'web', '-n', 'shop')).not.toContain('Pulled')
  })
})

describe('kubectl logs', () => {
  it.each<[string, string]>([
    ['logs -n shop api', '2024-05-01T09:00:00Z start\n2024-05-01T09:59:30Z panic: no database'],
    ['logs -n shop api -c app --tail=1', '2024-05-01T09:59:30Z panic: no database'],
    ['logs -n shop api --since=1m', '2024-05-01T09:59:30Z panic: no database'],
    ['logs -n shop api --limit-bytes=20', '2024-05-01T09:00:00Z'],
    ['logs -n shop api -p', 'panic: no database, before'],
    ['logs -n shop -l app=api --tail=1', '2024-05-01T09:59:30Z panic: no database'],
    ['logs -n shop web -c app -p', 'Error from server (BadRequest): previous terminated container "app" in pod "web" not found'],
    ['logs -n shop api -c nope', 'error: container nope is not valid for pod api'],
    ['logs -n shop nope', 'error: error from server (NotFound): pods "nope" not found in namespace "shop"'],
  ])('%s', async (command, expected) => {
    expect(await kubectl(...command.split(' '))).toBe(expected)
  })

  it('says that a log was not recorded', async () => {
    expect(await kubectl('logs', '-n', 'infra', 'dns')).toMatch(
      /^Error from server \(NotFound\): the log of container "app" in pod "dns" is not recorded in bundle /,
    )
  })

  it('asks which container when there are several', async () => {
    const response = await fetch(`${served.url}/api/v1/namespaces/shop/pods/web/log`)
    expect(await response.json()).toMatchObject({
      kind: 'Status',
      code: 400,
      message: 'a container name must be specified for pod web, choose one of: [app] or one of the init containers: [init]',
    })
  })
})

describe('the rest of kubectl', () => {
  it('api-resources lists built-in and custom types', async () => {
    const output = await kubectl('api-resources', '--no-headers')
    expect(output).toMatch(/^pods +po +v1 +true +Pod$/m)
    expect(output).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m)
    expect(output).toMatch(/^widgets +wg +acme\.dev\/v1 +true +Widget$/m)
    expect(output).not.toContain('HTTPRoute')
  })

  it('version tells the recorded server', async () => {
    expect(await kubectl('version')).toContain('Server Version: v1.34.1')
  })

  it('events', async () => {
    expect(await kubectl('events', '-n', 'shop', '--for', 'pod/api', '--no-headers')).toMatch(/Pulled.*\n.*BackOff/)
  })

  it('rollout history', async () => {
    expect(await kubectl('rollout', 'history', 'deploy/web', '-n', 'shop')).toContain('REVISION')
  })

  it.each<[string, RegExp]>([
    ['delete pod web -n shop', /MethodNotAllowed\): DELETE is not possible: this is a recorded cluster, which can only be read$/],
    ['scale deploy web -n shop --replicas=3', /MethodNotAllowed/],
    ['label pod web -n shop a=b', /MethodNotAllowed\): PATCH/],
    ['create ns other', /MethodNotAllowed\): POST/],
    ['exec -n shop api -- ls', /MethodNotAllowed/],
    ['get pods -n shop --watch-only', /MethodNotAllowed\): a watch is not possible/],
    ['get pod nope -n shop', /^Error from server \(NotFound\): pods "nope" not found$/],
    ['get deploy nope -n shop', /^Error from server \(NotFound\): deployments\.apps "nope" not found$/],
    ['get cronjobs -n shop', /NotFound.*cronjobs\.batch are not recorded in bundle/],
    ['get foos', /the server doesn't have a resource type "foos"/],
    ['get pods -A -l a~b', /unable to parse requirement/],
  ])('refuses %s', async (command, expected) => {
    expect(await kubectl(...command.split(' '))).toMatch(expected)
  })
})

describe('other clients', () => {
  const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${served.url}${path}`, init)

  it('the old discovery documents', async () => {
    expect(await (await get('/api')).json()).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
    const groups = (await (await get('/apis')).json()) as { groups: { name: string }[] }
    expect(groups.groups.map((group) => group.name)).toEqual(expect.arrayContaining(['apps', 'batch', 'acme.dev']))
    expect(await (await get('/apis/acme.dev')).json()).toMatchObject({
      kind: 'APIGroup',
      preferredVersion: { groupVersion: 'acme.dev/v1' },
    })
    expect(await (await get('/apis/acme.dev/v1')).json()).toMatchObject({
      resources: [{ name: 'widgets', kind: 'Widget', namespaced: true }],
    })
  })

  it.each([
    ['/api/v1/namespaces/shop/pods/web/exec', 405],
    ['/api/v1/namespaces/shop/pods/web/nonsense', 404],
    ['/api/v1/pods/web', 404],
    ['/apis/apps/v2/deployments', 404],
    ['/apis/nope', 404],
    ['/apis/nope/v1', 404],
    ['/api/v1/namespaces/shop/pods?continue=x', 400],
    ['/api/v1/namespaces/shop/pods/%E0%A4%A', 400],
    ['/nope', 404],
    ['/healthz', 200],
    ['/api/v1/namespaces/shop', 200],
    ['/api/v1/namespaces/shop/status', 200],
    ['/api/v1/namespaces/shop/pods/web/status', 200],
    ['/openapi/v3', 200],
  ])('%s → %i', async (path, code) => {
    expect((await get(path)).status).toBe(code)
  })

  it('serves JSON only, and only to those who know the path', async () => {
    expect((await get('/api/v1/pods', { headers: { Accept: 'application/vnd.kubernetes.protobuf' } })).status).toBe(406)
    expect((await fetch(new URL('/api/v1/pods', served.url))).status).toBe(404)
    expect((await fetch(`${served.url}x/api`)).status).toBe(404)
  })

  it('tells the bundle’s time as its own', async () => {
    expect(new Date((await get('/version')).headers.get('date')!).toISOString()).toBe('2024-05-01T10:00:00.000Z')
  })

  it('gives metadata alone when asked to', async () => {
    const headers = { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }
    const list = (await (await get('/api/v1/configmaps', { headers })).json()) as { items: object[] }
    expect(list).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'settings' } }],
    })
    expect(list.items[0]).not.toHaveProperty('data')
  })
})
