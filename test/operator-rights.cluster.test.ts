import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../control-plane/api.ts'
import { inquest, serve, until, type Served } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { rulesOf, startOperatorCluster, type OperatorCluster } from './operator-cluster.ts'

/** Two tenants and the whole operator, each with exactly the rights that the chart gives. */
const OPERATOR = 'system:serviceaccount:inquest:inquest'
const AGENT = (namespace: string): string => `system:serviceaccount:${namespace}:inquest-agent`
const TENANTS = ['shop', 'bank'] as const
const KINDS = '/apis/inquest.dev/v1alpha1/namespaces'

let cluster: OperatorCluster
let server: Served
let kubeconfig: { shop: string; bank: string; nobody: string; admin: string }

/** A namespace with something that does not start, a Workflow and a Source; and, unless it is to be done otherwise, the rights. */
async function tenant(namespace: string, isReady: boolean): Promise<void> {
  const { admin } = cluster
  const at = (plural: string): string => `${KINDS}/${namespace}/${plural}`
  await admin.create('/api/v1/namespaces', { metadata: { name: namespace } })
  if (isReady) {
    await cluster.account(namespace, 'inquest-agent')
    await cluster.bind(namespace, 'inquest-agent', `${namespace}/inquest-agent`)
    await cluster.bind(null, 'inquest-agent-cluster', `${namespace}/inquest-agent`)
    await cluster.secretReader(namespace, ['alertmanager'])
    await cluster.account(namespace, 'viewer')
    await cluster.bind(namespace, 'inquest-editor', `${namespace}/viewer`)
  }
  await admin.create(`/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name: 'alertmanager' },
    stringData: { token: `token-of-${namespace}` },
  })
  const labels = { app: `${namespace}-web` }
  await admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: `${namespace}-web` },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: `registry.example/${namespace}-secret-project:1` }] } },
    },
  })
  const auth = { bearer: { secretKeyRef: { name: 'alertmanager', key: 'token' } } }
  const grouping = { window: '1s' }
  await admin.create(at('workflows'), {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'look' },
    spec: {
      steps: [{ name: 'look', diagnose: {} }],
      sinks: [{ sinkRef: { name: 'log' } }],
      ...(namespace === 'bank' && { ttlAfterFinished: '0s' }),
    },
  })
  await admin.create(at('sinks'), { apiVersion: 'inquest.dev/v1alpha1', kind: 'Sink', metadata: { name: 'log' }, spec: { stdout: {} } })
  await admin.create(at('sources'), {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Source',
    metadata: { name: 'alertmanager' },
    spec: { alertmanager: {}, auth, grouping, workflowRef: { name: 'look' } },
  })
}

/** One alert that fires, about a Deployment. */
async function fire(source: string, about: string): Promise<void> {
  const labels = { alertname: `About${about}`, namespace: about, deployment: `${about}-web` }
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-01-01T00:00:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
  }
  const shared = { groupLabels: labels, commonLabels: labels, commonAnnotations: {}, externalURL: '', truncatedAlerts: 0 }
  const body = { version: '4', groupKey: `{}:{${about}}`, status: 'firing', receiver: 'inquest', ...shared, alerts: [alert] }
  const response = await fetch(`${server.webhookUrl}/webhooks/${source}/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer token-of-${source}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
}

const get = async (as: keyof typeof kubeconfig, ...args: string[]) =>
  inquest(['get', ...args, '--kubeconfig', kubeconfig[as]], { env: { NO_COLOR: '1' } })

/** The real kubectl finds the plugin on PATH. */
const kubectl = async (args: string[], as: keyof typeof kubeconfig = 'shop') => {
  const PATH = `${join(import.meta.dirname, '..')}:${process.env['PATH']}`
  const run = promisify(execFile)(await kubectlPath(), args, { env: { ...process.env, PATH, KUBECONFIG: kubeconfig[as], NO_COLOR: '1' } })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: String(stdout), err: String(stderr) }),
  )
}

beforeAll(async () => {
  cluster = await startOperatorCluster()
  for (const namespace of TENANTS) await tenant(namespace, true)
  await cluster.admin.create('/api/v1/namespaces', { metadata: { name: 'elsewhere' } })
  await cluster.account('elsewhere', 'nobody')
  const file = await cluster.kubeconfigOf('inquest', 'inquest')
  server = await serve(['--kubeconfig', file, '--data-dir', join(cluster.folder.path, 'data')])
  await cluster.serveApi(server.apiUrl)
  kubeconfig = {
    shop: await cluster.kubeconfigOf('shop', 'viewer'),
    bank: await cluster.kubeconfigOf('bank', 'viewer'),
    nobody: await cluster.kubeconfigOf('elsewhere', 'nobody'),
    admin: cluster.plane.kubeconfig,
  }
  await until(async () => (await fetch(`${server.apiUrl}/readyz`)).ok)
})
afterAll(async () => {
  server?.child.kill('SIGTERM')
  await server?.ended
  await cluster?.stop()
})

describe('an investigation', () => {
  let shop: any
  let abroad: any
  let from = 0

  beforeAll(async () => {
    from = cluster.logLength()
    await fire('shop', 'shop')
    // A sender of shop names the other tenant's workload.
    await fire('shop', 'bank')
    const done = await until(async () => {
      const { out } = await get('shop', 'investigations', '-n', 'shop', '-o', 'json')
      const items = out ? JSON.parse(out).items : []
      return items.length === 2 && items.every(({ phase }: any) => phase === 'Succeeded' || phase === 'Failed') ? items : null
    })
    const detail = async (title: string) =>
      JSON.parse(
        (await get('shop', 'investigation', done.find((one: any) => one.title.includes(title)).name, '-n', 'shop', '-o', 'json')).out,
      )
    shop = await detail('Aboutshop')
    abroad = await detail('Aboutbank')
  })

  it("sees its own namespace, as its Workflow's ServiceAccount", () => {
    expect(shop.phase).toBe('Succeeded')
    expect(shop.result.findings.map((finding: any) => finding.object.name).join()).toContain('shop-web')
    const agents = cluster.asked(from).filter(({ user }) => user === AGENT('shop'))
    expect(agents.map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`)).toEqual(
      expect.arrayContaining(['list pods shop', 'list events shop', 'list deployments shop']),
    )
  })

  it('learns nothing of another namespace, and says so', () => {
    expect(JSON.stringify(abroad)).not.toContain('secret-project')
    expect(abroad.result.incomplete.join('\n')).toContain('cannot list pods in namespace bank: ServiceAccount shop/inquest-agent may not')
    // What the condition of its Workflow is made of is asked as bank's own, and no more.
    const asBank = cluster.asked(from).filter(({ user, resource }) => user === AGENT('bank') && resource !== 'selfsubjectrulesreviews')
    expect(asBank).toEqual([])
  })

  it('is refused nothing by the API server, and asks for no Secret', () => {
    const agents = cluster.asked().filter(({ user }) => user === AGENT('shop'))
    expect(agents.filter(({ code }) => code >= 400 && code !== 404)).toEqual([])
    expect(agents.filter(({ resource }) => resource.startsWith('secrets'))).toEqual([])
    expect(agents.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb)).map(({ resource }) => resource)).not.toContainEqual(
      expect.not.stringMatching(/^self/),
    )
  })
})

describe('who asks for results through the API server', () => {
  it.each(['investigations', 'incidents', 'alerts'])('sees %s of a namespace in which it may see Investigations', async (kind) => {
    expect(await get('shop', kind, '-n', 'shop')).toMatchObject({ code: 0, out: expect.stringContaining('shop') })
  })

  it.each([
    [
      "another's namespace",
      'bank',
      ['investigations', '-n', 'shop'],
      'system:serviceaccount:bank:viewer may not list investigations.inquest.dev in namespace shop',
    ],
    ['all namespaces', 'shop', ['investigations'], 'in all namespaces'],
    [
      'an investigation by its name',
      'bank',
      ['investigation', 'any', '-n', 'shop'],
      'may not get investigations.inquest.dev in namespace shop',
    ],
    ['anything without a right', 'nobody', ['alerts', '-n', 'shop'], 'may not list investigations.inquest.dev in namespace shop'],
  ] as const)('is refused %s', async (_, as, args, said) => {
    expect(await get(as, ...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(said) })
  })

  it('may show a token that only Inquest takes, made by the kubeconfig for an account', async () => {
    const { admin } = cluster
    const metadata = { name: 'minter' }
    const rule = { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['viewer'], verbs: ['create'] }
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop'
    await admin.create(`${rbac}/roles`, { metadata, rules: [rule] })
    const subjects = [{ kind: 'ServiceAccount', namespace: 'elsewhere', name: 'nobody' }]
    await admin.create(`${rbac}/rolebindings`, {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'minter' },
      subjects,
    })
    expect(await get('nobody', 'alerts', '-n', 'shop', '--service-account', 'shop/viewer')).toMatchObject({ code: 0 })
    // And nothing of it helps at the API server: its audience is another.
    const path = '/api/v1/namespaces/shop/serviceaccounts/viewer/token'
    const { status } = await admin.create(path, { spec: { audiences: ['inquest.dev'] } })
    const review = await admin.create('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: status.token } })
    expect(review.status.authenticated).not.toBe(true)
    expect(
      (await fetch(`${server.apiUrl}/api/v1/alerts?namespace=shop`, { headers: { authorization: `Bearer ${status.token}` } })).status,
    ).toBe(200)
    expect(
      (await fetch(`${server.apiUrl}/api/v1/alerts?namespace=bank`, { headers: { authorization: `Bearer ${status.token}` } })).status,
    ).toBe(403)
  })

  it.each([
    ['where there is no Inquest', ['--inquest-namespace', 'elsewhere'], /cannot get resource "services\/proxy"/],
    [
      'as an account of which it may make no token',
      ['--service-account', 'bank/viewer'],
      /cannot create serviceaccounts\/token of bank\/viewer/,
    ],
  ])('is told what to do when it asks %s', async (_, args, said) => {
    expect(await get('shop', 'alerts', '-n', 'shop', ...args)).toMatchObject({ code: 2, err: expect.stringMatching(said) })
  })

  it('is asked about once, not for each request', async () => {
    const reviews = cluster.asked().filter(({ user, resource }) => user === OPERATOR && resource === 'tokenreviews')
    const visits = cluster.asked().filter(({ resource }) => resource === 'services/proxy')
    expect(reviews.length).toBeGreaterThan(0)
    expect(reviews.length).toBeLessThan(visits.length / 2)
  })
})

it('a sender may be a ServiceAccount, by a token that is for Inquest alone', async () => {
  const { admin } = cluster
  const spec = { alertmanager: {}, auth: { serviceAccount: { name: 'viewer' } }, workflowRef: { name: 'look' } }
  await admin.create(`${KINDS}/shop/sources`, {
    apiVersion: 'inquest.dev/v1alpha1',
    kind: 'Source',
    metadata: { name: 'by-account' },
    spec,
  })
  const post = async (namespace: string, audiences: string[]): Promise<number> => {
    const { status } = await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts/viewer/token`, { spec: { audiences } })
    const headers = { authorization: `Bearer ${status.token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ version: '4', groupKey: 'none', groupLabels: {}, receiver: 'inquest', status: 'firing', alerts: [] })
    return (await fetch(`${server.webhookUrl}/webhooks/shop/by-account`, { method: 'POST', headers, body })).status
  }
  await until(async () => (await post('shop', ['inquest.dev'])) === 200)
  expect(await post('shop', [])).toBe(401)
  expect(await post('bank', ['inquest.dev'])).toBe(401)
})

describe('kubectl inquest', () => {
  it('asks for an investigation, tells its steps and prints its result, all as the user of the kubeconfig', async () => {
    const { code, out, err } = await kubectl(['inquest', 'investigate', 'deployment/shop-web'])
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringContaining('shop-web') })
    const [, name] = /investigation\.inquest\.dev\/(\S+) created/.exec(err) ?? []
    expect(name).toMatch(/^deployment-shop-web-/)
    expect(err).toContain('look')
    const [made] = cluster
      .asked()
      .filter(({ verb, resource, name: one }) => verb === 'create' && resource === 'investigations' && one === name)
    expect(made).toMatchObject({ user: 'system:serviceaccount:shop:viewer', namespace: 'shop', code: 201 })
    const shown = await kubectl(['inquest', 'get', 'investigation', name!, '-o', 'json'])
    expect(JSON.parse(shown.out)).toMatchObject({ name, phase: 'Succeeded', result: { target: { kind: 'Deployment', name: 'shop-web' } } })
  })

  it('shows what the object says where the API is out of reach', async () => {
    const { code, out, err } = await kubectl(['inquest', 'investigate', '--inquest-namespace', 'elsewhere', '--param', 'team=web'])
    expect({ code, out, err }).toMatchObject({ code: 0, out: expect.stringMatching(/^shop\/shop-\w+: Succeeded/) })
    expect(err).toContain('Its steps cannot be shown')
  })

  it('asks only, with --no-wait', async () => {
    const { code, out } = await kubectl(['inquest', 'investigate', 'deployment/shop-web', '--no-wait'])
    expect(code).toBe(0)
    const { out: kind } = await kubectl(['get', 'investigation', out.trim(), '-o', 'jsonpath={.spec.workflowRef.name}'])
    expect(kind).toBe('look')
  })

  it.each([
    ['a Workflow that is not there', ['investigate', '-n', 'elsewhere'], 'nobody', /cannot list workflows.inquest.dev/],
    ['more than it may', ['investigate', 'pod/x', '-n', 'bank', '-w', 'look'], 'shop', /cannot create resource "investigations"/],
    ['a kind that there is not', ['investigate', 'nonsense/x'], 'shop', /no kind is called "nonsense"/],
    ['a param without a value', ['investigate', '--param', 'team'], 'shop', /"team" is not KEY=VALUE/],
    ['a context that is not there', ['get', 'alerts', '--context', 'prod'], 'shop', /there is no context prod/],
  ] as const)('says what is wrong with %s', async (_, args, as, said) => {
    const { code, err } = await kubectl(['inquest', ...args], as)
    expect(code).not.toBe(0)
    expect(err).toMatch(said)
  })
})

describe('docs/access.md', () => {
  const commands = [...readFileSync(join(import.meta.dirname, '../docs/access.md'), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].flatMap(
    ([, block]) => block!.trim().split('\n'),
  )

  it('has commands that work, in their order, for the admin of a new namespace', async () => {
    const { admin } = cluster
    // The page's `shop` is a namespace in which nothing was done yet, with what its last sections take for granted.
    await tenant('market', false)
    await cluster.account('market', 'inquest-viewer')
    await cluster.bind('market', 'inquest-viewer', 'market/inquest-viewer')
    const failed: object[] = []
    for (const command of commands) {
      const args = command
        .replace(/\bshop\b/g, 'market')
        .replace('deployment/web', 'deployment/market-web')
        .split(' ')
        .slice(1)
      const { code, err } = await kubectl(args, 'admin')
      if (code !== 0) failed.push({ command, err })
    }
    expect(failed).toEqual([])
    expect(commands.length).toBeGreaterThan(15)
    const { items } = await admin.get(`${KINDS}/market/investigations`)
    expect(items).toMatchObject([{ status: { phase: 'Succeeded' } }])
  })
})

describe('the operator', () => {
  const asked = () => cluster.asked().filter(({ user }) => user === OPERATOR)

  it('is refused nothing, and needs every right that the chart gives it', async () => {
    const { admin } = cluster
    const investigations = `${KINDS}/bank/investigations`
    const isGone = (name: string) => admin.get(`${investigations}/${name}`).catch((error: unknown) => error instanceof ApiError)
    const spec = { workflowRef: { name: 'look' } }
    const request = { apiVersion: 'inquest.dev/v1alpha1', kind: 'Investigation', metadata: { name: 'by-hand' }, spec }
    await admin.create(investigations, request)
    // The Workflow of bank says that it goes once it has ended.
    await until(async () => (await isGone('by-hand')) === true)
    // One that a person deletes is looked for before it is taken for gone.
    const { items } = await admin.get(`${KINDS}/shop/investigations`)
    await admin.delete(`${KINDS}/shop/investigations/${items[0].metadata.name}`)
    await until(() => asked().some(({ verb, resource }) => verb === 'get' && resource === 'investigations'))

    // In market the Role for its Secret came after the Source that wants it.
    expect(asked().filter(({ code, namespace }) => [401, 403].includes(code) && namespace !== 'market')).toEqual([])
    const given = [...rulesOf('operator'), ...rulesOf('operator-cluster')].flatMap(({ verbs, resources }) =>
      verbs.flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)),
    )
    const used = new Set(asked().map(({ verb, resource }) => `${verb} ${resource}`))
    // What the API serves is told to everybody.
    expect([...used].filter((one) => !one.includes('/openapi/')).sort()).toEqual([...given, 'get secrets'].sort())
  })

  it('reads only the Secrets that a Role names, and makes tokens of inquest-agent only', () => {
    const names = (resource: string): string[] => [
      ...new Set(asked().flatMap((one) => (one.resource === resource ? [one.name ?? '*'] : []))),
    ]
    expect(names('secrets')).toEqual(['alertmanager'])
    expect(names('serviceaccounts/token')).toEqual(['inquest-agent'])
  })
})
