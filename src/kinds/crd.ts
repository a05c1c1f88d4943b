import { stringify } from 'yaml'
import { z } from 'zod'
import { Investigation } from './investigation.ts'
import { API_GROUP } from './meta.ts'
import { Sink } from './sink.ts'
import { Source } from './source.ts'
import { structural, type JsonSchema } from './structural.ts'
import { Workflow } from './workflow.ts'

/**
 * The CustomResourceDefinitions, made from the zod schemas, so that the API server and Inquest give the same verdict.
 * The files under crds/ are this module's output; a test holds them equal.
 */

interface PrinterColumn {
  name: string
  type: 'string' | 'integer' | 'boolean' | 'date'
  jsonPath: string
  /** 1: only with `-o wide`. */
  priority?: 1
}

export interface KindDefinition {
  schema: z.ZodObject<{ spec: z.ZodType; status: z.ZodOptional<z.ZodType> } & z.core.$ZodLooseShape>
  kind: string
  plural: string
  singular: string
  shortNames: readonly string[]
  columns: readonly PrinterColumn[]
}

const condition = (type: string, field: 'status' | 'reason' | 'message'): string => `.status.conditions[?(@.type=="${type}")].${field}`
const ACCEPTED: PrinterColumn = { name: 'Accepted', type: 'string', jsonPath: condition('Accepted', 'status') }
const READY: PrinterColumn = { name: 'Ready', type: 'string', jsonPath: condition('Ready', 'status') }
const MESSAGE: PrinterColumn = { name: 'Message', type: 'string', jsonPath: condition('Ready', 'message'), priority: 1 }
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

export const KINDS: readonly KindDefinition[] = [
  {
    schema: Source,
    kind: 'Source',
    plural: 'sources',
    singular: 'source',
    shortNames: ['isrc'],
    columns: [
      { name: 'Workflow', type: 'string', jsonPath: '.spec.workflowRef.name' },
      ACCEPTED,
      READY,
      { name: 'Suspended', type: 'boolean', jsonPath: '.spec.suspend' },
      AGE,
      MESSAGE,
    ],
  },
  {
    schema: Workflow,
    kind: 'Workflow',
    plural: 'workflows',
    singular: 'workflow',
    shortNames: ['iwf'],
    columns: [ACCEPTED, READY, AGE, MESSAGE],
  },
  { schema: Sink, kind: 'Sink', plural: 'sinks', singular: 'sink', shortNames: ['isink'], columns: [ACCEPTED, READY, AGE, MESSAGE] },
  {
    schema: Investigation,
    kind: 'Investigation',
    plural: 'investigations',
    singular: 'investigation',
    shortNames: ['inv'],
    columns: [
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Root Cause', type: 'string', jsonPath: '.status.rootCause' },
      { name: 'Confidence', type: 'integer', jsonPath: '.status.confidencePercent' },
      { name: 'Cost USD', type: 'string', jsonPath: '.status.costUSD' },
      AGE,
      { name: 'Workflow', type: 'string', jsonPath: '.spec.workflowRef.name', priority: 1 },
      { name: 'Reason', type: 'string', jsonPath: condition('Succeeded', 'reason'), priority: 1 },
      { name: 'Link', type: 'string', jsonPath: '.status.link', priority: 1 },
    ],
  },
]

/** The structural schema of a zod schema, as a CRD holds it. */
export const openApiSchema = (schema: z.ZodType, path: string): JsonSchema =>
  structural(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as JsonSchema, path)

function crd({ schema, kind, plural, singular, shortNames, columns }: KindDefinition): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ['inquest'] },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: {
            openAPIV3Schema: {
              description: schema.description,
              type: 'object',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: openApiSchema(schema.shape.spec, `${kind}.spec`),
                status: openApiSchema(schema.shape.status, `${kind}.status`),
              },
            },
          },
        },
      ],
    },
  }
}

/** One file a kind: `sources.yaml`, `workflows.yaml`, … → YAML for `kubectl apply -f`. */
export const crdYaml = (): Record<string, string> =>
  Object.fromEntries(KINDS.map((kind) => [`${kind.plural}.yaml`, stringify(crd(kind), { lineWidth: 120, aliasDuplicateObjects: false })]))
