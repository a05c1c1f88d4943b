import { DURATION_PATTERN } from '#kit/duration'
import { KINDS, openApiSchema } from './crd.ts'
import { API_VERSION } from './meta.ts'
import type { JsonSchema } from './structural.ts'

/** The reference of the API for people, made from the same schemas as the CRDs: a page a kind, and the one that leads to them. File below docs/ → text. */
export function referencePages(): Record<string, string> {
  const pages = KINDS.map((one) => [`kinds/${one.kind.toLowerCase()}.md`, pageOf(one)] as const)
  const index = [
    '# Reference',
    MADE,
    `All kinds are \`apiVersion: ${API_VERSION}\`, live in a namespace, and refer to objects of the same namespace only. \`kubectl get inquest\` shows all of them. What they are to one another: [concepts](concepts.md).`,
    ...KINDS.map(({ kind, schema }) => `## ${kind}\n\n${schema.description ?? ''} [Every field](kinds/${kind.toLowerCase()}.md).`),
  ]
  return { 'reference.md': index.join('\n\n') + '\n', ...Object.fromEntries(pages) }
}

const MADE = '<!-- Made from src/kinds: `npm run generate` writes it anew. -->'

function pageOf({ kind, schema, plural, shortNames }: (typeof KINDS)[number]): string {
  const spec = rows(openApiSchema(schema.shape.spec, kind), 'spec')
  const status = rows(openApiSchema(schema.shape.status, kind), 'status')
  const rules = rulesOf(openApiSchema(schema.shape.spec, kind), 'spec')
  return (
    [
      `# ${kind}`,
      MADE,
      `${schema.description ?? ''} \`kubectl get ${plural}\` (short: ${shortNames.map((name) => `\`${name}\``).join(', ')}). **Bold** fields are required. [All kinds](../reference.md).`,
      table(spec),
      rules.map((rule) => `- ${rule}`).join('\n'),
      '## Status\n\nWritten by Inquest alone.',
      table(status),
    ]
      .filter(Boolean)
      .join('\n\n') + '\n'
  )
}

interface Row {
  field: string
  required: boolean
  type: string
  limits: string
  text: string
}

function rows(schema: JsonSchema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const field = `${path}.${name}`
    const own: Row = {
      field,
      required: schema.required?.includes(name) ?? false,
      type: typeOf(child),
      limits: limitsOf(child),
      text: child.description ?? '',
    }
    // A condition is the same everywhere; its parts are Kubernetes' own.
    if (field === 'status.conditions') return [own]
    return [own, ...rows(child, field), ...(child.items ? rows(child.items, `${field}[]`) : [])]
  })
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' \\| ')
  if (schema.format === 'date-time') return 'time'
  if (schema.pattern === DURATION_PATTERN) return 'duration'
  if (schema.type === 'array') return `list of ${schema.items?.type === 'object' ? 'objects' : `${schema.items?.type ?? ''}s`}`
  if (schema.type === 'object' && schema.additionalProperties) return 'map of strings'
  return schema.type ?? ''
}

function limitsOf(schema: JsonSchema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    if (high === undefined) return low === undefined || low === 0 ? '' : `at least ${low} ${unit}`.trimEnd()
    return (low === undefined || low === 0 ? `at most ${high} ${unit}` : `${low} … ${high} ${unit}`).trimEnd()
  }
  if (schema.pattern === DURATION_PATTERN) return ''
  if (schema.type === 'string') return range(schema.minLength, schema.maxLength, 'characters')
  if (schema.type === 'array') return range(schema.minItems, schema.maxItems, 'entries')
  if (schema.type === 'integer') return range(schema.minimum, schema.maximum, '')
  if (schema.maxProperties !== undefined) return `at most ${schema.maxProperties} entries`
  return ''
}

/** The sentences of the CEL rules, with the field they are about. */
function rulesOf(schema: JsonSchema, path: string): string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ message }) => `\`${path}\`: ${message}`)
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => rulesOf(child, `${path}.${name}`))
  return [...own, ...below, ...(schema.items ? rulesOf(schema.items, `${path}[]`) : [])]
}

function table(all: readonly Row[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\\\\|', '\\|')
  const lines = all.map(
    ({ field, required, type, limits, text }) =>
      `| ${required ? `**\`${field}\`**` : `\`${field}\``} | ${type} | ${limits} | ${cell(text)} |`,
  )
  return ['| field | type | limits | |', '|---|---|---|---|', ...lines].join('\n')
}
