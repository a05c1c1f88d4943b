import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '#kit/errors'
import { checkSpec, createModel, modelFromFlag, type ModelSpec } from '../agent.ts'

const noFetch = () => Promise.reject(new Error('nobody is asked'))
const create = (spec: ModelSpec) => createModel(spec, { fetch: noFetch, field: 'spec.model' })

const anthropic: ModelSpec = { provider: 'anthropic', name: 'claude-sonnet-4-5', apiKey: 'k' }

/** Field and message of the InputError. */
function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof InputError) return `${error.field}: ${error.message}. ${error.remedy}`
    throw error
  }
  return 'accepted'
}

describe('a spec is checked when it is read', () => {
  test.each<[string, ModelSpec, string]>([
    [
      'an unknown provider',
      { provider: 'antropic' as 'anthropic', name: 'x' },
      'spec.model.provider: "antropic" is not a model provider. Use one of anthropic, openai, openai-compatible, scripted.',
    ],
    ['no name', { provider: 'openai', apiKey: 'k' }, 'spec.model.name: the model has no name'],
    ['no key for anthropic', { provider: 'anthropic', name: 'x' }, 'spec.model.apiKey: anthropic needs an API key'],
    ['no key for openai', { provider: 'openai', name: 'x', apiKey: '' }, 'spec.model.apiKey: openai needs an API key'],
    ['no URL for openai-compatible', { provider: 'openai-compatible', name: 'x' }, 'spec.model.baseURL: openai-compatible needs a baseURL'],
    ['a URL that is none', { ...anthropic, baseURL: 'ftp://x' }, 'spec.model.baseURL: "ftp://x" is not an http or https URL'],
    ['a temperature that is none', { ...anthropic, temperature: 'warm' }, 'spec.model.temperature: "warm" is not a temperature'],
    ['a temperature beyond 2', { ...anthropic, temperature: '2.5' }, 'spec.model.temperature: "2.5" is not a temperature'],
    ['a tiny window', { ...anthropic, contextTokens: 100 }, 'spec.model.contextTokens: 100 is out of range'],
    ['an endless time-out', { ...anthropic, timeoutMs: 10_000_000 }, 'spec.model.timeout: 10000000 ms is out of range'],
    ['a script without a file', { provider: 'scripted' }, 'spec.model.file: a scripted model needs a file'],
    ['a script that is not there', { provider: 'scripted', file: '/nowhere/talk.yaml' }, 'spec.model.file: cannot read /nowhere/talk.yaml'],
  ])('%s', (_, spec, expected) => {
    expect(refusal(() => create(spec))).toContain(expected)
  })

  test.each([
    ['no YAML', 'turns: [', 'cannot read'],
    ['no turns', 'turns: []', 'turns: Too small'],
    ['an unknown key', 'turns: [{say: hello}]', 'turns.0: Unrecognized key: "say"'],
    ['a call without a name', 'turns: [{toolCalls: [{input: {}}]}]', 'turns.0.toolCalls.0.name: Invalid input'],
  ])('a script with %s', (_, text, expected) => {
    const file = join(mkdtempSync(join(tmpdir(), 'inquest-script-')), 'talk.yaml')
    writeFileSync(file, text)
    expect(refusal(() => create({ provider: 'scripted', file }))).toContain(expected)
  })

  test('defaults: an answer takes a quarter of the window at most', () => {
    expect(create(anthropic)).toMatchObject({
      id: 'anthropic/claude-sonnet-4-5',
      maxOutputTokens: 8_192,
      timeoutMs: 120_000,
      contextTokens: 128_000,
      temperature: undefined,
    })
    expect(create({ ...anthropic, contextTokens: 8_192 }).maxOutputTokens).toBe(2_048)
    expect(create({ ...anthropic, temperature: '0.3', price: { input: 1, output: 2 } })).toMatchObject({
      temperature: 0.3,
      price: { input: 1, output: 2 },
    })
  })

  test('nothing is made to check one', () => {
    expect(refusal(() => checkSpec(anthropic, 'model'))).toBe('accepted')
  })
})

describe('--model', () => {
  const env = { ANTHROPIC_API_KEY: 'a-key', OPENAI_API_KEY: 'o-key' }
  test.each<[string, object, ModelSpec]>([
    ['anthropic/claude-opus-5', {}, { provider: 'anthropic', name: 'claude-opus-5', apiKey: 'a-key' }],
    ['openai/gpt-5', {}, { provider: 'openai', name: 'gpt-5', apiKey: 'o-key' }],
    [
      'openai-compatible/library/llama3.3',
      { baseURL: 'http://localhost:11434/v1' },
      { provider: 'openai-compatible', name: 'library/llama3.3', baseURL: 'http://localhost:11434/v1' },
    ],
    ['openai/gpt-5', { apiKey: 'f-key' }, { provider: 'openai', name: 'gpt-5', apiKey: 'f-key' }],
    ['scripted/examples/talk.yaml', {}, { provider: 'scripted', file: 'examples/talk.yaml' }],
  ])('%s', (text, more, spec) => {
    expect(modelFromFlag(text, { env, ...more })).toEqual(spec)
  })

  test.each([
    ['gpt-5', '"gpt-5" is not a model. Write PROVIDER/NAME'],
    ['mistral/large', '"mistral/large" is not a model'],
    ['anthropic/', '"anthropic/" is not a model'],
    ['anthropic/claude-opus-5', 'Set ANTHROPIC_API_KEY, or'],
    ['openai-compatible/llama', 'Give it with --model-base-url'],
  ])('%s is refused', (text, expected) => {
    expect(refusal(() => modelFromFlag(text, { env: {} }))).toContain(expected)
  })
})
