import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expressionProblems, modelProblems, modelsOf, secretRefs, type Surroundings } from './acceptance.ts'
import { parseManifests } from './manifest.ts'
import { problemText } from './problem.ts'
import type { Workflow } from './workflow.ts'

const HEAD = 'apiVersion: inquest.dev/v1alpha1\nkind: Workflow\nmetadata: {name: x}\n'
const workflow = (spec: string): Workflow => {
  const { objects, problems } = parseManifests(`${HEAD}spec: {${spec}}`, 'f.yaml')
  expect(problems.map(problemText)).toEqual([])
  return objects[0]!.object as Workflow
}
const ASK = 'steps: [{name: ask, agent: {}}]'
const FOLDER: Surroundings = { trusted: true, ownKeys: [], defaultModel: false }

describe('a model that could not be asked is refused when the manifest is read', () => {
  const cases: [string, string, Partial<Surroundings>, string | null][] = [
    ['none at all', ASK, {}, 'spec.steps[0].agent: there is no model to ask. Write `spec.model`, or start the server with --model.'],
    ['none, on a server that has one', ASK, { defaultModel: true }, null],
    ['one of the step', 'steps: [{name: ask, agent: {model: {provider: scripted, file: t}}}]', {}, null],
    [
      'without a key',
      `model: {provider: anthropic, name: c}, ${ASK}`,
      {},
      'spec.model.apiKeySecretRef: anthropic needs an API key, and the server has none. Name a Secret, or start the server with ANTHROPIC_API_KEY.',
    ],
    ["with the server's key", `model: {provider: anthropic, name: c}, ${ASK}`, { ownKeys: ['anthropic'] }, null],
    [
      "with the server's key for another vendor",
      `model: {provider: openai, name: c}, ${ASK}`,
      { ownKeys: ['anthropic'] },
      'spec.model.apiKeySecretRef: openai needs an API key, and the server has none. Name a Secret, or start the server with OPENAI_API_KEY.',
    ],
    ['with a key of its own', `model: {provider: openai, name: c, apiKeySecretRef: {name: s, key: k}}, ${ASK}`, {}, null],
    ['local, without a key', `model: {provider: openai-compatible, name: c, baseURL: "http://o/v1"}, ${ASK}`, {}, null],
    [
      'a fallback without a key',
      `model: {provider: scripted, file: t, fallbacks: [{provider: openai, name: c}]}, ${ASK}`,
      {},
      'spec.model.fallbacks[0].apiKeySecretRef: openai needs an API key, and the server has none. Name a Secret, or start the server with OPENAI_API_KEY.',
    ],
    [
      'a script from the API server',
      `model: {provider: scripted, file: /etc/passwd}, ${ASK}`,
      { trusted: false },
      'spec.model.provider: a scripted model plays a file of the server: only manifests from a folder may name one. Name a real model, or try it with `inquest serve --manifests`.',
    ],
    [
      'a script as the fallback of a step, from the API server',
      'steps: [{name: a, diagnose: {}}, {name: ask, agent: {model: {provider: openai, name: g, fallbacks: [{provider: scripted, file: t}]}}}]',
      { trusted: false, ownKeys: ['openai'] },
      'spec.steps[1].agent.model.fallbacks[0].provider: a scripted model plays a file of the server: only manifests from a folder may name one. Name a real model, or try it with `inquest serve --manifests`.',
    ],
  ]
  test.each(cases)('%s', (_, spec, more, said) => {
    expect(modelProblems(workflow(spec), { ...FOLDER, ...more }).map(problemText)).toEqual(said === null ? [] : [said])
  })

  test.each([
    ['{provider: antropic, name: c}', 'spec.model.provider: "antropic" is not allowed. Did you mean anthropic?'],
    [
      '{provider: openai, name: g, baseURL: "https://evil.example/v1"}',
      "spec.model: anthropic and openai at a baseURL need an apiKeySecretRef: the server's own key is never sent there",
    ],
    [
      '{provider: openai, name: g, apiKey: sk-1}',
      'spec.model.apiKey: unknown field. Known here: provider, name, baseURL, apiKeySecretRef, file, maxOutputTokens, temperature, timeout, contextTokens, price, fallbacks.',
    ],
    ['{provider: openai, name: g, temperature: 0.5}', 'spec.model.temperature: 0.5 is not a text. Put it in quotes: "0.5".'],
    [
      '{provider: openai, name: g, price: {input: "1,5", output: "2"}}',
      'spec.model.price.input: "1,5" does not have the right form. Write a decimal in quotes, such as "2.5".',
    ],
  ])('%s, by its schema', (model, said) => {
    const { problems } = parseManifests(`${HEAD}spec: {model: ${model}, ${ASK}}`, 'f.yaml')
    expect(problems.map(problemText)).toEqual([`f.yaml:4: Workflow default/x: ${said}`])
  })
})

test('the Workflow of docs/models.md is a good one', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/models.md'), 'utf8')
  const { objects, problems } = parseManifests(HEAD + /```yaml\n(.*?)```/s.exec(page)![1]!, 'models.md')
  expect(problems.map(problemText)).toEqual([])
  const told = objects[0]!.object as Workflow
  expect([...expressionProblems(told), ...modelProblems(told, FOLDER)]).toEqual([])
})

test('the keys of models are among the Secrets that a Workflow needs', () => {
  const spec =
    'model: {provider: openai, name: g, apiKeySecretRef: {name: a, key: b}, fallbacks: [{provider: anthropic, name: c, apiKeySecretRef: {name: d, key: e}}]}'
  const both = workflow(`${spec}, ${ASK}`)
  expect(modelsOf(both).map(({ field, model }) => [field, model.name])).toEqual([
    ['spec.model', 'g'],
    ['spec.model.fallbacks[0]', 'c'],
  ])
  expect(secretRefs(both)).toEqual([
    { field: 'spec.model.apiKeySecretRef', name: 'a', key: 'b' },
    { field: 'spec.model.fallbacks[0].apiKeySecretRef', name: 'd', key: 'e' },
  ])
})

test('a goal is a template over what was before', () => {
  const goal = (text: string) =>
    expressionProblems(workflow(`steps: [{name: ask, agent: {goal: "${text}"}}]`)).map(({ field, message }) => `${field}: ${message}`)
  expect(goal('Why does {{ alert.labels.pod }} restart? {{ steps.look.outputs.rootCause.summary }}')).toEqual([])
  expect(goal('{{ result.rootCause }}')).toEqual(['spec.steps[0].agent.goal: unknown variable: result'])
})
