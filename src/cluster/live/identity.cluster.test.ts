import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Api } from '../../../control-plane/api.ts'
import { type ControlPlane, startControlPlane } from '../../../control-plane/start.ts'
import { kubectlPath } from '../../../test/kubectl.ts'
import { tempFolder } from '../fixture.ts'
import { builtin } from '../resources.ts'
import { type Identities, openIdentities } from './identity.ts'

const rule = (verbs: string[], resources: string[], more: object = {}) => ({ apiGroups: ['', 'apps'], verbs, resources, ...more })

let plane: ControlPlane
let admin: Api
let folder: Awaited<ReturnType<typeof tempFolder>>
/** With exactly the right to act as `inquest-agent`, as the chart gives it. */
let identities: Identities

/** Requests of a user, as the audit log has them: `list pods 200`. */
const audit = (user: string): string[] =>
  readFileSync(plane.auditLog, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((event) => event.user.username === user)
    .map(({ verb, objectRef, responseStatus }) =>
      [verb, [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/'), responseStatus?.code].join(' '),
    )

async function account(namespace: string, name: string): Promise<string> {
  await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }).catch(() => {})
  const { status } = await admin.create(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, { spec: {} })
  return status.token
}

async function grant(namespace: string, name: string, rules: object[]): Promise<void> {
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
  await admin.create(`${rbac}/roles`, { metadata: { name }, rules })
  await admin.create(`${rbac}/rolebindings`, { metadata: { name }, roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace }] })
}

beforeAll(async () => {
  plane = await startControlPlane({ audit: true })
  admin = new Api(plane.url, plane.token, plane.caFile, 'test')
  folder = await tempFolder()
  for (const name of ['inquest', 'shop', 'bank', 'all', 'empty']) await admin.create('/api/v1/namespaces', { metadata: { name } })
  const token = await account('inquest', 'inquest')
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const mint = { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'], resourceNames: ['inquest-agent'] }
  await admin.create(`${rbac}/clusterroles`, { metadata: { name: 'inquest' }, rules: [mint] })
  await admin.create(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'inquest' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'inquest' },
    subjects: [{ kind: 'ServiceAccount', name: 'inquest', namespace: 'inquest' }],
  })
  const kubeconfig = join(folder.path, 'operator')
  const config = {
    clusters: [{ name: 'c', cluster: { server: plane.url, 'certificate-authority': plane.caFile } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(kubeconfig, JSON.stringify(config))
  await account('shop', 'inquest-agent')
  await grant('shop', 'inquest-agent', [
    rule(['get', 'list'], ['pods', 'pods/log', 'events', 'services', 'configmaps', 'deployments', 'replicasets']),
  ])
  await account('shop', 'other')
  await account('bank', 'inquest-agent')
  await account('all', 'inquest-agent')
  await admin.create(`${rbac}/clusterrolebindings`, {
    metadata: { name: 'view-all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'inquest-agent', namespace: 'all' }],
  })
  await admin.create('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'settings' }, data: { a: 'b' } })
  identities = await openIdentities({ kubeconfig })
})
afterAll(async () => {
  await identities?.close()
  await admin?.close()
  await plane?.stop()
  await folder?.[Symbol.asyncDispose]()
})

describe('a reader as a ServiceAccount', () => {
  it('reads what the account may, with one token for many readers, and asks nothing that would be refused', async () => {
    const readers = await Promise.all([1, 2, 3].map(() => identities.openReader('shop', 'inquest-agent')))
    const names = await Promise.all(readers.map((reader) => reader.list(builtin('ConfigMap'), { namespace: 'shop' })))
    expect(names.map((list) => list.map(({ metadata }) => metadata.name))).toEqual(
      Array.from({ length: 3 }, () => ['kube-root-ca.crt', 'settings']),
    )
    const [reader] = readers
    for (const ask of [
      () => reader!.list(builtin('Secret'), { namespace: 'shop' }),
      () => reader!.get(builtin('Secret'), 'shop', 'password'),
      () => reader!.list(builtin('ConfigMap'), { namespace: 'bank' }),
      () => reader!.list(builtin('ConfigMap'), {}),
      () => reader!.list(builtin('Node'), {}),
      () => reader!.logs({ namespace: 'bank', pod: 'a', container: 'b', previous: false, tailLines: 1 }),
    ])
      await expect(ask()).rejects.toMatchObject({
        reason: 'Forbidden',
        message: expect.stringContaining('ServiceAccount shop/inquest-agent may not'),
      })
    expect(await reader!.logs({ namespace: 'shop', pod: 'a', container: 'b', previous: false, tailLines: 1 })).toBeNull()
    for (const one of readers) await one.close()

    const asAgent = audit('system:serviceaccount:shop:inquest-agent')
    expect(asAgent.filter((line) => line.endsWith(' 403'))).toEqual([])
    expect(asAgent).toContain('list configmaps 200')
    expect(audit('system:serviceaccount:inquest:inquest')).toEqual(['create serviceaccounts/token 201'])
  })

  it.each([
    ['its own namespace for who may list pods there', 'shop', 'shop'],
    ['all for who may list pods everywhere', 'all', null],
  ])('shows metrics of %s', async (_, namespace, expected) => {
    const reader = await identities.openReader(namespace, 'inquest-agent')
    expect(await reader.metricsNamespace?.()).toBe(expected)
    await reader.close()
  })

  it('lets kubectl in as the same account', async () => {
    const reader = await identities.openReader('shop', 'inquest-agent')
    const kubeconfig = join(folder.path, 'agent')
    await writeFile(kubeconfig, await reader.kubeconfig())
    const { stdout } = await promisify(execFile)(await kubectlPath(), ['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'json'])
    expect(JSON.parse(stdout).status.userInfo.username).toBe('system:serviceaccount:shop:inquest-agent')
    await reader.close()
  })

  it('gets a new token when the account was made anew', async () => {
    const before = await identities.openReader('bank', 'inquest-agent')
    const asked = audit('system:serviceaccount:inquest:inquest').length
    await admin.delete('/api/v1/namespaces/bank/serviceaccounts/inquest-agent')
    await account('bank', 'inquest-agent')
    await expect(before.list(builtin('Pod'), { namespace: 'bank' })).rejects.toThrow('may not')
    expect(audit('system:serviceaccount:inquest:inquest')).toHaveLength(asked + 1)
    await before.close()
  })

  it.each([
    [
      'is not there',
      'empty',
      'inquest-agent',
      /there is no ServiceAccount empty\/inquest-agent/,
      /kubectl create serviceaccount inquest-agent -n empty/,
    ],
    [
      'is another than Inquest may act as',
      'shop',
      'other',
      /may not act as ServiceAccount shop\/other.*cannot create/,
      /of the name other by a Role in namespace shop/,
    ],
  ])('is an InputError with the remedy when the account %s', async (_, namespace, name, message, remedy) => {
    await expect(identities.openReader(namespace, name)).rejects.toMatchObject({
      name: 'InputError',
      field: 'spec.serviceAccountName',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
  })
})

it('a condition tells nothing when the account may read what matters', async () => {
  expect(await identities.problem('shop', 'inquest-agent')).toBeNull()
})

it.each([
  ['that it is not there', 'empty', 'inquest-agent', { reason: 'ServiceAccountNotFound', isBlind: true }],
  ['that Inquest may not act as it', 'shop', 'other', { reason: 'ServiceAccountForbidden', isBlind: true }],
  [
    'which rights are missing, and the command that gives them',
    'bank',
    'inquest-agent',
    {
      reason: 'RightsMissing',
      isBlind: true,
      message: expect.stringContaining('ServiceAccount bank/inquest-agent may not list pods, get pods/log, list events'),
      remedy: expect.stringContaining(
        'kubectl create rolebinding inquest-agent -n bank --clusterrole=inquest-agent --serviceaccount=bank:inquest-agent',
      ),
    },
  ],
])('a condition tells %s', async (_, namespace, name, expected) => {
  expect(await identities.problem(namespace, name)).toMatchObject({ field: 'spec.serviceAccountName', ...expected })
})
