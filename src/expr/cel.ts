import { Environment, type ASTNode, type EvaluationError, type ParseResult } from '@marcbachmann/cel-js'
import { RE2JS } from 're2js'
import { errorText, InputError } from '#kit/errors'
import { closest } from '#kit/closest'
import { plainJson } from './plain-json.ts'

/**
 * CEL has no cost limit in this library, so what could be dear is refused when an expression is compiled: a comprehension
 * inside a comprehension (n², n³, …), `cel.bind` inside `cel.bind` and `split` together with `join` (text that doubles at
 * every level). `matches` is the library's back-tracking RegExp: every call is rewritten to `re2find`, a name of the same
 * length (positions in errors stay true) that searches with RE2 in linear time.
 */
export interface CelExpression {
  text: string
  field: string
  names: readonly string[]
  /** `bool`, `dyn` (only known when run), … */
  type: string
  run: ParseResult
}

const MAX_TEXT = 4_096
const MAX_RESULT = 65_536
const MAX_SEARCHED = 65_536
const MAX_PATTERN = 1_024
const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

export function checkCel(text: string, names: readonly string[], field: string): CelExpression {
  if (text.length > MAX_TEXT)
    throw new InputError(`longer than ${MAX_TEXT} characters`, { field, remedy: 'Split it into several conditions.' })
  const environment = createEnvironment(names)
  const run = parse(environment, rewriteMatches(text, parse(environment, text, text, names, field).ast, field), text, names, field)
  refuseDear(run.ast, text, field)
  const check = run.check()
  if (!check.valid) throw celError(check.error, text, names, field)
  return { text, field, names, type: check.type ?? 'dyn', run }
}

export function evaluateCel(expression: CelExpression, context: Readonly<Record<string, unknown>>, maxResult = MAX_RESULT): unknown {
  const { text, field, names } = expression
  const roots = Object.fromEntries(names.map((name) => [name, plainJson(context[name] ?? null)]))
  let value: unknown
  try {
    value = toJson(expression.run(roots))
  } catch (error) {
    throw celError(error, text, names, field)
  }
  const size = JSON.stringify(value)?.length ?? 0
  if (size > maxResult)
    throw new InputError(`\`${text}\` gives ${size} characters; ${maxResult} is the most`, { field, remedy: 'Pick out what is needed.' })
  return value
}

function createEnvironment(names: readonly string[]): Environment {
  const environment = new Environment({
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: { maxAstNodes: 1_000, maxDepth: 50, maxListElements: 256, maxMapEntries: 256 },
  })
  for (const name of names) environment.registerVariable(name, 'dyn')
  const arithmetic = {
    '+': (a: unknown, b: unknown) => Number(a) + Number(b),
    '-': (a: unknown, b: unknown) => Number(a) - Number(b),
    '*': (a: unknown, b: unknown) => Number(a) * Number(b),
    '/': (a: unknown, b: unknown) => Number(a) / Number(b),
  }
  for (const [operator, compute] of Object.entries(arithmetic)) {
    environment.registerOperator(`double ${operator} int`, compute)
    environment.registerOperator(`int ${operator} double`, compute)
  }
  const compiled = new Map<string, RE2JS>()
  environment.registerFunction('string.re2find(string): bool', (text: string, pattern: string) => {
    if (text.length > MAX_SEARCHED) throw new Error(`matches: searches at most ${MAX_SEARCHED} characters`)
    let regex = compiled.get(pattern)
    if (regex === undefined) {
      regex = compileRegex(pattern)
      if (compiled.size < 16) compiled.set(pattern, regex)
    }
    return regex.matcher(text).find()
  })
  return environment
}

function compileRegex(pattern: string): RE2JS {
  if (pattern.length > MAX_PATTERN) throw new Error(`matches: a pattern has at most ${MAX_PATTERN} characters`)
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    throw new Error(`matches: ${errorText(error)} (RE2 syntax: no look-around, no back-references)`, { cause: error })
  }
}

function parse(environment: Environment, rewritten: string, text: string, names: readonly string[], field: string): ParseResult {
  try {
    return environment.parse(rewritten)
  } catch (error) {
    throw celError(error, text, names, field)
  }
}

/** Every node, children after their parent; `inside` are the calls around it. */
function* nodesOf(node: ASTNode, inside: readonly string[] = []): Generator<{ node: ASTNode; inside: readonly string[] }> {
  yield { node, inside }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    yield* nodesOf(receiver, inside)
    for (const arg of args) yield* nodesOf(arg, [...inside, name])
  } else if (Array.isArray(node.args)) {
    for (const child of (node.args as unknown[]).flat(2)) if (isNode(child)) yield* nodesOf(child, inside)
  } else if (isNode(node.args)) yield* nodesOf(node.args, inside)
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value

function rewriteMatches(text: string, ast: ASTNode, field: string): string {
  let out = text
  for (const { node } of nodesOf(ast)) {
    if (node.op !== 'rcall' || node.args[0] !== 'matches') continue
    const argument = node.args[2][0]
    const at = argument === undefined ? -1 : text.lastIndexOf('matches', argument.start)
    if (argument === undefined || at < node.start)
      throw new InputError('matches needs a pattern', { field, remedy: 'Write `text.matches("pattern")`.' })
    out = `${out.slice(0, at)}re2find${out.slice(at + 7)}`
    if (argument.op !== 'value') continue
    try {
      compileRegex(String(argument.args))
    } catch (error) {
      throw new InputError(`${place(text, argument.start)}: ${errorText(error)}`, { field, remedy: 'Write the pattern in RE2 syntax.' })
    }
  }
  return out
}

function refuseDear(ast: ASTNode, text: string, field: string): void {
  const called = new Set<string>()
  for (const { node, inside } of nodesOf(ast)) {
    if (node.op !== 'rcall') continue
    const name = node.args[0]
    called.add(name)
    if (name === 'matches')
      throw new InputError(`${place(text, node.start)}: matches cannot be used here`, {
        field,
        remedy: 'Write `text.matches("pattern")` without comments in between.',
      })
    if (COMPREHENSIONS.has(name) && inside.some((outer) => COMPREHENSIONS.has(outer))) {
      throw new InputError(`${place(text, node.start)}: \`${name}\` inside another all, exists, map or filter`, {
        field,
        remedy: 'Chain them (`a.filter(…).map(…)`) or make two conditions.',
      })
    }
    if (name === 'bind' && inside.includes('bind'))
      throw new InputError(`${place(text, node.start)}: cel.bind inside cel.bind`, { field, remedy: 'Bind one name only.' })
  }
  if (called.has('split') && called.has('join'))
    throw new InputError('split and join in one expression', { field, remedy: 'Use a template for text.' })
}

function place(text: string, position: number): string {
  const before = text.slice(0, position).split('\n')
  const column = before.at(-1)!.length + 1
  return before.length === 1 ? `column ${column}` : `line ${before.length}, column ${column}`
}

/** The library's error in our words: what, where, and what to do. */
function celError(error: unknown, text: string, names: readonly string[], field: string): InputError {
  if (error instanceof InputError) return error
  const { summary, range } = error as Partial<EvaluationError>
  const what = (summary ?? errorText(error)).replaceAll('re2find', 'matches')
  const where = range === undefined ? '' : `${place(text, range.start)}: `
  const unknown = /^Unknown variable: (\w+)/.exec(what)?.[1]
  const key = /^No such key: (\S+)$/.exec(what)?.[1]
  let remedy = 'See https://cel.dev for the language.'
  const near = unknown === undefined ? null : closest(unknown, names)
  if (unknown !== undefined) remedy = near === null ? `The names here are ${names.join(', ')}.` : `Did you mean ${near}?`
  if (key !== undefined) remedy = `Ask first with has(…), or give a default: \`a.?${key}.orValue("")\`.`
  return new InputError(`\`${shorten(text)}\`: ${where}${what}`, { field, remedy })
}

const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text)

/** What CEL computes → plain JSON. Numbers beyond 2^53 lose precision, as in any JSON reader. */
function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value === null || value === undefined) return null
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), toJson(v)]))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toJson(v)]))
  if ('hasValue' in value && 'value' in value) {
    const optional = value as { hasValue(): boolean; value(): unknown }
    return optional.hasValue() ? toJson(optional.value()) : null
  }
  if ('seconds' in value && 'nanos' in value) return `${Number(value.seconds) + Number(value.nanos) / 1e9}s`
  const valueOf = (value as { valueOf(): unknown }).valueOf()
  return typeof valueOf === 'object' ? String(value) : toJson(valueOf)
}
