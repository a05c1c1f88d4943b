import { z } from 'zod'
import { Condition } from './conditions.ts'
import { API_VERSION, LocalRef, Metadata, Text } from './meta.ts'

/** What to look at. `namespace` defaults to the Investigation's own. */
export const Target = z.strictObject({ apiVersion: Text(317).optional(), kind: Text(63), namespace: Text(63).optional(), name: Text(253) })
export type Target = z.infer<typeof Target>

export const InvestigationSpec = z
  .strictObject({
    workflowRef: LocalRef,
    target: Target.optional(),
    alert: z
      .strictObject({
        labels: z.record(z.string().max(1024), z.string().max(4096)),
        annotations: z.record(z.string().max(1024), z.string().max(16384)).optional(),
        startsAt: z.string().max(64).optional(),
      })
      .optional(),
    params: z.record(z.string().max(63), z.string().max(4096)).optional(),
  })
  .meta({ 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'spec is immutable: create another Investigation' }] })

/** A view of the row in the database, written by Inquest alone. */
export const InvestigationStatus = z.strictObject({
  observedGeneration: z.int().min(0).optional(),
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']).optional(),
  conditions: z
    .array(Condition)
    .max(16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .optional(),
  rootCause: z.string().max(4096).optional(),
  /** 0 … 100, since the API has no floats. */
  confidencePercent: z.int().min(0).max(100).optional(),
  /** US dollars as a decimal string. */
  costUSD: z.string().max(32).optional(),
  startedAt: z.iso.datetime().optional(),
  completedAt: z.iso.datetime().optional(),
  link: z.string().max(2048).optional(),
})

export const Investigation = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Investigation'),
  metadata: Metadata,
  spec: InvestigationSpec,
  status: InvestigationStatus.optional(),
})
export type Investigation = z.infer<typeof Investigation>
