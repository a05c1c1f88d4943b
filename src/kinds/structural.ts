/**
 * The API server takes only *structural* schemas (KEP 1979): every node has one type, nothing is decided by alternatives,
 * no references. What zod writes differs in a few places; those are put right here, and what cannot be is refused.
 */
export interface JsonSchema {
  type?: string
  description?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  required?: string[]
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  maxProperties?: number
  'x-kubernetes-validations'?: { rule: string; message: string }[]
  [other: string]: unknown
}

const KNOWN = new Set([
  'type',
  'description',
  'properties',
  'additionalProperties',
  'items',
  'required',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'maxProperties',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
])

/** The same schema as a CRD may hold it. Throws, with the path, for what a CRD cannot say; that is a defect of a kind's schema. */
export function structural(schema: JsonSchema, path: string): JsonSchema {
  const { propertyNames: _, ...rest } = schema
  const out: JsonSchema = { ...rest }
  if (typeof out.type !== 'string')
    throw new Error(`${path}: a structural schema needs one type, this is ${JSON.stringify(schema).slice(0, 120)}`)
  for (const key of Object.keys(out)) if (!KNOWN.has(key)) throw new Error(`${path}: ${key} is not allowed in a structural schema`)
  // strictObject says additionalProperties: false; the API server prunes or refuses unknown fields by itself.
  if (out.additionalProperties === false) delete out.additionalProperties
  if (out.additionalProperties !== undefined && out.properties !== undefined)
    throw new Error(`${path}: additionalProperties beside properties`)
  if (
    out.additionalProperties === true ||
    (typeof out.additionalProperties === 'object' && Object.keys(out.additionalProperties).length === 0)
  ) {
    throw new Error(`${path}: values of any type`)
  }
  // The bounds of a safe integer are the language's, not ours; date-time has a format of its own.
  if (out.minimum === Number.MIN_SAFE_INTEGER) delete out.minimum
  if (out.maximum === Number.MAX_SAFE_INTEGER) delete out.maximum
  if (out.type === 'integer') out.format = 'int64'
  if (out.format === 'date-time') delete out.pattern
  if (out.type === 'object' && out.properties !== undefined && Object.keys(out.properties).length === 0) delete out.properties
  if (out.type === 'string' && out.enum === undefined && out.format === undefined && out.maxLength === undefined)
    throw new Error(`${path}: a string without maxLength`)
  if (out.type === 'array' && out.maxItems === undefined) throw new Error(`${path}: a list without maxItems`)
  if (typeof out.additionalProperties === 'object') {
    if (out.maxProperties === undefined) throw new Error(`${path}: a map without maxProperties`)
    out.additionalProperties = structural(out.additionalProperties, `${path}.*`)
  }
  if (out.items !== undefined) out.items = structural(out.items, `${path}[]`)
  if (out.properties !== undefined) {
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, child]) => [name, structural(child, `${path}.${name}`)]))
  }
  return out
}
