import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '#kit/errors'
import { before, crashing, event, folderOf, listOf, namespace, pod, T0, tempFolder, writeTarball, type Files } from '../fixture.ts'
import { ReadError, type ResourceType } from '../reader.ts'
import { builtin, findResource, guessResource } from '../resources.ts'
import { openBundle, type BundleReader } from './open.ts'

/** A small bundle as troubleshoot.sh writes it. */
const TROUBLESHOOT: Files = {
  'cluster-info/cluster_version.json': { info: { major: '1', minor: '31', gitVersion: 'v1.31.2' }, string: 'v1.31.2' },
  'cluster-resources/namespaces.json': listOf('v1', 'Namespace', [namespace('shop'), namespace('empty')]),
  'cluster-resources/nodes.json': listOf('v1', 'Node', []),
  'cluster-resources/pods/shop.json': listOf('v1', 'Pod', [pod('shop', 'web'), crashing('shop', 'api')]),
  'cluster-resources/pods/empty.json': listOf('v1', 'Pod', null),
  'cluster-resources/events/shop.json': listOf('v1', 'Event', [event('shop', 'api.1', { kind: 'Pod', name: 'api' }, 'BackOff', 0)]),
  'cluster-resources/configmaps/shop.json': listOf('v1', 'ConfigMap', []),
  'cluster-resources/pods/logs/shop/api/app.log': 'one\ntwo\nthree\n',
  'cluster-resources/pods/logs/shop/api/app-previous.log': 'before\n',
}

async function withBundle<T>(files: Files, use: (bundle: BundleReader) => Promise<T>): Promise<T> {
  await using folder = await folderOf(files)
  return await use(await openBundle(folder.path))
}

const names = async (bundle: BundleReader, type: ResourceType, options = {}): Promise<string[]> =>
  (await bundle.list(type, options)).map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name}`)

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `no error but ${JSON.stringify(value)}`,
    (error: unknown) => (error instanceof ReadError ? error.reason : String(error)),
  )

const Pod = builtin('Pod')
const ConfigMap = builtin('ConfigMap')

describe('a troubleshoot.sh bundle', () => {
  it('gives its objects, sorted, chosen by namespace and selectors', () =>
    withBundle(TROUBLESHOOT, async (bundle) => {
      expect(await names(bundle, Pod)).toEqual(['shop/api', 'shop/web'])
      expect(await names(bundle, Pod, { labelSelector: 'app=web' })).toEqual(['shop/web'])
      expect(await names(bundle, Pod, { namespace: 'shop', fieldSelector: 'metadata.name=api' })).toEqual(['shop/api'])
      expect((await bundle.get(Pod, 'shop', 'api'))?.status.containerStatuses[0].restartCount).toBe(4)
      expect(bundle.serverVersion?.['gitVersion']).toBe('v1.31.2')
      expect(bundle.oddities).toEqual([])
    }))

  it('tells "none" from "not recorded"', () =>
    withBundle(TROUBLESHOOT, async (bundle) => {
      expect(await names(bundle, Pod, { namespace: 'empty' })).toEqual([])
      expect(await bundle.get(Pod, 'shop', 'gone')).toBeNull()
      expect(await names(bundle, ConfigMap, { namespace: 'shop' })).toEqual([])
      expect(await names(bundle, builtin('Node'))).toEqual([])
      // Of ConfigMaps there is no file for the namespace `empty`, of Services none at all.
      expect(await reasonOf(bundle.list(ConfigMap, { namespace: 'empty' }))).toBe('NotRecorded')
      expect(await reasonOf(bundle.get(ConfigMap, 'empty', 'x'))).toBe('NotRecorded')
      expect(await reasonOf(bundle.list(builtin('Service'), {}))).toBe('NotRecorded')
      // A namespace that does not exist holds nothing for certain.
      expect(await names(bundle, ConfigMap, { namespace: 'nowhere' })).toEqual([])
    }))

  it('gives the end of a log', () =>
    withBundle(TROUBLESHOOT, async (bundle) => {
      const log = { namespace: 'shop', pod: 'api', container: 'app', previous: false, tailLines: 2 }
      expect(await bundle.logs(log)).toBe('two\nthree\n')
      expect(await bundle.logs({ ...log, previous: true })).toBe('before\n')
      expect(await bundle.logs({ ...log, pod: 'web' })).toBeNull()
      expect(await bundle.logs({ ...log, container: 'other' })).toBeNull()
    }))

  it('reads alike from a tarball with a folder on top', async () => {
    await using folder = await tempFolder()
    const path = join(folder.path, 'bundle.tgz')
    await writeTarball(path, Object.fromEntries(Object.entries(TROUBLESHOOT).map(([name, content]) => [`support-bundle/${name}`, content])))
    const [packed, plain] = [await openBundle(path), await withBundle(TROUBLESHOOT, (bundle) => bundle.list(Pod, {}))]
    expect(await packed.list(Pod, {})).toEqual(plain)
    expect(await packed.now()).toEqual(new Date(T0))
    expect(await packed.logs({ namespace: 'shop', pod: 'api', container: 'app', previous: false, tailLines: 1 })).toBe('three\n')
  })

  it('fills in the apiVersion and kind that items lack, from the list or the folder', () =>
    withBundle(
      {
        'cluster-resources/limitranges/shop.json': { items: [{ metadata: { name: 'limits', namespace: 'shop' } }] },
        'cluster-resources/pvcs/shop.json': [{ metadata: { name: 'data' } }],
        'cluster-resources/storage-classes.json': {
          kind: 'StorageClassList',
          apiVersion: 'storage.k8s.io/v1',
          items: [{ metadata: { name: 'fast' } }],
        },
      },
      async (bundle) => {
        expect(await bundle.list(builtin('LimitRange'), {})).toMatchObject([{ apiVersion: 'v1', kind: 'LimitRange' }])
        expect(await bundle.get(builtin('PersistentVolumeClaim'), 'shop', 'data')).toMatchObject({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
        })
        expect(await bundle.get(builtin('StorageClass'), null, 'fast')).toMatchObject({
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
        })
      },
    ))

  it('says what the recorder could not read', () =>
    withBundle({ ...TROUBLESHOOT, 'cluster-resources/cronjobs-errors.json': { shop: 'cronjobs is forbidden' } }, async (bundle) => {
      expect(bundle.oddities).toEqual(['The recorder could not read cronjobs of shop: cronjobs is forbidden'])
      expect(await reasonOf(bundle.list(builtin('CronJob'), { namespace: 'shop' }))).toBe('NotRecorded')
    }))
})

describe('custom resources', () => {
  const crd = (group: string, kind: string, plural: string): object => ({
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), shortNames: ['wg'] },
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  })
  const files: Files = {
    ...TROUBLESHOOT,
    'cluster-resources/custom-resource-definitions.json': {
      items: [crd('acme.dev', 'Widget', 'widgets'), crd('acme.dev', 'Gadget', 'gadgets')],
    },
    'cluster-resources/custom-resources/widgets.acme.dev/shop.yaml': [
      '- apiVersion: acme.dev/v1',
      '  kind: Widget',
      '  metadata: {name: w1, namespace: shop}',
      '  spec:',
      '    ip: ***HIDDEN***',
      '    tcp://***HIDDEN***:10000: a',
      '    tcp://***HIDDEN***:10000: b',
    ].join('\n'),
  }

  it('are known by their definitions and read when asked for, redacted YAML included', () =>
    withBundle(files, async (bundle) => {
      const widget = findResource('wg', await bundle.types())!
      expect(widget).toMatchObject({ apiVersion: 'acme.dev/v1', kind: 'Widget', plural: 'widgets', namespaced: true })
      expect((await bundle.get(widget, 'shop', 'w1'))?.spec).toEqual({ ip: '***HIDDEN***', 'tcp://***HIDDEN***:10000': 'b' })
      expect(bundle.oddities).toEqual([])
    }))

  it('without a file are none when their kind is defined, and no such thing when it is not', () =>
    withBundle(files, async (bundle) => {
      expect(await names(bundle, guessResource('acme.dev/v1', 'Gadget', true))).toEqual([])
      expect(await bundle.get(guessResource('acme.dev/v1', 'Gadget', true), 'shop', 'x')).toBeNull()
      expect(await reasonOf(bundle.list(guessResource('acme.dev/v1', 'Gizmo', true), {}))).toBe('NoSuchResource')
      expect(await reasonOf(bundle.list(builtin('HTTPRoute'), {}))).toBe('NoSuchResource')
      expect(await withBundle(TROUBLESHOOT, (other) => reasonOf(other.list(builtin('HTTPRoute'), {})))).toBe('NotRecorded')
    }))
})

describe('other layouts', () => {
  it('kubectl cluster-info dump: a folder a namespace, all containers of a pod in one log', () =>
    withBundle(
      {
        'nodes.json': listOf('v1', 'Node', [{ metadata: { name: 'n1' } }]),
        'shop/pods.json': listOf('v1', 'Pod', [pod('shop', 'web')]),
        'shop/events.json': listOf('v1', 'Event', null),
        'shop/services.json': listOf('v1', 'Service', [{ metadata: { name: 'web', namespace: 'shop' } }]),
        'shop/web/logs.txt':
          '==== START logs for container init of pod shop/web ====\nready\n==== END logs for container init of pod shop/web ====\n' +
          '==== START logs for container app of pod shop/web ====\nhello\nworld\n==== END logs for container app of pod shop/web ====\n',
      },
      async (bundle) => {
        expect(await names(bundle, builtin('Node'))).toEqual(['/n1'])
        expect(await names(bundle, Pod)).toEqual(['shop/web'])
        expect(await names(bundle, builtin('Event'), { namespace: 'shop' })).toEqual([])
        expect(await reasonOf(bundle.list(builtin('Event'), { namespace: 'kube-system' }))).toBe('NotRecorded')
        const log = { namespace: 'shop', pod: 'web', container: 'app', previous: false, tailLines: 10 }
        expect(await bundle.logs(log)).toBe('hello\nworld\n')
        expect(await bundle.logs({ ...log, container: 'init' })).toBe('ready\n')
        expect(await bundle.logs({ ...log, container: 'other' })).toBeNull()
      },
    ))

  it('files of `kubectl get -A -o json|yaml`, several documents in one', () =>
    withBundle(
      {
        'all.json': {
          apiVersion: 'v1',
          kind: 'List',
          items: [
            pod('shop', 'web'),
            pod('infra', 'dns'),
            { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
          ],
        },
        'more/things.yaml': [
          'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}',
          'apiVersion: acme.dev/v1\nkind: Policy\nmetadata: {name: p}',
          'just: some values',
        ].join('\n---\n'),
        'quotas.txt': 'not an object',
        'resourcequotas.json': { apiVersion: 'v1', kind: 'List', items: [] },
      },
      async (bundle) => {
        expect(await names(bundle, Pod)).toEqual(['infra/dns', 'shop/web'])
        expect(await names(bundle, builtin('Deployment'), { namespace: 'infra' })).toEqual([])
        expect(await names(bundle, builtin('ResourceQuota'), { namespace: 'shop' })).toEqual([])
        expect(await names(bundle, findResource('policy', await bundle.types())!)).toEqual(['/p'])
        // One Service by itself does not say that it is the only one.
        expect(await names(bundle, builtin('Service'))).toEqual(['shop/web'])
        expect(await bundle.get(builtin('Service'), 'shop', 'web')).not.toBeNull()
        expect(await reasonOf(bundle.get(builtin('Service'), 'shop', 'other'))).toBe('NotRecorded')
        expect(bundle.oddities).toEqual([])
      },
    ))

  it.each([
    ['logs/shop/web/app.log', false],
    ['shop/web/app.log', false],
    ['shop/web/app-previous.log', true],
    ['shop/web/app.previous.txt', true],
    ['shop/web.log', false],
    ['any-collector/web/app.log', false],
    ['any-collector/web-previous.log', true],
    ['must-gather/namespaces/shop/pods/web/app/app/logs/current.log', false],
    ['must-gather/namespaces/shop/pods/web/app/app/logs/previous.log', true],
    ['var/log/pods/shop_web_0a1b/app/3.log', false],
  ])('finds the log %s', (path, previous) =>
    withBundle({ 'pods.json': listOf('v1', 'Pod', [pod('shop', 'web'), pod('infra', 'dns')]), [path]: 'a line\n' }, async (bundle) => {
      const log = { namespace: 'shop', pod: 'web', container: 'app', previous, tailLines: 10 }
      expect(await bundle.logs(log)).toBe('a line\n')
      expect(await bundle.logs({ ...log, previous: !previous })).toBeNull()
      expect(await bundle.logs({ ...log, pod: 'dns', namespace: 'infra' })).toBeNull()
    }),
  )

  it('never takes the log of a pod of the same name in another namespace', () =>
    withBundle(
      { 'pods.json': listOf('v1', 'Pod', [pod('shop', 'web'), pod('infra', 'web')]), 'shop/web/app.log': 'of shop\n' },
      async (bundle) => {
        expect(await bundle.logs({ namespace: 'infra', pod: 'web', container: 'app', previous: false, tailLines: 10 })).toBeNull()
      },
    ))

  it('reads a node’s own log files: the newest run is the current one, marks of the runtime taken off', () =>
    withBundle(
      {
        'pods.json': listOf('v1', 'Pod', [pod('shop', 'web')]),
        'var/log/pods/shop_web_0a1b/app/1.log': '2024-05-01T09:00:00.1Z stdout F very old\n',
        'var/log/pods/shop_web_0a1b/app/2.log': '2024-05-01T09:00:00.1Z stderr F old\n',
        'var/log/pods/shop_web_0a1b/app/10.log': '2024-05-01T09:00:00.1Z stdout F new\n2024-05-01T09:00:00.2Z stdout P half\n',
      },
      async (bundle) => {
        const log = { namespace: 'shop', pod: 'web', container: 'app', previous: false, tailLines: 10 }
        expect(await bundle.logs(log)).toBe('new\nhalf\n')
        expect(await bundle.logs({ ...log, previous: true })).toBe('old\n')
      },
    ))
})

describe('old versions of the API are brought to today’s', () => {
  it.each([
    [
      { apiVersion: 'batch/v1beta1', kind: 'CronJob', spec: { schedule: '* * * * *' } },
      { apiVersion: 'batch/v1', spec: { schedule: '* * * * *' } },
    ],
    [{ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' }, { apiVersion: 'policy/v1' }],
    [
      {
        apiVersion: 'extensions/v1beta1',
        kind: 'Ingress',
        spec: { rules: [{ host: 'h', http: { paths: [{ path: '/', backend: { serviceName: 'web', servicePort: 80 } }] } }] },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        spec: { rules: [{ host: 'h', http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
      },
    ],
    [
      {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 80 },
        status: { currentCPUUtilizationPercentage: 95 },
      },
      {
        apiVersion: 'autoscaling/v2',
        spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] },
        status: { currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 95 } } }] },
      },
    ],
    [
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        regarding: { kind: 'Pod', name: 'web' },
        note: 'text',
        reason: 'BackOff',
        eventTime: T0,
        deprecatedCount: 4,
        reportingController: 'kubelet',
      },
      {
        apiVersion: 'v1',
        involvedObject: { kind: 'Pod', name: 'web' },
        message: 'text',
        reason: 'BackOff',
        lastTimestamp: T0,
        count: 4,
        source: { component: 'kubelet' },
      },
    ],
  ])('%j', (old, today) =>
    withBundle({ 'object.json': { ...old, metadata: { name: 'x', namespace: 'shop' } } }, async (bundle) => {
      expect(await bundle.get(builtin(old.kind), 'shop', 'x')).toMatchObject({ kind: old.kind, ...today })
    }),
  )
})

describe('what must not be seen', () => {
  const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
  it('a Secret keeps the names of its keys and nothing of their values', () =>
    withBundle(
      {
        'secrets.json': listOf('v1', 'Secret', [
          {
            metadata: { name: 'db', namespace: 'shop', annotations: { [LAST_APPLIED]: 'aHVudGVyMg==', other: 'x' } },
            type: 'Opaque',
            data: { password: 'aHVudGVyMg==' },
            stringData: { user: 'hunter2' },
          },
        ]),
      },
      async (bundle) => {
        const secret = await bundle.get(builtin('Secret'), 'shop', 'db')
        expect(secret).toMatchObject({ type: 'Opaque', data: { password: '', user: '' }, metadata: { annotations: { other: 'x' } } })
        expect(JSON.stringify(secret)).not.toMatch(/hunter2|aHVudGVyMg/)
      },
    ))

  it('a collector of one Secret tells that it is there, or that it is not', () =>
    withBundle(
      {
        ...TROUBLESHOOT,
        'secrets/shop/db.json': { namespace: 'shop', name: 'db', key: 'password', secretExists: true, keyExists: true, value: 'hunter2' },
        'secrets/shop/gone.json': { namespace: 'shop', name: 'gone', secretExists: false },
      },
      async (bundle) => {
        const secret = builtin('Secret')
        expect(JSON.stringify(await bundle.get(secret, 'shop', 'db'))).not.toContain('hunter2')
        expect((await bundle.get(secret, 'shop', 'db'))?.data).toBeUndefined()
        expect(await bundle.get(secret, 'shop', 'gone')).toBeNull()
        expect(await reasonOf(bundle.get(secret, 'shop', 'other'))).toBe('NotRecorded')
      },
    ))

  it('who wrote what stays with what people change, and goes with what controllers write', () => {
    const managedFields = [{ manager: 'kubectl', operation: 'Update', time: before(30), fieldsV1: {} }]
    return withBundle(
      {
        'configmaps.json': listOf('v1', 'ConfigMap', [{ metadata: { name: 'c', namespace: 'shop', managedFields } }]),
        'pods.json': listOf('v1', 'Pod', [{ ...pod('shop', 'web'), metadata: { name: 'web', namespace: 'shop', managedFields } }]),
      },
      async (bundle) => {
        expect((await bundle.get(ConfigMap, 'shop', 'c'))?.metadata.managedFields).toEqual(managedFields)
        expect((await bundle.get(Pod, 'shop', 'web'))?.metadata.managedFields).toBeUndefined()
      },
    )
  })
})

describe('bad input', () => {
  it('a file that does not parse is an oddity', () =>
    withBundle(
      {
        ...TROUBLESHOOT,
        'cluster-resources/services/shop.json': '{"items": [',
        'cluster-resources/custom-resources/widgets.acme.dev/shop.yaml': '- a: [1',
        'cluster-resources/jobs/shop.json': '"text"',
        'cluster-resources/deployments/shop.json': '',
      },
      async (bundle) => {
        expect(bundle.oddities).toEqual([expect.stringMatching(/^cluster-resources\/services\/shop\.json is not valid JSON/)])
        expect(await names(bundle, Pod)).toEqual(['shop/api', 'shop/web'])
        // What could not be read is not "none".
        expect(await reasonOf(bundle.list(builtin('Service'), { namespace: 'shop' }))).toBe('NotRecorded')
        expect(await reasonOf(bundle.list(builtin('Deployment'), { namespace: 'shop' }))).toBe('NotRecorded')
        expect(await reasonOf(bundle.list(builtin('Job'), {}))).toBe('NotRecorded')
        await bundle.types()
        // Lazy files are tried when their kind is first asked for.
        expect(bundle.oddities[1]).toMatch(/^cluster-resources\/custom-resources\/widgets\.acme\.dev\/shop\.yaml is not valid YAML/)
      },
    ))

  it('a maimed object is left out', () =>
    withBundle(
      {
        'pods.json': listOf('v1', 'Pod', [
          null,
          7,
          { metadata: null },
          { metadata: { name: 5 } },
          { metadata: { name: 'ok', namespace: 'shop' }, status: { conditions: 'x' } },
        ]),
      },
      async (bundle) => expect(await names(bundle, Pod)).toEqual(['shop/ok']),
    ))

  it('YAML that multiplies itself is refused', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i]},`.repeat(9)}]`)]
    return withBundle({ ...TROUBLESHOOT, 'cluster-resources/jobs/shop.yaml': bomb.join('\n') }, async (bundle) => {
      expect(bundle.oddities).toEqual([expect.stringMatching(/jobs\/shop\.yaml is not valid YAML \(Excessive alias count/)])
    })
  })

  it('nothing of Kubernetes in it is an InputError', async () => {
    await expect(withBundle({ 'readme.md': 'hi', 'package.json': { name: 'x' } }, async () => {})).rejects.toThrow(InputError)
    await expect(openBundle('/nowhere/at/all')).rejects.toThrow(InputError)
  })
})
