import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ApiError, type Api } from '../../../control-plane/api.ts'
import { startTestCluster, type TestCluster } from '../../../test/cluster.ts'
import { ALERT, engineHere, type EngineHere } from '../../../test/engine-here.ts'
import { DIAGNOSIS, insertIncident, investigationsOf, until as untilOr } from '../../../test/engine-process.ts'
import { kubectlPath } from '../../../test/kubectl.ts'
import { openClusterClient, type ClusterClient, type KubeObject } from '#cluster'
import type { Diagnosis } from '#kinds/result'
import { systemClock } from '#kit/clock'
import { newId } from '#kit/ids'
import { silentLogger } from '#kit/log'
import type { Workflow } from '#kinds/workflow'
import { ID_LABEL } from './names.ts'
import { startProjection, type ProjectionLoop, type ProjectionOptions } from './projection.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const engine = engineHere()
/** Less than a test may take, so that it says what it waited for. */
const until: typeof untilOr = (what, look, ms = 25_000) => untilOr(what, look, ms)
const LEADER = { isLeader: () => true, onChange: () => () => undefined }
const look = { name: 'look', diagnose: {} } as const

/** All that the projection needs. */
const RIGHTS = [
  { apiGroups: ['inquest.dev'], resources: ['investigations'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
  { apiGroups: ['inquest.dev'], resources: ['investigations/status'], verbs: ['patch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
]

let cluster: TestCluster
let admin: Api
let client: ClusterClient
let binary: string
let loops: ProjectionLoop[] = []

beforeAll(async () => {
  cluster = await startTestCluster()
  await cluster.installCrds()
  admin = cluster.admin
  await admin.create('/api/v1/namespaces', { metadata: { name: 'shop' } })
  client = await openClusterClient({ kubeconfig: await cluster.kubeconfigOf('operator', RIGHTS) })
  binary = await kubectlPath()
})
afterAll(async () => {
  await client?.close()
  await cluster?.stop()
})
beforeEach(() => {
  engine().diagnose = async () => DIAGNOSIS
})
afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()))
})

const pathTo = (namespace: string, plural: string): string => `/apis/inquest.dev/v1alpha1/namespaces/${namespace}/${plural}`
const pathOf = (name: string, namespace = 'shop'): string => `${pathTo(namespace, 'investigations')}/${name}`

/** The projection, as this process would run it when it is the leader. */
function start(more: Partial<ProjectionOptions> = {}): ProjectionLoop {
  const { engine: runner, registry, store } = engine()
  const loop = startProjection({
    client,
    leader: LEADER,
    namespaces: [],
    registry,
    engine: runner,
    projection: store.projection,
    link: ({ name }) => `https://inquest.example/${name}`,
    instance: 'inquest-0',
    clock: systemClock,
    log: silentLogger,
    timing: { pollMs: 50, expireMs: 100 },
    ...more,
  })
  loops.push(loop)
  return loop
}

async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--kubeconfig', cluster.plane.kubeconfig, '-n', 'shop', ...args], {
    timeout: 30_000,
  })
  return stdout.trim()
}
function kubectlCreate(manifest: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['--kubeconfig', cluster.plane.kubeconfig, '-n', 'shop', 'create', '-o', 'name', '-f', '-']
    const child = execFile(binary, args, { timeout: 30_000 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim().split('/')[1]!),
    )
    child.stdin!.end(JSON.stringify(manifest))
  })
}

const asking = (workflow: string, metadata: object = { generateName: 'look-' }, spec: object = {}) => ({
  apiVersion: 'inquest.dev/v1alpha1',
  kind: 'Investigation',
  metadata,
  spec: { workflowRef: { name: workflow }, ...spec },
})
const ask = async (workflow: string, metadata?: object, spec?: object, namespace = 'shop'): Promise<KubeObject> =>
  (await admin.create(pathTo(namespace, 'investigations'), asking(workflow, metadata, spec))) as KubeObject
const get = async (name: string, namespace = 'shop'): Promise<KubeObject | null> =>
  admin.get(pathOf(name, namespace)).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }) as Promise<KubeObject | null>
const shown = (name: string, phase: string): Promise<KubeObject> =>
  until(`${name} to be ${phase}`, async () => {
    const object = await get(name)
    return object?.status?.phase === phase ? object : null
  })
const rowsNamed = async (name: string) => (await engine().pool.query('select * from investigations where name = $1', [name])).rows
const rowOf = (name: string) => until(`a row of ${name}`, async () => (await rowsNamed(name))[0])
const conditionsOf = (object: KubeObject): Record<string, string> =>
  Object.fromEntries(object.status.conditions.map((c: Record<string, string>) => [c['type'], `${c['status']} ${c['reason']}`]))
/** A diagnosis that ends when it is told to, or aborted. */
function held(here: EngineHere): { begun: () => boolean; end: () => void } {
  let begun = false
  let end = (): void => {}
  const ended = new Promise<Diagnosis>((resolve) => (end = () => resolve(DIAGNOSIS)))
  here.diagnose = () => {
    begun = true
    return ended
  }
  return { begun: () => begun, end: () => end() }
}
const workflow = (more: Partial<Workflow['spec']> = {}): string => engine().workflow({ steps: [look], ...more }, {})
/** Nothing is left to do: every row is shown, and what was seen last was looked at. */
const settled = (): Promise<unknown> =>
  until('everything to be shown', async () => {
    const { rows } = await engine().pool.query('select count(*)::int as n from investigations where revision > shown')
    return rows[0].n === 0
  })

describe('with kubectl', () => {
  test('create, wait, get, describe', async () => {
    start()
    const name = await kubectlCreate(asking(workflow(), { generateName: 'look-' }, { target: { kind: 'Deployment', name: 'payments' } }))
    await kubectl('wait', '--for=condition=Succeeded', '--timeout=30s', `investigation/${name}`)
    const [header, line] = (await kubectl('get', 'investigations', name)).split('\n')
    expect(header!.split(/ {2,}/)).toEqual(['NAME', 'PHASE', 'ROOT CAUSE', 'CONFIDENCE', 'COST USD', 'AGE'])
    expect(line!.split(/ {2,}/).slice(0, 5)).toEqual([name, 'Succeeded', DIAGNOSIS.rootCause!.summary, '90', '0'])
    const text = await until('its Events', async () => {
      const said = await kubectl('describe', 'investigation', name)
      return /Concluded/.test(said) ? said : null
    })
    expect(text).toMatch(/Normal +Started .* Workflow workflow-\d+ looks at Deployment shop\/payments\./)
    expect(text).toMatch(/Normal +Concluded .*inquest\.dev\/operator/)
    expect((await rowOf(name)).input.target).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' })
  })

  test('delete cancels what runs', async () => {
    start()
    const hold = held(engine())
    const name = await kubectlCreate(asking(workflow()))
    await until('the step', hold.begun)
    await shown(name, 'Running')
    await kubectl('delete', 'investigation', name)
    const { id } = await rowOf(name)
    expect(await engine().ended(id)).toMatchObject({ phase: 'Cancelled', message: 'Cancelled by the deletion of its object.' })
    await settled()
    expect(await get(name)).toBeNull()
  })
})

describe('an investigation of an incident', () => {
  test('is shown under its name, in its namespace, with what it is about', async () => {
    start()
    const here = engine()
    here.source(workflow())
    const incident = await insertIncident(here.pool)
    const row = await until('the row', async () => (await investigationsOf(here, incident))[0])
    const object = await shown(row.name, 'Succeeded')
    expect(object.metadata.labels).toEqual({
      'inquest.dev/id': row.id,
      'inquest.dev/workflow': row.workflow,
      'inquest.dev/source': 'alerts',
      'inquest.dev/incident': incident,
    })
    expect(object.metadata).not.toHaveProperty('ownerReferences')
    expect(object.metadata).not.toHaveProperty('finalizers')
    expect(object.spec).toMatchObject({ workflowRef: { name: row.workflow }, params: { team: 'payments' } })
    expect(conditionsOf(object)).toEqual({ Accepted: 'True Accepted', Succeeded: 'True Complete' })
    expect(object.status).toMatchObject({ rootCause: DIAGNOSIS.rootCause!.summary, link: `https://inquest.example/${row.name}` })
  })

  test('that was deleted is never shown again, also when nobody led meanwhile', async () => {
    const hold = held(engine())
    const first = start()
    const { id, name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
    await shown(name, 'Running')
    await first.stop()
    await admin.delete(pathOf(name))
    start()
    expect(await engine().ended(id)).toMatchObject({ phase: 'Cancelled' })
    hold.end()
    await settled()
    expect(await get(name)).toBeNull()
  })

  test('goes on when its namespace cannot take an object', async () => {
    start()
    const here = engine()
    const name = workflow()
    here.registry.put({ ...here.registry.workflow('shop', name)!, metadata: { name, namespace: 'nowhere' } })
    const { id } = await here.engine.investigate({ namespace: 'nowhere', workflow: name })
    expect(await here.ended(id)).toMatchObject({ phase: 'Succeeded' })
    await settled()
  })

  test('its object is taken for its own when who made it died before it could write that down', async () => {
    const { id, name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
    await ask('any', { name, labels: { [ID_LABEL]: id } })
    start()
    expect(conditionsOf(await shown(name, 'Succeeded'))).toMatchObject({ Succeeded: 'True Complete' })
    expect(await rowsNamed(name)).toHaveLength(1)
  })
})

describe('a request', () => {
  test('made while nobody led is taken once, by however many', async () => {
    const asked = await ask(workflow(), undefined, { alert: ALERT, params: { team: 'x' } })
    start()
    start()
    const object = await shown(asked.metadata.name, 'Succeeded')
    expect(object.spec).toEqual(asked.spec)
    const rows = await rowsNamed(asked.metadata.name)
    expect(rows).toMatchObject([{ phase: 'Succeeded', input: { params: { team: 'x' }, alerts: [{ labels: ALERT.labels }] } }])
  })

  test('waits for its Workflow, and says so', async () => {
    start()
    const { metadata } = await ask('later')
    const waiting = await until('the condition', async () => {
      const object = await get(metadata.name)
      return object?.status?.conditions ? object : null
    })
    expect(conditionsOf(waiting)).toEqual({ Accepted: 'False WorkflowNotFound', Succeeded: 'Unknown Waiting' })
    expect(waiting.status.conditions[0].message).toContain('there is no Workflow shop/later')
    expect(waiting.status).not.toHaveProperty('phase')
    const here = engine()
    const made = here.registry.workflow('shop', workflow())!
    here.registry.put({ ...made, metadata: { ...made.metadata, name: 'later' } })
    expect(conditionsOf(await shown(metadata.name, 'Succeeded'))).toEqual({ Accepted: 'True Accepted', Succeeded: 'True Complete' })
  })

  test('whose Workflow does not come fails for good', async () => {
    const { metadata } = await ask('never')
    start({ clock: { now: () => new Date(Date.now() + 120_000) } })
    const object = await shown(metadata.name, 'Failed')
    expect(conditionsOf(object)).toEqual({ Accepted: 'False WorkflowNotFound', Succeeded: 'False WorkflowNotFound' })
  })

  test('with a time that is none is refused with the field', async () => {
    start()
    const { metadata } = await ask(workflow(), undefined, { alert: { ...ALERT, startsAt: 'yesterday' } })
    const { status } = await shown(metadata.name, 'Failed')
    expect(status.conditions[0]).toMatchObject({ reason: 'InvalidSpec', message: expect.stringContaining('spec.alert.startsAt') })
  })

  test('that is deleted and made again under its name is another one', async () => {
    start()
    const name = `again-${newId().slice(-6)}`
    await ask(workflow(), { name })
    await shown(name, 'Succeeded')
    await admin.delete(pathOf(name))
    await ask(workflow(), { name })
    await shown(name, 'Succeeded')
    const { rows } = await engine().pool.query('select investigation_id from objects where name = $1', [name])
    expect(new Set(rows.map((row) => row.investigation_id)).size).toBe(2)
  })
})

describe('an object that was an investigation before', () => {
  test('and comes back from a backup shows it again, and starts nothing', async () => {
    start()
    const { id, name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
    const before = await shown(name, 'Succeeded')
    await admin.delete(pathOf(name))
    await until('the deletion to be seen', async () => (await engine().store.projection.shownInvestigation(id))!.object!.gone)
    await ask('any', { name, labels: before.metadata.labels })
    expect((await shown(name, 'Succeeded')).status).toEqual(before.status)
    const { rows } = await engine().pool.query('select id from investigations where name like $1', [`${name}%`])
    expect(rows).toEqual([{ id }])
  })

  test('and is a copy is told so', async () => {
    start()
    const { name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
    const { metadata } = await shown(name, 'Succeeded')
    const copy = await ask('any', { generateName: 'copy-', labels: metadata.labels })
    const told = await until('the condition', async () => {
      const object = await get(copy.metadata.name)
      return object?.status?.conditions ? object : null
    })
    expect(conditionsOf(told)).toMatchObject({ Accepted: 'False Copy' })
    expect(told.status.conditions[0].message).toContain(name)
  })
})

test('a status that somebody else edits is put right', async () => {
  start()
  const { name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
  const { status } = await shown(name, 'Succeeded')
  await kubectl('patch', 'investigation', name, '--subresource=status', '--type=merge', '-p', '{"status":{"rootCause":"It was me."}}')
  await until('the repair', async () => (await get(name))?.status?.rootCause !== 'It was me.')
  expect((await get(name))!.status).toEqual(status)
})

describe('old objects', () => {
  test('go when their time is over, and their rows stay', async () => {
    start()
    const { id, name } = await engine().engine.investigate({
      namespace: 'shop',
      workflow: workflow({ ttlAfterFinished: '0s' }),
      alert: ALERT,
    })
    expect(await engine().ended(id)).toMatchObject({ phase: 'Succeeded' })
    await until('the end', async () => {
      const row = await engine().store.projection.shownInvestigation(id)
      return row && !row.changed && (row.object === null || row.object.gone)
    })
    expect(await get(name)).toBeNull()
  })

  test('go when there are too many, the oldest first', async () => {
    start()
    const keeper = workflow({ successfulHistoryLimit: 2 })
    const names: string[] = []
    for (let n = 0; n < 3; n++) {
      const { id, name } = await engine().engine.investigate({ namespace: 'shop', workflow: keeper, alert: ALERT })
      await engine().ended(id)
      names.push(name)
    }
    await until('the first to go', async () => (await get(names[0]!)) === null)
    await settled()
    expect([await get(names[1]!), await get(names[2]!)]).toMatchObject([
      { status: { phase: 'Succeeded' } },
      { status: { phase: 'Succeeded' } },
    ])
  })

  test('go with the row that retention deletes', async () => {
    start()
    const { id, name } = await engine().engine.investigate({ namespace: 'shop', workflow: workflow(), alert: ALERT })
    await shown(name, 'Succeeded')
    await settled()
    await engine().pool.query('delete from investigations where id = $1', [id])
    await until('the object to go', async () => (await get(name)) === null)
    await until('it to be forgotten', async () => (await engine().pool.query('select from objects where name = $1', [name])).rowCount === 0)
    expect(await rowsNamed(name)).toEqual([])
  })
})

test('a namespace that is deleted takes its investigations with it, whether somebody leads or not', async () => {
  const here = engine()
  const name = workflow()
  const namespace = `gone-${newId().slice(-6)}`
  here.registry.put({ ...here.registry.workflow('shop', name)!, metadata: { name, namespace } })
  await admin.create('/api/v1/namespaces', { metadata: { name: namespace } })
  const loop = start()
  const hold = held(here)
  const { metadata } = await ask(name, undefined, {}, namespace)
  await until('the step', hold.begun)
  await loop.stop()
  await admin.delete(`/api/v1/namespaces/${namespace}`)
  await until(
    'the namespace to go',
    () =>
      admin.get(`/api/v1/namespaces/${namespace}`).then(
        () => null,
        () => true,
      ),
    30_000,
  )
  start()
  const { id } = await rowOf(metadata.name)
  expect(await here.ended(id)).toMatchObject({ phase: 'Cancelled' })
})
