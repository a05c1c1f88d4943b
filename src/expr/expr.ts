import { InputError } from '#kit/errors'
import { checkCel, evaluateCel } from './cel.ts'
import { parseLiquid } from './liquid.ts'

/**
 * The two small languages of manifests: CEL for conditions and values, Liquid for text. What cannot be run is refused when
 * it is compiled, with its place and a remedy; what is compiled is bounded in time and memory.
 *
 * Data goes in as plain JSON under the names that were given at compile time, so numbers are CEL doubles; arithmetic that
 * mixes them with whole numbers (`alert.n + 1`) works all the same.
 */
export interface CompileOptions {
  /** The manifest's field, for the errors: `spec.steps[0].when`. */
  field?: string
  /** Characters of JSON that an expression may give. Default 64 kB. */
  maxResult?: number
}

/** Values by root name; a name that is missing reads as null. */
export type Context = Readonly<Record<string, unknown>>

/** A CEL expression that must give true or false. Throws an InputError when it cannot be parsed, and later when it gives anything else. */
export function compileCondition(text: string, names: readonly string[], options: CompileOptions = {}): (context: Context) => boolean {
  const expression = checkCel(text, names, options.field ?? '')
  if (expression.type !== 'bool' && expression.type !== 'dyn') {
    throw new InputError(`\`${text}\` gives ${expression.type} and not true or false`, {
      field: options.field,
      remedy: 'Compare it with something, such as `… == "x"`.',
    })
  }
  return (context) => {
    const value = evaluateCel(expression, context)
    if (typeof value === 'boolean') return value
    throw new InputError(`\`${text}\` gives ${JSON.stringify(value)?.slice(0, 80)} and not true or false`, {
      field: options.field,
      remedy: 'Compare it with something, such as `… == "x"`.',
    })
  }
}

/** A CEL expression of any value, handed out as plain JSON of at most 64 kB (times as RFC 3339, durations in seconds as `90s`). */
export function compileExpression(text: string, names: readonly string[], options: CompileOptions = {}): (context: Context) => unknown {
  const expression = checkCel(text, names, options.field ?? '')
  return (context) => evaluateCel(expression, context, options.maxResult)
}

/**
 * A Liquid template. With `names`, a variable of any other root name is refused at once. Rendering throws an InputError
 * for a variable that does not exist (a test such as `{% if alert.labels.team %}` is fine) and when it takes too long.
 * `quote` is applied to every value that the template prints, unless it asks for it `| raw`.
 */
export function compileTemplate(
  text: string,
  names?: readonly string[],
  options: CompileOptions & { quote?: (text: string) => string } = {},
): (context: Context) => string {
  return parseLiquid(text, names ?? null, options.field ?? '', options.quote)
}
