import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ApiError, type Api, type Json } from '../../control-plane/api.ts'
import { kubeconfig, startTestCluster, type TestCluster } from '../../test/cluster.ts'
import { startLink } from '../../test/link.ts'
import { openClusterClient, type ClusterClient, type IdentityProblem } from '#cluster'
import type { Condition } from '#kinds/conditions'
import { systemClock } from '#kit/clock'
import { silentLogger } from '#kit/log'
import { oldCrds } from './old-crds.ts'
import { feedFromApi, type ApiFeedOptions } from './operator.ts'

/** Only ends a test that has failed; the machine may be busy. */
const WAIT = { timeout: 15_000, interval: 5 }
let cluster: TestCluster
let admin: Api
const closers: (() => Promise<void>)[] = []

type Started = ReturnType<typeof feedFromApi> & { client: ClusterClient; lead(isLeader: boolean): void }

/** A replica of the operator, as far as this room goes. */
async function start(options: Partial<ApiFeedOptions> & { kubeconfig?: string; isLeader?: boolean } = {}): Promise<Started> {
  const client = await openClusterClient({ kubeconfig: options.kubeconfig ?? cluster.plane.kubeconfig })
  let isLeader = options.isLeader ?? true
  let listener: ((isLeader: boolean) => void) | undefined
  const leader = {
    isLeader: () => isLeader,
    onChange: (one: typeof listener) => {
      listener = one
      return () => undefined
    },
  }
  const feed = feedFromApi({
    client,
    namespaces: [],
    leader,
    lent: { ownKeys: [], defaultModel: false },
    identityProblem: async () => null,
    clock: systemClock,
    log: silentLogger,
    ...options,
  })
  const lead = (is: boolean): void => {
    isLeader = is
    listener?.(is)
  }
  closers.push(async () => {
    await feed.close()
    await client.close()
  })
  return { ...feed, client, lead }
}

beforeAll(async () => {
  cluster = await startTestCluster({ audit: true })
  admin = cluster.admin
}, 60_000)
afterAll(() => cluster?.stop())
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const PLURALS: Record<string, string> = { Source: 'sources', Workflow: 'workflows', Sink: 'sinks' }
const pathOf = (kind: string, namespace: string, name = ''): string =>
  `/apis/inquest.dev/v1alpha1/namespaces/${namespace}/${PLURALS[kind]}${name && `/${name}`}`
const put = (kind: string, namespace: string, name: string, spec: object): Promise<Json> =>
  admin.apply(pathOf(kind, namespace, name), { apiVersion: 'inquest.dev/v1alpha1', kind, metadata: { name, namespace }, spec }, 'test')
const remove = (kind: string, namespace: string, name: string): Promise<void> => admin.delete(pathOf(kind, namespace, name))
async function namespace(name: string): Promise<string> {
  await admin.create('/api/v1/namespaces', { metadata: { name } })
  return name
}

const source = (more: object = {}): object => ({ alertmanager: {}, auth: { none: {} }, workflowRef: { name: 'triage' }, ...more })
const workflow = (more: object = {}): object => ({ steps: [{ name: 'look', diagnose: {} }], ...more })

const get = (kind: string, ns: string, name: string): Promise<Json> => admin.get(pathOf(kind, ns, name))
const conditionsOf = (object: Json): Record<string, Condition> =>
  Object.fromEntries(((object.status?.conditions ?? []) as Condition[]).map((one) => [one.type, one]))
/** Waits until a condition of the object as it is now says this, and answers with the condition. */
async function says(kind: string, ns: string, name: string, type: string, expected: Partial<Condition>): Promise<Condition> {
  return vi.waitFor(
    async () => {
      const object = await get(kind, ns, name)
      const condition = conditionsOf(object)[type]
      expect(condition).toMatchObject({ observedGeneration: object.metadata.generation, ...expected })
      return condition!
    },
    { timeout: 15_000, interval: 50 },
  )
}

test('waits for CRDs that are not installed, and says so', async () => {
  const feed = await start()
  await vi.waitFor(() => expect(feed.state().troubles.join('\n')).toContain('cannot list sources.inquest.dev: '), { timeout: 10_000 })
  expect(feed.state().troubles.join('\n')).toContain('inquest crds | kubectl apply')
  expect(feed.state().complete).toBe(false)
  expect(feed.registry.isComplete()).toBe(false)
  await cluster.installCrds()
  await feed.synced
  expect(feed.registry.isComplete()).toBe(true)
  await vi.waitFor(() => expect(feed.state()).toEqual({ complete: true, troubles: [] }), { timeout: 10_000 })
})

test('says of what is applied that it is accepted and ready, once', async () => {
  const feed = await start()
  await namespace('plain')
  await put('Sink', 'plain', 'out', { stdout: {} })
  await put('Workflow', 'plain', 'triage', workflow({ sinks: [{ sinkRef: { name: 'out' } }] }))
  await put('Source', 'plain', 'alerts', source())
  await says('Source', 'plain', 'alerts', 'Ready', {
    status: 'True',
    reason: 'Ready',
    message: 'Alerts are taken at /webhooks/plain/alerts.',
  })
  await says('Workflow', 'plain', 'triage', 'Ready', { status: 'True' })
  await says('Sink', 'plain', 'out', 'Accepted', { status: 'True', reason: 'Accepted' })
  expect(feed.registry.source('plain', 'alerts')).toMatchObject({ metadata: { generation: 1 }, spec: { workflowRef: { name: 'triage' } } })
  expect(feed.registry.workflow('plain', 'triage')).toBeDefined()
  expect(feed.registry.sink('plain', 'out')).toBeDefined()

  const made = await get('Source', 'plain', 'alerts')
  expect(made.status.observedGeneration).toBe(1)
  const owner = made.metadata.managedFields.find(({ subresource }: Json) => subresource === 'status')
  expect(owner).toMatchObject({ manager: 'inquest', operation: 'Apply' })
})

test('what stands in nobody’s way is written once, and again only when it changes', async () => {
  await start()
  await namespace('quiet')
  const names = Array.from({ length: 20 }, (_, i) => `w${i}`)
  for (const name of names) await put('Workflow', 'quiet', name, workflow())
  for (const name of names) await says('Workflow', 'quiet', name, 'Ready', { status: 'True' })
  // A label is no change of the spec.
  await admin.merge(pathOf('Workflow', 'quiet', 'w0'), { metadata: { labels: { team: 'a' } } })
  const before = await says('Workflow', 'quiet', 'w1', 'Ready', { status: 'True' })
  await put('Workflow', 'quiet', 'w1', workflow({ timeout: '5m' }))
  const after = await says('Workflow', 'quiet', 'w1', 'Ready', { status: 'True' })
  expect(after).toEqual({ ...before, observedGeneration: 2 })
  // Another process that begins finds nothing to write.
  const second = await start()
  await second.synced
  await put('Workflow', 'quiet', 'last', workflow())
  await says('Workflow', 'quiet', 'last', 'Ready', { status: 'True' })
  const patches = audit().filter(
    ({ verb, objectRef }) => verb === 'patch' && objectRef.namespace === 'quiet' && objectRef.subresource === 'status',
  )
  const count = (name: string): number => patches.filter(({ objectRef }) => objectRef.name === name).length
  expect(names.map(count)).toEqual(names.map((name) => (name === 'w1' ? 2 : 1)))
})

const audit = (): Json[] =>
  readFileSync(cluster.plane.auditLog, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)

test('a reference that leads nowhere heals when its target appears, and breaks when it goes', async () => {
  const feed = await start()
  await namespace('refs')
  await put('Source', 'refs', 'alerts', source())
  const missing = await says('Source', 'refs', 'alerts', 'Accepted', { status: 'False', reason: 'ReferenceNotFound' })
  expect(missing.message).toBe(
    'spec.workflowRef.name: there is no Workflow refs/triage. Create it in namespace refs, or name another one; references stay within a namespace.',
  )
  await says('Source', 'refs', 'alerts', 'Ready', { status: 'False', reason: 'NotAccepted' })
  // Alerts are taken all the same: what becomes of them is said where people look for it.
  expect(feed.registry.source('refs', 'alerts')).toBeDefined()

  await put('Workflow', 'refs', 'triage', workflow({ sinks: [{ sinkRef: { name: 'chat' } }] }))
  await says('Source', 'refs', 'alerts', 'Ready', { status: 'True' })
  await says('Workflow', 'refs', 'triage', 'Accepted', { status: 'False', message: expect.stringContaining('there is no Sink refs/chat') })
  await put('Sink', 'refs', 'chat', { stdout: {} })
  await says('Workflow', 'refs', 'triage', 'Ready', { status: 'True' })
  await remove('Workflow', 'refs', 'triage')
  await says('Source', 'refs', 'alerts', 'Accepted', { status: 'False', reason: 'ReferenceNotFound' })
  expect(feed.registry.workflow('refs', 'triage')).toBeUndefined()
})

test('a spec that cannot be used is told with its field; the last good one stays in force, and a new process has none', async () => {
  const feed = await start()
  await namespace('broken')
  await put('Workflow', 'broken', 'triage', workflow())
  await put('Source', 'broken', 'alerts', source())
  const good = await says('Source', 'broken', 'alerts', 'Accepted', { status: 'True' })
  await put('Source', 'broken', 'alerts', source({ filter: 'alert.labels.severity ==' }))
  const bad = await says('Source', 'broken', 'alerts', 'Accepted', { status: 'False', reason: 'InvalidSpec' })
  expect(bad.message).toMatch(/^spec\.filter: .*Generation 1 stays in force until then\.$/)
  expect(Date.parse(bad.lastTransitionTime)).toBeGreaterThanOrEqual(Date.parse(good.lastTransitionTime))
  expect(feed.registry.source('broken', 'alerts')?.spec.filter).toBeUndefined()
  expect(feed.registry.unusable('Source', 'broken', 'alerts')).toBeNull()

  const fresh = await start({ isLeader: false })
  await fresh.synced
  expect(fresh.registry.source('broken', 'alerts')).toBeUndefined()
  expect(fresh.registry.unusable('Source', 'broken', 'alerts')).toContain('spec.filter: ')
  expect(fresh.registry.unusable('Source', 'broken', 'another')).toBeNull()

  await put('Source', 'broken', 'alerts', source({ filter: 'alert.labels.severity == "critical"' }))
  await says('Source', 'broken', 'alerts', 'Ready', { status: 'True' })
  await vi.waitFor(() => expect(fresh.registry.source('broken', 'alerts')?.spec.filter).toContain('critical'), WAIT)

  // Another object of the same name has nothing to do with what was in force before.
  await remove('Source', 'broken', 'alerts')
  await put('Source', 'broken', 'alerts', source({ filter: 'alert.' }))
  const anew = await says('Source', 'broken', 'alerts', 'Accepted', { status: 'False' })
  expect(anew.message).not.toContain('stays in force')
  await vi.waitFor(() => expect(feed.registry.source('broken', 'alerts')).toBeUndefined(), WAIT)
})

test('a Workflow of a tenant names no file of the server, and none is looked at', async () => {
  const feed = await start()
  await namespace('tenant')
  await put('Workflow', 'tenant', 'triage', {
    model: { provider: 'scripted', file: '/etc/passwd' },
    steps: [{ name: 'ask', agent: {} }],
  })
  const refused = await says('Workflow', 'tenant', 'triage', 'Accepted', { status: 'False', reason: 'InvalidSpec' })
  expect(refused.message).toBe(
    'spec.model.provider: a scripted model plays a file of the server: only manifests from a folder may name one. Name a real model, or try it with `inquest serve --manifests`.',
  )
  expect(feed.registry.workflow('tenant', 'triage')).toBeUndefined()
})

test.each<[string, object, string, string]>([
  ['a model without a key', { model: { provider: 'openai', name: 'x' } }, 'ModelNotReady', 'openai needs an API key'],
  ['no model at all', {}, 'ModelNotReady', 'there is no model to ask'],
])('%s leaves the Workflow in force, not ready', async (_, more, reason, message) => {
  const feed = await start()
  const ns = await namespace(`model-${Object.keys(more).length}`)
  await put('Workflow', ns, 'triage', { steps: [{ name: 'ask', agent: {} }], ...more })
  await says('Workflow', ns, 'triage', 'Ready', { status: 'False', reason, message: expect.stringContaining(message) })
  expect(feed.registry.workflow(ns, 'triage')).toBeDefined()
})

test('a runbook that does not exist is refused', async () => {
  await start({ lent: { ownKeys: [], defaultModel: true } })
  await namespace('runbook')
  await put('Workflow', 'runbook', 'triage', { steps: [{ name: 'ask', agent: { runbook: 'nope' } }] })
  await says('Workflow', 'runbook', 'triage', 'Accepted', {
    status: 'False',
    message: expect.stringContaining('there is no runbook "nope"'),
  })
})

test('a Secret is waited for, and its value is had by name', async () => {
  const feed = await start()
  await namespace('secrets')
  await put('Workflow', 'secrets', 'triage', workflow())
  await put('Source', 'secrets', 'alerts', source({ auth: { bearer: { secretKeyRef: { name: 'hook', key: 'token' } } } }))
  const waits = await says('Source', 'secrets', 'alerts', 'Ready', { status: 'False', reason: 'SecretNotReady' })
  expect(waits.message).toContain('spec.auth.bearer.secretKeyRef: Secret secrets/hook has no key "token", or it is empty.')
  await expect(feed.registry.secret('secrets', { name: 'hook', key: 'token' })).rejects.toThrow('Secret secrets/hook has no key "token"')
  await admin.create('/api/v1/namespaces/secrets/secrets', { metadata: { name: 'hook' }, stringData: { token: 'grüezi' } })
  await says('Source', 'secrets', 'alerts', 'Ready', { status: 'True' })
  expect(await feed.registry.secret('secrets', { name: 'hook', key: 'token' })).toBe('grüezi')
})

test('what stands in a ServiceAccount’s way is said, and whether it is blind or only short-sighted', async () => {
  let problem: IdentityProblem | null = {
    field: 'spec.serviceAccountName',
    message: 'there is no ServiceAccount who/inquest-agent',
    remedy: 'Create it.',
    reason: 'ServiceAccountNotFound',
    isBlind: true,
  }
  const asked: string[] = []
  await start({ identityProblem: async (ns, name) => (asked.push(`${ns}/${name}`), ns === 'who' ? problem : null) })
  await namespace('who')
  await put('Workflow', 'who', 'triage', workflow())
  const blind = await says('Workflow', 'who', 'triage', 'Ready', { status: 'False', reason: 'ServiceAccountNotFound' })
  expect(blind.message).toBe('spec.serviceAccountName: there is no ServiceAccount who/inquest-agent. Create it.')
  expect(asked).toContain('who/inquest-agent')
  problem = { ...problem, reason: 'RightsMissing', message: 'it may not list events', isBlind: false }
  await put('Workflow', 'who', 'triage', workflow({ timeout: '1m' }))
  await says('Workflow', 'who', 'triage', 'Ready', {
    status: 'True',
    message: 'Investigations can start. spec.serviceAccountName: it may not list events. Create it.',
  })
})

test('only the leader writes; who becomes it writes what is due', async () => {
  const feed = await start({ isLeader: false })
  await namespace('followers')
  await put('Workflow', 'followers', 'triage', workflow())
  await vi.waitFor(() => expect(feed.registry.workflow('followers', 'triage')).toBeDefined(), { timeout: 5_000 })
  expect((await get('Workflow', 'followers', 'triage')).status).toBeUndefined()
  feed.lead(true)
  await says('Workflow', 'followers', 'triage', 'Ready', { status: 'True' })
})

test('a suspended Source says so; one whose Workflow is refused, too', async () => {
  await start()
  await namespace('asleep')
  await put('Workflow', 'asleep', 'triage', workflow())
  await put('Source', 'asleep', 'alerts', source({ suspend: true }))
  await says('Source', 'asleep', 'alerts', 'Ready', { status: 'False', reason: 'Suspended' })
  await put('Source', 'asleep', 'alerts', source())
  await says('Source', 'asleep', 'alerts', 'Ready', { status: 'True' })
  await put('Workflow', 'asleep', 'triage', workflow({ steps: [{ name: 'look', when: 'nope', diagnose: {} }] }))
  const woken = await says('Source', 'asleep', 'alerts', 'Ready', { status: 'False', reason: 'WorkflowNotAccepted' })
  expect(woken.message).toContain('the Workflow asleep/triage is not accepted. Its condition Accepted says why.')
})

test('looks into no other namespaces than its own', async () => {
  await namespace('mine')
  await namespace('theirs')
  const feed = await start({ namespaces: ['mine'] })
  await put('Workflow', 'theirs', 'triage', workflow())
  await put('Workflow', 'mine', 'triage', workflow())
  await says('Workflow', 'mine', 'triage', 'Ready', { status: 'True' })
  expect(feed.registry.workflows()).toHaveLength(1)
  expect((await get('Workflow', 'theirs', 'triage')).status).toBeUndefined()
})

test('a namespace that is deleted takes its objects along', async () => {
  const feed = await start()
  await namespace('doomed')
  await put('Workflow', 'doomed', 'triage', workflow())
  await says('Workflow', 'doomed', 'triage', 'Ready', { status: 'True' })
  await admin.delete('/api/v1/namespaces/doomed')
  await vi.waitFor(() => expect(feed.registry.workflow('doomed', 'triage')).toBeUndefined(), { timeout: 20_000 })
})

const OURS = { apiGroups: ['inquest.dev'], resources: ['sources', 'workflows', 'sinks'] }
const STATUSES = { apiGroups: ['inquest.dev'], resources: OURS.resources.map((plural) => `${plural}/status`) }
test.each<[string, object[], string]>([
  [
    'list',
    [
      { ...OURS, verbs: ['watch'] },
      { ...STATUSES, verbs: ['patch'] },
    ],
    'cannot list resource "workflows"',
  ],
  [
    'watch',
    [
      { ...OURS, verbs: ['list'] },
      { ...STATUSES, verbs: ['patch'] },
    ],
    'cannot watch resource "workflows"',
  ],
  ['patch', [{ ...OURS, verbs: ['list', 'watch'] }], 'cannot patch resource "workflows/status"'],
])('without the right to %s it says which verb it lacks', async (verb, rules, message) => {
  const feed = await start({ kubeconfig: await cluster.kubeconfigOf(`without-${verb}`, rules) })
  await put('Workflow', 'default', `without-${verb}`, workflow())
  const told = (): unknown => ({ complete: feed.state().complete, tells: feed.state().troubles.join('\n').includes(message) })
  await vi.waitFor(() => expect(told()).toEqual({ complete: verb !== 'list', tells: true }), { timeout: 10_000 })
})

test('no more rights are needed than these, and a Secret that may not be read is told', async () => {
  const rules = [
    { ...OURS, verbs: ['list', 'watch'] },
    { ...STATUSES, verbs: ['patch'] },
  ]
  await start({ kubeconfig: await cluster.kubeconfigOf('operator', rules) })
  await namespace('rights')
  await put('Workflow', 'rights', 'triage', workflow())
  await put('Source', 'rights', 'alerts', source({ auth: { bearer: { secretKeyRef: { name: 'hook', key: 'token' } } } }))
  await says('Workflow', 'rights', 'triage', 'Ready', { status: 'True' })
  const told = await says('Source', 'rights', 'alerts', 'Ready', { status: 'False', reason: 'SecretNotReady' })
  expect(told.message).toContain('User "system:serviceaccount:default:operator" cannot get resource "secrets"')
  expect(told.message).toContain(
    'kubectl create role inquest-secrets -n rights --verb=get --resource=secrets --resource-name=hook && ' +
      'kubectl create rolebinding inquest-secrets -n rights --role=inquest-secrets --serviceaccount=default:operator.',
  )
})

test('goes on with what it has while the link is cut, and catches up when it is there again', async () => {
  const link = await startLink(new URL(cluster.plane.url))
  closers.push(() => link.close())
  const path = join(cluster.plane.dir, 'kubeconfig-link')
  await writeFile(path, JSON.stringify(kubeconfig(link.url, cluster.plane.caFile, cluster.plane.token)))
  await namespace('away')
  await put('Workflow', 'away', 'stays', workflow())
  await put('Workflow', 'away', 'goes', workflow())
  await admin.create('/api/v1/namespaces/away/secrets', { metadata: { name: 'hook' }, stringData: { token: 'old' } })
  const feed = await start({ kubeconfig: path })
  await feed.synced
  expect(await feed.registry.secret('away', { name: 'hook', key: 'token' })).toBe('old')

  await link.cut()
  await vi.waitFor(() => expect(feed.state().troubles).not.toEqual([]), { timeout: 10_000 })
  expect(feed.state().complete).toBe(true)
  expect(feed.registry.workflow('away', 'goes')).toBeDefined()
  expect(await feed.registry.secret('away', { name: 'hook', key: 'token' })).toBe('old')
  await remove('Workflow', 'away', 'goes')
  await put('Workflow', 'away', 'comes', workflow())

  await link.mend()
  await says('Workflow', 'away', 'comes', 'Ready', { status: 'True' })
  expect(feed.registry.workflow('away', 'goes')).toBeUndefined()
  expect(feed.registry.workflow('away', 'stays')).toBeDefined()
  await vi.waitFor(() => expect(feed.state().troubles).toEqual([]), WAIT)
})

test('a manifest as large as they get is taken; a larger one is the API server’s to refuse', async () => {
  const feed = await start()
  await namespace('large')
  const goal = 'x'.repeat(16_000)
  const steps = Array.from({ length: 32 }, (_, i) => ({ name: `s${i}`, agent: { goal, model: { provider: 'openai', name: 'x' } } }))
  await put('Workflow', 'large', 'triage', { steps })
  await says('Workflow', 'large', 'triage', 'Ready', { status: 'False', reason: 'ModelNotReady' })
  expect(feed.registry.workflow('large', 'triage')!.spec.steps).toHaveLength(32)
  expect(conditionsOf(await get('Workflow', 'large', 'triage'))['Ready']!.message.length).toBeLessThanOrEqual(4_096)
  const refused = await put('Workflow', 'large', 'more', workflow({ steps: [{ name: 'a', agent: { goal: 'x'.repeat(1 << 20) } }] })).catch(
    (error: unknown) => error,
  )
  expect(refused).toBeInstanceOf(ApiError)
  expect(String(refused)).toContain('spec.steps[0].agent.goal')
})

test('CRDs of an older version are told, with what they drop and how to renew them', async () => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sources.inquest.dev'
  const crd = await admin.get(path)
  const old = structuredClone(crd)
  const { spec } = old.spec.versions[0].schema.openAPIV3Schema.properties
  delete spec.properties.params
  delete spec.properties.grouping.properties.cooldown
  await admin.replace(path, old)
  const client = await openClusterClient({ kubeconfig: cluster.plane.kubeconfig })
  // The API server publishes what it knows a moment later.
  await vi.waitFor(async () => expect(await oldCrds(client)).toHaveLength(1), { timeout: 15_000, interval: 100 })
  const feed = await start()
  await vi.waitFor(
    () =>
      expect(feed.state()).toEqual({
        complete: true,
        troubles: [
          'the CRD sources.inquest.dev is older than this Inquest and drops spec.grouping.cooldown, spec.params: run `inquest crds | kubectl apply --server-side --force-conflicts -f -`',
        ],
      }),
    WAIT,
  )
  await admin.merge(path, { spec: crd.spec })
  await vi.waitFor(async () => expect(await oldCrds(client)).toEqual([]), { timeout: 15_000, interval: 100 })
  await client.close()
})
