import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { silentLogger } from '#kit/log'
import { feedFromFolder, type FolderFeed } from './operator.ts'

/** Whether the models of a folder can be asked is found out when the folder is read. */

let dir: string
const feeds: FolderFeed[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'inquest-folder-'))
})
afterEach(async () => {
  await Promise.all(feeds.splice(0).map((feed) => feed.close()))
  await rm(dir, { recursive: true, force: true })
})

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
}

const lent = { ownKeys: [], defaultModel: false }
async function feed(more: Partial<Parameters<typeof feedFromFolder>[1]> = {}): Promise<FolderFeed> {
  const made = await feedFromFolder(join(dir, 'manifests'), {
    secretsDir: join(dir, 'secrets'),
    lent,
    log: silentLogger,
    pollMs: 3_600_000,
    ...more,
  })
  feeds.push(made)
  return made
}

const workflow = (model: string, agent = '{}'): string =>
  `apiVersion: inquest.dev/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n  model: ${model}\n  steps: [{name: ask, agent: ${agent}}]\n`
const CLAUDE = workflow('{provider: anthropic, name: claude-sonnet-5, apiKeySecretRef: {name: llm, key: api-key}}')
const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: llm}\nstringData: {api-key: sk-1}\n'
const TALK = 'turns:\n  - text: hello\n'

describe('is refused at the start', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a key that is not there',
      { 'a.yaml': CLAUDE },
      'a.yaml:5: Workflow default/w: spec.model.apiKeySecretRef: Secret default/llm has no key "api-key", or it is empty. Write `kind: Secret`',
    ],
    ['an empty key', { 'a.yaml': CLAUDE, 'b.yaml': SECRET.replace('sk-1', '" "') }, 'has no key "api-key", or it is empty'],
    ['a key of another name', { 'a.yaml': CLAUDE, 'b.yaml': SECRET.replace('api-key', 'key') }, 'has no key "api-key"'],
    [
      'no key at all',
      { 'a.yaml': workflow('{provider: openai, name: gpt-5}') },
      'spec.model.apiKeySecretRef: openai needs an API key, and the server has none',
    ],
    ['a provider that nobody knows', { 'a.yaml': workflow('{provider: clippy, name: x}') }, '"clippy" is not allowed'],
    [
      'a script that is not there',
      { 'a.yaml': workflow('{provider: scripted, file: talk.conversation.yaml}') },
      'spec.model.file: cannot read',
    ],
    [
      'a script that is none',
      { 'a.yaml': workflow('{provider: scripted, file: talk.conversation.yaml}'), 'talk.conversation.yaml': 'turns: []' },
      'talk.conversation.yaml: turns:',
    ],
    [
      'a time-out that is too long',
      { 'a.yaml': workflow('{provider: openai-compatible, name: x, baseURL: "http://o/v1", timeout: 1h}') },
      'spec.model.timeout: 3600000 ms is out of range. Give at most 15m.',
    ],
    [
      'a kubectl step that writes',
      {
        'a.yaml': workflow('{provider: anthropic, name: x}')
          .replace(/ {2}model:.*\n/, '')
          .replace('agent: {}', 'kubectl: {args: [delete, pod, x]}'),
      },
      'a.yaml:5: Workflow default/w: spec.steps[0].kubectl.args: kubectl delete changes the cluster, and a kubectl step only reads. Writes come with approvals',
    ],
    [
      'a runbook that nobody wrote',
      { 'a.yaml': workflow('{provider: openai-compatible, name: x, baseURL: "http://o/v1"}', '{runbook: pod-crash-loping}') },
      'spec.steps[0].agent.runbook: there is no runbook "pod-crash-loping". Did you mean pod-crash-looping?',
    ],
  ])('%s', async (_, files, said) => {
    await write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`manifests/${name}`, text])))
    const error = await feed().catch((e: Error) => e)
    expect(error).toMatchObject({ name: 'InputError', field: '--manifests', message: expect.stringContaining(said) })
  })
})

test('a key of the folder, of a file, or of the server itself will do', async () => {
  await write({ 'manifests/a.yaml': CLAUDE, 'manifests/b.yaml': SECRET })
  expect((await feed()).problems()).toEqual([])
  await rm(join(dir, 'manifests/b.yaml'))
  await write({ 'secrets/default/llm/api-key': 'sk-2\n' })
  expect((await feed()).problems()).toEqual([])
  await write({ 'manifests/a.yaml': workflow('{provider: openai, name: gpt-5}') })
  expect((await feed({ lent: { ownKeys: ['openai'], defaultModel: false } })).problems()).toEqual([])
})

test('a conversation is no manifest, and is found where the manifests are', async () => {
  await write({
    'manifests/sub/a.yaml': workflow('{provider: scripted, file: talk.conversation.yaml}'),
    'manifests/talk.conversation.yaml': TALK,
  })
  const { registry } = await feed()
  expect(registry.workflow('default', 'w')!.spec.model).toEqual({
    provider: 'scripted',
    file: join(dir, 'manifests/talk.conversation.yaml'),
  })
})

test('while it runs the last good state stays in force, until the key comes', async () => {
  const local = '{provider: openai-compatible, name: x, baseURL: "http://o/v1"}'
  await write({ 'manifests/a.yaml': workflow(local) })
  const { registry, problems } = await feed({ pollMs: 5 })
  await write({ 'manifests/a.yaml': CLAUDE })
  await vi.waitFor(() => expect(problems()).toHaveLength(1), { timeout: 20_000 })
  expect(registry.workflow('default', 'w')!.spec.model!.provider).toBe('openai-compatible')
  await write({ 'secrets/default/llm/api-key': 'sk-2' })
  await vi.waitFor(() => expect(registry.workflow('default', 'w')!.spec.model!.provider).toBe('anthropic'), { timeout: 20_000 })
  expect(problems()).toEqual([])
})
