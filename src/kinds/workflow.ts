import { z } from 'zod'
import { API_VERSION, Duration, exactlyOneOf, Expression, Label, LocalRef, Metadata, Name, Template } from './meta.ts'

/** As in Argo's retryStrategy: `limit` tries after the first, waiting `duration`, then `factor` times as long, up to `maxDuration`. */
export const RetryPolicy = z.strictObject({
  limit: z.int().min(1).max(10),
  backoff: z
    .strictObject({ duration: Duration.optional(), factor: z.int().min(1).max(10).optional(), maxDuration: Duration.optional() })
    .optional(),
})

/** Look at the cluster with the deterministic rules; no model. Its output is the diagnosis. */
export const DiagnoseStep = z.strictObject({})

/** Tell a Sink now, before the Workflow ends. */
export const NotifyStep = z.strictObject({
  sinkRef: LocalRef,
  /** Liquid; what to say. Default: the state of the investigation so far. */
  message: Template.optional(),
})

export const WorkflowStep = exactlyOneOf(
  {
    name: Label,
    /** CEL over `alert`, `alerts`, `params`, `steps`: false skips the step. */
    when: Expression.optional(),
    timeout: Duration.optional(),
    retry: RetryPolicy.optional(),
    /** Fail (default) ends the Workflow; Continue goes on, and the result says so. */
    onError: z.enum(['Fail', 'Continue']).optional(),
    diagnose: DiagnoseStep.optional(),
    notify: NotifyStep.optional(),
  },
  ['diagnose', 'notify'],
)
export type WorkflowStep = z.infer<typeof WorkflowStep>

export const WorkflowSpec = z.strictObject({
  /** The ServiceAccount of this namespace whose eyes and hands an investigation uses. Default `inquest-agent`. */
  serviceAccountName: Name.optional(),
  /** How long one investigation may take in all. Default 10m. */
  timeout: Duration.optional(),
  steps: z
    .array(WorkflowStep)
    .min(1)
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .superRefine((steps, ctx) => {
      steps.forEach((step, i) => {
        if (steps.findIndex((s) => s.name === step.name) < i)
          ctx.addIssue({ code: 'custom', path: [i, 'name'], message: `"${step.name}" names two steps; a step's name is unique` })
      })
    }),
  /** Values for sinks and people: CEL over the same names as `when`. */
  outputs: z
    .array(z.strictObject({ name: Label, expression: Expression }))
    .max(16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .optional(),
  /** Who gets the result. */
  sinks: z
    .array(z.strictObject({ sinkRef: LocalRef, when: Expression.optional() }))
    .max(16)
    .optional(),
})

export const Workflow = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Workflow'),
  metadata: Metadata,
  spec: WorkflowSpec,
})
export type Workflow = z.infer<typeof Workflow>

export const DEFAULT_INVESTIGATION_TIMEOUT = '10m'
export const DEFAULT_STEP_TIMEOUT = '2m'
