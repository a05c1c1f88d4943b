import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLogger, type Logger } from '#kit/log'
import { feedFromFolder, type FolderFeed } from './operator.ts'

const NOTHING_LENT = { ownKeys: [], defaultModel: false }
let dir: string
let feeds: FolderFeed[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inquest-folder-'))
  feeds = []
})
afterEach(async () => {
  await Promise.all(feeds.map((feed) => feed.close()))
  await rm(dir, { recursive: true, force: true })
})

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
}

/** Looks so seldom that only `refresh` reads, unless a test wants otherwise. */
async function feed(options: { secretsDir?: string; log?: Logger; onChange?: () => void; pollMs?: number } = {}): Promise<FolderFeed> {
  const made = await feedFromFolder(dir, { secretsDir: null, lent: NOTHING_LENT, log: silentLogger, pollMs: 3_600_000, ...options })
  feeds.push(made)
  return made
}

const HEAD = 'apiVersion: inquest.dev/v1alpha1\n'
const SINK = `${HEAD}kind: Sink\nmetadata: {name: out}\nspec: {stdout: {}}\n`
const WORKFLOW = `${HEAD}kind: Workflow\nmetadata: {name: look}\nspec:\n  timeout: 5m\n  steps: [{name: look, diagnose: {}}]\n  sinks: [{sinkRef: {name: out}}]\n`
const SOURCE = `${HEAD}kind: Source\nmetadata: {name: am}\nspec:\n  alertmanager: {}\n  auth: {bearer: {secretKeyRef: {name: am, key: token}}}\n  workflowRef: {name: look}\n`
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: am}\nstringData: {token: from-the-folder}\n'

describe('a good folder', () => {
  test('fills the registry, subfolders and JSON included; everything else is left alone', async () => {
    await write({
      'a.yaml': `${SINK}---\n${WORKFLOW}`,
      'sub/source.yml': SOURCE,
      'sub/more.json': JSON.stringify({
        apiVersion: 'inquest.dev/v1alpha1',
        kind: 'Sink',
        metadata: { name: 'two', namespace: 'ops' },
        spec: { stdout: {} },
      }),
      'README.md': 'not a manifest',
      '.hidden.yaml': 'nonsense: [',
    })
    const { registry, problems } = await feed()
    expect(problems()).toEqual([])
    expect(registry.source('default', 'am')?.spec.workflowRef.name).toBe('look')
    expect(registry.workflow('default', 'look')?.metadata).toMatchObject({ namespace: 'default', generation: 1 })
    expect(registry.sinks().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['default/out', 'ops/two'])
  })

  test('a Secret comes from the secrets folder, else from a manifest; a missing one says what to do', async () => {
    await write({ 'm/s.yaml': SECRET, 'm/a.yaml': `${SINK}---\n${WORKFLOW}---\n${SOURCE}` })
    const plain = await feed()
    await expect(plain.registry.secret('default', { name: 'am', key: 'token' })).resolves.toBe('from-the-folder')
    await expect(plain.registry.secret('default', { name: 'am', key: 'other' })).rejects.toThrow('Secret default/am has no key "other"')

    const secretsDir = await mkdtemp(join(tmpdir(), 'inquest-secrets-'))
    await mkdir(join(secretsDir, 'default', 'am'), { recursive: true })
    await writeFile(join(secretsDir, 'default', 'am', 'token'), 'from-a-file\n')
    const { registry } = await feed({ secretsDir })
    await expect(registry.secret('default', { name: 'am', key: 'token' })).resolves.toBe('from-a-file')
    await writeFile(join(secretsDir, 'default', 'am', 'token'), 'rotated')
    await expect(registry.secret('default', { name: 'am', key: 'token' })).resolves.toBe('rotated')
    await expect(registry.secret('default', { name: 'am', key: '..' })).rejects.toThrow('has no key')
    await rm(secretsDir, { recursive: true })
  })

  test('a Secret that is not there yet is a warning, not a refusal', async () => {
    const said: string[] = []
    const log = { ...silentLogger, warn: (_: unknown, text: string) => void said.push(text), info: () => undefined } as unknown as Logger
    await write({ 'a.yaml': `${SINK}---\n${WORKFLOW}---\n${SOURCE}` })
    await feed({ log })
    expect(said).toEqual(['Source default/am needs key "token" of Secret default/am, which is not there yet'])
  })
})

describe('a bad folder at the start is refused with all that is wrong', () => {
  test.each<[string, Record<string, string>, (string | RegExp)[]]>([
    [
      'a broken field and broken YAML',
      { 'a.yaml': SINK.replace('stdout', 'stdot'), 'b.yaml': 'a: [' },
      ['2 problems in', 'a.yaml:4: Sink default/out: spec.stdot: unknown field. Did you mean stdout?', 'b.yaml:1: not valid YAML'],
    ],
    [
      'a reference that leads nowhere',
      { 'a.yaml': WORKFLOW },
      ['a problem in', 'a.yaml:7: Workflow default/look: spec.sinks[0].sinkRef.name: there is no Sink default/out'],
    ],
    [
      'a sender that only a cluster knows',
      {
        'a.yaml': `${SINK}---\n${WORKFLOW}`,
        'b.yaml':
          'apiVersion: inquest.dev/v1alpha1\nkind: Source\nmetadata: {name: s}\nspec: {alertmanager: {}, auth: {serviceAccount: {name: am}}, workflowRef: {name: look}}\n',
      },
      ['b.yaml:4: Source default/s: spec.auth.serviceAccount: tokens of ServiceAccounts are known to a cluster only', 'Use `bearer`'],
    ],
    [
      'a condition that does not parse',
      { 'a.yaml': SINK.replace('stdout: {}', "stdout: {}, when: 'result.'") },
      ['a.yaml:4: Sink default/out: spec.when: `result.`: column 8: Expected IDENTIFIER'],
    ],
    [
      'two of a name',
      { 'a.yaml': SINK, 'b.yaml': SINK },
      ['b.yaml:3: Sink default/out: metadata.name: also in a.yaml:3. Remove one of them'],
    ],
    [
      'another kind',
      { 'a.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n' },
      ["a.yaml:2: kind: Deployment (apps/v1) is none of Inquest's kinds"],
    ],
  ])('%s', async (_, files, texts) => {
    await write(files)
    const error = await feed().catch((e: Error) => e)
    expect(error).toMatchObject({ name: 'InputError', field: '--manifests' })
    for (const text of texts) expect((error as Error).message).toContain(text)
  })

  test('no such folder', async () => {
    await expect(feedFromFolder(join(dir, 'nope'), { secretsDir: null, lent: NOTHING_LENT, log: silentLogger })).rejects.toThrow(
      /nope: cannot be read|cannot be read: ENOENT/,
    )
  })

  test('folders without end', async () => {
    await write({ 'a/b/c/d/e/f/g/h/i.yaml': SINK })
    await expect(feed()).rejects.toThrow('more than 8 folders deep')
  })
})

describe('a change', () => {
  test('replaces the whole; a spec that changed has the next generation', async () => {
    await write({ 'a.yaml': SINK, 'b.yaml': WORKFLOW })
    let changes = 0
    const { registry, refresh } = await feed({ onChange: () => void changes++ })
    await write({ 'b.yaml': WORKFLOW.replace('5m', '6m'), 'c.yaml': SINK.replace('out', 'two') })
    await rm(join(dir, 'c.yaml'))
    await write({ 'd.yaml': SINK.replace('out', 'three') })
    expect(await refresh()).toBe(true)
    expect(registry.workflow('default', 'look')).toMatchObject({ metadata: { generation: 2 }, spec: { timeout: '6m' } })
    expect(registry.sink('default', 'out')?.metadata.generation).toBe(1)
    expect(registry.sinks().map(({ metadata }) => metadata.name)).toEqual(['out', 'three'])
    expect(changes).toBe(2)
  })

  test('to something bad is refused and the last good state goes on', async () => {
    await write({ 'a.yaml': SINK, 'b.yaml': WORKFLOW })
    const { registry, refresh, problems } = await feed()
    await write({ 'a.yaml': SINK.replace('out', 'renamed'), 'b.yaml': WORKFLOW.replace('5m', 'long') })
    expect(await refresh()).toBe(false)
    expect(problems()).toMatchObject([{ file: 'b.yaml', line: 5, object: 'Workflow default/look', field: 'spec.timeout' }])
    expect(registry.sink('default', 'out')).toBeDefined()
    expect(registry.sink('default', 'renamed')).toBeUndefined()
    await write({ 'b.yaml': WORKFLOW.replace('name: out', 'name: renamed') })
    expect(await refresh()).toBe(true)
    expect(problems()).toEqual([])
    expect(registry.sink('default', 'renamed')).toBeDefined()
  })

  test('is noticed by itself, also when a ConfigMap is swapped under its links', async () => {
    await write({ '..v1/a.yaml': SINK, '..v2/a.yaml': SINK.replace('out', 'swapped') })
    await symlink('..v1', join(dir, '..data'))
    await symlink('..data/a.yaml', join(dir, 'a.yaml'))
    const { registry } = await feed({ pollMs: 10 })
    expect(registry.sink('default', 'out')).toBeDefined()
    await symlink('..v2', join(dir, '..data_tmp'))
    await rename(join(dir, '..data_tmp'), join(dir, '..data'))
    await vi.waitFor(() => expect(registry.sink('default', 'swapped')).toBeDefined(), { timeout: 10_000 })
    expect(registry.sink('default', 'out')).toBeUndefined()
  })
})
