import { Liquid, LiquidError, type Template } from 'liquidjs'
import { errorText, InputError } from '#kit/errors'
import { closest } from '#kit/closest'
import { plainJson } from './plain-json.ts'

const MAX_TEXT = 16_384
const MAX_OUTPUT = 65_536
/** Milliseconds, and about as many characters and list items, that one rendering may use. */
const RENDER_LIMIT = 250
const MEMORY_LIMIT = 2_000_000

/** Tags that read other files: there are none. */
const FILE_TAGS = ['include', 'render', 'layout', 'block'] as const

function createEngine(quote: ((text: string) => string) | undefined): Liquid {
  const engine = new Liquid({
    ...(quote ? { outputEscape: (value: unknown) => quote(printed(value)) } : {}),
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: MAX_TEXT,
    renderLimit: RENDER_LIMIT,
    memoryLimit: MEMORY_LIMIT,
    templates: {},
  })
  for (const tag of FILE_TAGS) delete engine.tags[tag]
  return engine
}

/** As Liquid prints a value: a list without commas. */
const printed = (value: unknown): string =>
  Array.isArray(value) ? value.map(printed).join('') : value === null || value === undefined ? '' : String(value)

export function parseLiquid(
  text: string,
  names: readonly string[] | null,
  field: string,
  quote?: (text: string) => string,
): (context: Readonly<Record<string, unknown>>) => string {
  if (text.length > MAX_TEXT) throw new InputError(`longer than ${MAX_TEXT} characters`, { field, remedy: 'Shorten the template.' })
  const engine = createEngine(quote)
  let template: Template[]
  try {
    template = engine.parse(text)
  } catch (error) {
    throw liquidError(error, names, field)
  }
  if (names !== null) refuseUnknownNames(engine, template, names, field)
  return (context) => {
    let out: string
    try {
      out = engine.renderSync(template, plainJson(context) as object) as string
    } catch (error) {
      throw liquidError(error, names, field)
    }
    return out.length > MAX_OUTPUT ? `${out.slice(0, MAX_OUTPUT)}…` : out
  }
}

function refuseUnknownNames(engine: Liquid, template: Template[], names: readonly string[], field: string): void {
  for (const name of engine.globalVariablesSync(template)) {
    if (names.includes(name)) continue
    const near = closest(name, names)
    throw new InputError(`unknown variable: ${name}`, {
      field,
      remedy: near === null ? `The names here are ${names.join(', ')}.` : `Did you mean ${near}?`,
    })
  }
}

function liquidError(error: unknown, names: readonly string[] | null, field: string): InputError {
  if (!(error instanceof Error) || !LiquidError.is(error)) return new InputError(errorText(error), { field })
  const what = error.message
    .split('\n')[0]!
    .replace(/, file:[^,]*/, '')
    .replace(/\.$/, '')
  const variable = /^undefined variable: ([^,]+)/.exec(what)?.[1]
  let remedy = 'See https://liquidjs.com for the language.'
  if (variable !== undefined) remedy = `Test for it with {% if ${variable} %}, or give a default: {{ ${variable} | default: "" }}.`
  else if (/limit exceeded/.test(what)) remedy = 'Loop over less.'
  else if (/^tag "(?:include|render|layout|block)"/.test(what)) remedy = 'Templates stand alone; write the text here.'
  else if (names !== null && names.length > 0) remedy = `The names here are ${names.join(', ')}. ${remedy}`
  return new InputError(what, { field, remedy })
}
