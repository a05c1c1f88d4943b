import { z } from 'zod'
import { Conditions } from './conditions.ts'
import { API_VERSION, LocalRef, Metadata, StringMap } from './meta.ts'
import { Target } from './target.ts'

const InvestigationSpec = z
  .strictObject({
    workflowRef: LocalRef.describe('The Workflow that investigates.'),
    target: Target.optional().describe('The object to look at. Default: what the alert is about.'),
    alert: z
      .strictObject({
        labels: StringMap({ entries: 64, key: 1024, value: 4096 }).describe('Its labels.'),
        annotations: StringMap({ entries: 64, key: 1024, value: 16384 }).optional().describe('Its annotations.'),
        startsAt: z.string().max(64).optional().describe('When it began, RFC 3339.'),
      })
      .optional()
      .describe('The alert to investigate.'),
    params: StringMap({ entries: 64, key: 63, value: 4096 }).optional().describe('Handed to the Workflow as `params`.'),
  })
  .meta({ 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'spec is immutable: create another Investigation' }] })

/** A view of the row in the database, written by Inquest alone. */
const InvestigationStatus = z.strictObject({
  observedGeneration: z.int().min(0).optional().describe('The generation that this status is about.'),
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']).optional().describe('Where it stands.'),
  conditions: Conditions.optional(),
  rootCause: z.string().max(4096).optional().describe('The root cause in one sentence.'),
  confidencePercent: z.int().min(0).max(100).optional().describe('How sure that is, 0 … 100; the API has no floats.'),
  costUSD: z.string().max(32).optional().describe('US dollars as a decimal string.'),
  startedAt: z.iso.datetime().optional().describe('When the first step began.'),
  completedAt: z.iso.datetime().optional().describe('When it ended.'),
  link: z.string().max(2048).optional().describe('Where to read it in full.'),
})

export const Investigation = z
  .strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Investigation'),
    metadata: Metadata,
    spec: InvestigationSpec,
    status: InvestigationStatus.optional(),
  })
  .describe('One inquest into one incident. Made by Inquest for an alert, or by hand as a request.')
export type Investigation = z.infer<typeof Investigation>
