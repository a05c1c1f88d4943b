import type { z } from 'zod'
import { closest } from '#kit/closest'
import { KINDS, openApiSchema } from './crd.ts'
import { PATTERN_REMEDIES } from './meta.ts'
import { fieldPath, type Problem } from './problem.ts'
import { isReserved } from './reserved.ts'
import type { JsonSchema } from './structural.ts'

type Issue = z.core.$ZodIssue

/** zod's issues in the words of people who write manifests: what is there, what should be, and what to do. */
export function explainIssues(issues: readonly Issue[], kind: string): Problem[] {
  const unknownAt = new Set(issues.filter((issue) => issue.code === 'unrecognized_keys').map((issue) => fieldPath(issue.path)))
  return issues
    .filter((issue) => !(issue.code === 'custom' && unknownAt.has(fieldPath(issue.path))))
    .flatMap((issue) => explain(issue, kind))
}

function explain(issue: Issue, kind: string): Problem[] {
  const field = fieldPath(issue.path)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => explainUnknown(issue.path, key, kind))
  if (issue.code === 'invalid_key') return [{ field, message: 'not a valid key', remedy: issue.issues[0]?.message ?? '' }]
  return [{ field, ...explainValue(issue, schemaAt(kind, issue.path)) }]
}

function explainUnknown(path: readonly PropertyKey[], key: string, kind: string): Problem {
  const parent = fieldPath(path)
  const field = fieldPath([...path, key])
  if (isReserved(kind, parent, key))
    return { field, message: 'not supported yet', remedy: 'The name is kept for a later version; leave it out.' }
  const known = Object.keys(schemaAt(kind, path)?.properties ?? {})
  const near = closest(key, known)
  const remedy = near === null ? (known.length > 0 ? `Known here: ${known.join(', ')}.` : '') : `Did you mean ${near}?`
  return { field, message: 'unknown field', remedy }
}

function explainValue(issue: Issue, schema: JsonSchema | null): Omit<Problem, 'field'> {
  const about = schema?.description ?? ''
  switch (issue.code) {
    case 'invalid_type': {
      const want = TYPE_WORDS[issue.expected] ?? issue.expected
      if (issue.input === undefined) return { message: 'missing', remedy: about || `Write ${want} here.` }
      const formRemedy = schema?.pattern === undefined ? undefined : PATTERN_REMEDIES[schema.pattern]
      if (formRemedy !== undefined) return { message: `${valueText(issue.input)} is not ${want}`, remedy: formRemedy }
      if (issue.expected === 'object' && schema?.required?.length === 1 && typeof issue.input === 'string') {
        return { message: `${valueText(issue.input)} is not an object`, remedy: `Write ${schema.required[0]}: ${issue.input} below it.` }
      }
      const isScalarForText = issue.expected === 'string' && (typeof issue.input === 'number' || typeof issue.input === 'boolean')
      return {
        message: `${valueText(issue.input)} is not ${want}`,
        remedy: isScalarForText ? `Put it in quotes: "${String(issue.input)}".` : about,
      }
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      if (issue.input === undefined) return { message: 'missing', remedy: `Write ${allowed.join(' or ')}.` }
      const near = closest(String(issue.input), allowed)
      return {
        message: `${valueText(issue.input)} is not allowed`,
        remedy: near === null ? `Write ${allowed.join(', ')}.` : `Did you mean ${near}?`,
      }
    }
    case 'invalid_format': {
      const pattern = 'pattern' in issue && typeof issue.pattern === 'string' ? issue.pattern : ''
      const remedy =
        PATTERN_REMEDIES[pattern.replace(/^\/|\/[a-z]*$/g, '')] ??
        (issue.format === 'base64' ? 'Encode it as base64, or write it plainly under stringData.' : about)
      return { message: `${valueText(issue.input)} does not have the right form`, remedy }
    }
    case 'too_big':
      return { message: `${SIZE_WORDS[issue.origin]?.('at most', Number(issue.maximum)) ?? issue.message}`, remedy: '' }
    case 'too_small':
      return { message: `${SIZE_WORDS[issue.origin]?.('at least', Number(issue.minimum)) ?? issue.message}`, remedy: about }
    default:
      return { message: issue.message, remedy: '' }
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'a map of names to texts',
}

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`
const SIZE_WORDS: Readonly<Record<string, (bound: string, n: number) => string>> = {
  string: (bound, n) => `must have ${bound} ${count(n, 'character')}`,
  array: (bound, n) => `must have ${bound} ${count(n, 'entry').replace('entrys', 'entries')}`,
  number: (bound, n) => `must be ${bound} ${n}`,
  int: (bound, n) => `must be ${bound} ${n}`,
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** The schema at a path, for its description and its known members; null outside spec. */
function schemaAt(kind: string, path: readonly PropertyKey[]): JsonSchema | null {
  const definition = KINDS.find((one) => one.kind === kind)
  if (definition === undefined) return null
  if (path.length === 0) return { properties: { apiVersion: {}, kind: {}, metadata: {}, spec: {} } }
  if (path[0] !== 'spec') return null
  let schema: JsonSchema | undefined = openApiSchema(definition.schema.shape.spec, kind)
  for (const key of path.slice(1)) {
    schema =
      typeof key === 'number'
        ? schema?.items
        : (schema?.properties?.[String(key)] ?? (schema?.additionalProperties as JsonSchema | undefined))
  }
  return schema ?? null
}
