import { cpSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { Api, type Json } from '../control-plane/api.ts'
import { startControlPlane, type ControlPlane } from '../control-plane/start.ts'
import { parseServerConfig } from '../src/cli/config.ts'
import { helmAt, helmPath, type Helm } from './helm.ts'
import { until } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { temporaryFolder } from './postgres.ts'

const CHART = join(import.meta.dirname, '../chart')
const POSTGRES = ['--set', 'database.existingSecret=inquest-database']
const EMBEDDED = ['--set', 'database.embedded.enabled=true']

let plane: ControlPlane
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let admin: Api
let helm: Helm
let kubectl: Helm
beforeAll(async () => {
  const [helmProgram, kubectlProgram] = [await helmPath(), await kubectlPath()]
  plane = await startControlPlane()
  folder = await temporaryFolder()
  admin = new Api(plane.url, plane.token, plane.caFile, 'test')
  helm = helmAt(helmProgram, plane.kubeconfig, folder.path)
  kubectl = async (...args) =>
    (await promisify(execFile)(kubectlProgram, ['--kubeconfig', plane.kubeconfig, ...args], { maxBuffer: 32 << 20 })).stdout
}, 900_000)
afterAll(async () => {
  await plane?.stop()
  await folder?.remove()
})

/** A helm that was built with `go install` takes itself for one of Kubernetes 1.20. */
const template = (...args: string[]): Promise<string> =>
  helm('template', 'inquest', CHART, '-n', 'inquest', '--kube-version', 'v1.36.0', ...args)
const rendered = async (...args: string[]): Promise<Json[]> =>
  parseAllDocuments(await template(...args))
    .map((document) => document.toJS() as Json | null)
    .filter((object) => object !== null)
const of = (objects: Json[], kind: string, name?: string): Json => {
  const found = objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name))
  if (!found) throw new Error(`no ${kind} ${name ?? ''} was rendered`)
  return found
}

/** Every setting at least once. */
const MATRIX: Readonly<Record<string, string[]>> = {
  PostgreSQL: POSTGRES,
  'the embedded database': [...EMBEDDED, '--set', 'database.embedded.storageClassName=fast'],
  'some namespaces only': [
    ...POSTGRES,
    '--set',
    'watchNamespaces={shop,bank}',
    '--set',
    'agent.namespaces={shop}',
    '--set',
    'secrets.shop={slack}',
  ],
  'a cluster of one team': [
    ...POSTGRES,
    '--set',
    'agent.namespaces={shop,bank},agent.everything=true,agent.runJobs=true,remediation.namespaces={shop}',
    '--set-json',
    'agent.extraRules=[{"apiGroups":["cert-manager.io"],"resources":["certificates"],"verbs":["get","list"]}]',
  ],
  'a model and metrics': [
    ...POSTGRES,
    ...[
      'model.name=anthropic/claude-sonnet-5',
      'model.apiKeySecret.name=claude',
      'prometheus.url=http://prometheus.monitoring:9090',
    ].flatMap((one) => ['--set', one]),
    ...[
      'prometheus.tokenSecret.name=prometheus',
      'config.concurrency=20',
      'config.retention=14d',
      'publicUrl=https://inquest.example',
    ].flatMap((one) => ['--set', one]),
  ],
  'placed, labelled and limited': [
    ...POSTGRES,
    ...[
      'replicas=3',
      'nodeSelector.pool=system',
      'priorityClassName=system-cluster-critical',
      'podLabels.team=sre',
      'podAnnotations.a=b',
    ].flatMap((one) => ['--set', one]),
    ...[
      'tolerations[0].operator=Exists',
      'webhooks.service.type=LoadBalancer',
      'image.digest=sha256:' + 'a'.repeat(64),
      'networkPolicy.webhooksFrom[0].namespaceSelector.matchLabels.a=b',
    ].flatMap((one) => ['--set', one]),
    ...[
      'extraEnv[0].name=HTTPS_PROXY',
      'extraEnv[0].value=http://proxy:3128',
      'imagePullSecrets[0].name=pull',
      'serviceAccount.annotations.a=b',
      'resources.limits.cpu=2',
    ].flatMap((one) => ['--set', one]),
  ],
  'without what is optional': [
    ...POSTGRES,
    ...[
      'replicas=1',
      'networkPolicy.enabled=false',
      'podDisruptionBudget.enabled=false',
      'serviceAccount.create=false',
      'crds.install=false',
    ].flatMap((one) => ['--set', one]),
  ],
}

describe('what is rendered', () => {
  test('passes helm lint', async () => {
    expect(await helm('lint', CHART, '--strict', ...POSTGRES)).toContain('0 chart(s) failed')
  })

  test.each(Object.entries(MATRIX))('is taken by the API server: %s', async (_, values) => {
    for (const namespace of ['inquest', 'shop', 'bank']) await kubectl('create', 'namespace', namespace).catch(() => undefined)
    const file = join(folder.path, 'rendered.yaml')
    writeFileSync(file, await template(...values))
    const said = await kubectl('apply', '--server-side', '--dry-run=server', '-f', file)
    expect(said).toContain('deployment.apps/inquest serverside-applied (server dry run)')
  })

  test.each(Object.entries(MATRIX))('holds a configuration that the server takes: %s', async (_, values) => {
    const { data } = of(await rendered(...values), 'ConfigMap')
    const file = join(folder.path, 'config.yaml')
    writeFileSync(file, data['config.yaml'])
    expect(parseServerConfig({ config: file }, {})).toMatchObject({
      webhookListen: '0.0.0.0:8080',
      apiListen: '0.0.0.0:8081',
      dataDir: '/var/lib/inquest',
    })
  })

  test('is one replica on a volume with the embedded database, and rolls without a gap on PostgreSQL', async () => {
    const embedded = of(await rendered(...EMBEDDED, '--set', 'replicas=5'), 'Deployment').spec
    expect([embedded.replicas, embedded.strategy.type]).toEqual([1, 'Recreate'])
    expect(embedded.template.spec.volumes).toContainEqual({ name: 'data', persistentVolumeClaim: { claimName: 'inquest-data' } })
    const objects = await rendered(...POSTGRES)
    const postgres = of(objects, 'Deployment').spec
    expect([postgres.replicas, postgres.strategy.rollingUpdate]).toEqual([2, { maxUnavailable: 0, maxSurge: 1 }])
    expect(of(objects, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1)
  })

  test('watches some namespaces with Roles in them, and has no ClusterRole for it then', async () => {
    const objects = await rendered(...MATRIX['some namespaces only']!)
    const names = objects.filter(({ kind }) => kind === 'ClusterRole').map(({ metadata }) => metadata.name)
    expect(names).not.toContain('inquest-operator')
    expect(
      objects
        .filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'inquest-operator')
        .map(({ metadata }) => metadata.namespace),
    ).toEqual(['shop', 'bank'])
    expect(of(objects, 'Role', 'inquest-secret-reader').rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['slack'], verbs: ['get'] },
    ])
  })

  test('lets nobody write to workloads unless it is asked for, and then one account that is for nothing else', async () => {
    const bound = (objects: Json[]): object[] =>
      objects
        .filter(({ roleRef }) => roleRef?.name === 'inquest-remediation')
        .map(({ metadata, subjects }) => [metadata.namespace, subjects])
    expect(bound(await rendered(...POSTGRES, '--set', 'agent.namespaces={shop},agent.runJobs=true'))).toEqual([])
    const objects = await rendered(...MATRIX['a cluster of one team']!)
    expect(bound(objects)).toEqual([['shop', [{ kind: 'ServiceAccount', name: 'inquest-remediation', namespace: 'shop' }]]])
    const { rules } = of(objects, 'ClusterRole', 'inquest-remediation')
    const resources = rules.flatMap((rule: Json) => rule.resources)
    expect(resources).not.toEqual(expect.arrayContaining([expect.stringMatching(/secrets|roles|rolebindings|serviceaccounts|exec|\*/)]))
    expect(rules.flatMap((rule: Json) => rule.verbs)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/\*|impersonate|bind|escalate/)]),
    )
    // Only an eviction is made, nothing else.
    const made = rules.filter(({ verbs }: Json) => verbs.includes('create')).flatMap((rule: Json) => rule.resources)
    expect(made).toEqual(['pods/eviction'])
    // The operator makes no tokens of it.
    expect(of(objects, 'ClusterRole', 'inquest-operator').rules).toContainEqual(
      expect.objectContaining({ resources: ['serviceaccounts/token'], resourceNames: ['inquest-agent'] }),
    )
  })

  test.each<[says: string, values: string[], error: RegExp]>([
    ['no database', [], /name the Secret with PostgreSQL's URL/],
    ['two databases', [...POSTGRES, ...EMBEDDED], /not both/],
    ['a setting that there is not', [...POSTGRES, '--set', 'replica=3'], /replica/],
    ['a type that is wrong', [...POSTGRES, '--set', 'replicas=many'], /replicas/],
    [
      'an agent that may write',
      [...POSTGRES, '--set-json', 'agent.extraRules=[{"apiGroups":[""],"resources":["pods"],"verbs":["delete"]}]'],
      /extraRules/,
    ],
    ['an address that is none', [...POSTGRES, '--set', 'prometheus.url=prometheus:9090'], /prometheus/],
  ])('is refused with %s', async (_, values, error) => {
    await expect(rendered(...values)).rejects.toThrow(error)
  })
})

describe('a release', () => {
  const crds = async (): Promise<Json[]> =>
    (await admin.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')).items.filter(
      ({ spec }: Json) => spec.group === 'inquest.dev',
    )
  /** The API server answers 429 while it takes a changed kind up. */
  const workflows = (): Promise<Json[]> =>
    until(
      () =>
        admin.get('/apis/inquest.dev/v1alpha1/namespaces/default/workflows').then(
          ({ items }: Json) => items,
          () => null,
        ),
      30_000,
    )
  /** The chart as it was before a kind got its newest members. */
  const older = (): string => {
    const dir = join(folder.path, 'older')
    cpSync(CHART, dir, { recursive: true })
    // A link is copied as a link.
    rmSync(join(dir, 'files/crds'))
    cpSync(join(CHART, '../crds'), join(dir, 'files/crds'), { recursive: true })
    const file = join(dir, 'files/crds/workflows.yaml')
    const crd = parse(readFileSync(file, 'utf8'))
    delete crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.outputs
    writeFileSync(file, JSON.stringify(crd))
    return dir
  }

  test('is installed into a restricted namespace, upgraded with its kinds, and uninstalled without them', async () => {
    const namespace = 'inquest-release'
    await admin.create('/api/v1/namespaces', {
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    })
    const release = ['-n', namespace, ...POSTGRES, '--set', 'agent.namespaces={default}']
    const told = await helm('install', 'inquest', older(), ...release)
    expect(told).toContain(`http://inquest-webhooks.${namespace}:8080/webhooks/shop/alertmanager`)
    expect(told).toContain('kind: AlertmanagerConfig')

    // The ReplicaSet's pods are admitted; nothing runs them here.
    const pods = await until(async () => {
      const { items } = await admin.get(`/api/v1/namespaces/${namespace}/pods`)
      return items.length === 2 ? items : null
    }, 30_000)
    expect(pods.map(({ spec }: Json) => spec.serviceAccountName)).toEqual(['inquest', 'inquest'])
    const mays = await kubectl('auth', 'can-i', '--list', '-n', 'default', '--as', 'system:serviceaccount:default:inquest-agent')
    expect(mays).toMatch(/pods\/log\s.*\[get list watch\]/)
    expect(mays).not.toMatch(/^secrets\s/m)

    const workflow = {
      apiVersion: 'inquest.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'w' },
      spec: { steps: [{ name: 'look', diagnose: {} }] },
    }
    await admin.create('/apis/inquest.dev/v1alpha1/namespaces/default/workflows', workflow)
    const outputsOf = async () =>
      (await crds()).find(({ spec }) => spec.names.kind === 'Workflow')!.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties
        .outputs
    expect(await outputsOf()).toBeUndefined()
    await helm('upgrade', 'inquest', CHART, ...release, '--set', 'replicas=3')
    expect(await outputsOf()).toBeDefined()
    expect((await admin.get(`/apis/apps/v1/namespaces/${namespace}/deployments/inquest`)).spec.replicas).toBe(3)

    await helm('uninstall', 'inquest', '-n', namespace, '--wait', '--timeout', '60s')
    expect(await crds()).toHaveLength(4)
    expect(await workflows()).toHaveLength(1)
    await expect(admin.get(`/apis/apps/v1/namespaces/${namespace}/deployments/inquest`)).rejects.toThrow('404')

    // Installed again, it takes its kinds over.
    await helm('install', 'inquest', CHART, ...release)
    expect(await workflows()).toHaveLength(1)
  }, 300_000)

  test('holds the generated kinds, and no others', () => {
    expect(realpathSync(join(CHART, 'files/crds'))).toBe(realpathSync(join(CHART, '../crds')))
  })
})
