import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { crdYaml, KINDS, openApiSchema } from './crd.ts'
import { exactlyOneOf, StringMap } from './meta.ts'
import { referencePages } from './reference.ts'
import type { JsonSchema } from './structural.ts'

const ROOT = join(import.meta.dirname, '..', '..')

describe('what is committed is what the schemas say (`npm run generate` writes it anew)', () => {
  test.each(Object.entries(crdYaml()))('crds/%s', async (file, text) => {
    await expect(text).toMatchFileSnapshot(join(ROOT, 'crds', file))
  })
  test('crds/ holds nothing else', () => expect(readdirSync(join(ROOT, 'crds')).toSorted()).toEqual(Object.keys(crdYaml()).toSorted()))
  test.each(Object.entries(referencePages()))('docs/%s', async (file, text) => {
    await expect(text).toMatchFileSnapshot(join(ROOT, 'docs', file))
  })
  test('docs/kinds/ holds nothing else', () =>
    expect(readdirSync(join(ROOT, 'docs/kinds')).map((file) => `kinds/${file}`)).toEqual(
      Object.keys(referencePages())
        .filter((file) => file.startsWith('kinds/'))
        .toSorted(),
    ))
})

test.each(KINDS.map((kind) => [kind.kind, kind] as const))('every field of %s is explained', (_, kind) => {
  const silent: string[] = []
  const visit = (schema: JsonSchema, path: string): void => {
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      if (!child.description) silent.push(`${path}.${name}`)
      visit(child, `${path}.${name}`)
    }
    if (schema.items) visit(schema.items, `${path}[]`)
  }
  visit(openApiSchema(kind.schema.shape.spec, 'spec'), 'spec')
  visit(openApiSchema(kind.schema.shape.status, 'status'), 'status')
  expect(silent).toEqual([])
})

describe('what a CRD cannot say is refused when it is made', () => {
  const text = z.string().max(1)
  test.each([
    ['an alternative of types', z.union([text, z.boolean()]), 'needs one type'],
    ['values of any type', z.record(z.string(), z.unknown()).meta({ maxProperties: 1 }), 'any type'],
    ['an untyped field', z.strictObject({ a: z.unknown() }), 'needs one type'],
    ['null', text.nullable(), 'nullable is not allowed'],
    ['extra fields beside known ones', z.strictObject({ a: text }).catchall(text), 'additionalProperties beside properties'],
    ['a text without an end', z.strictObject({ a: z.string() }), 'x.a: a string without maxLength'],
    ['a list without an end', z.array(text), 'a list without maxItems'],
    ['a map without an end', z.record(z.string(), text), 'a map without maxProperties'],
  ])('%s', (_, schema, message) => expect(() => openApiSchema(schema, 'x')).toThrow(message))
})

test('rules survive: a union and a map carry theirs into the CRD', () => {
  expect(
    openApiSchema(exactlyOneOf({ a: z.boolean().optional(), b: z.boolean().optional() }, ['a', 'b']).describe('x'), 'x')[
      'x-kubernetes-validations'
    ],
  ).toEqual([{ rule: '[has(self.a), has(self.b)].filter(x, x).size() == 1', message: 'exactly one of a, b must be set' }])
  expect(openApiSchema(StringMap({ entries: 2, key: 3, value: 4 }).optional(), 'x')).toMatchObject({
    maxProperties: 2,
    'x-kubernetes-validations': [{ rule: 'self.all(key, size(key) <= 3)' }],
  })
})
