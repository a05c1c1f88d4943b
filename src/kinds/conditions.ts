import { z } from 'zod'

/** metav1.Condition, as the API conventions want it. Reasons are CamelCase, `lastTransitionTime` moves with `status` only. */
const Condition = z.strictObject({
  type: z.string().max(316).describe('What is asked: Accepted, Ready, Succeeded, …'),
  status: z.enum(['True', 'False', 'Unknown']).describe('The answer.'),
  observedGeneration: z.int().min(0).optional().describe('The generation that was judged.'),
  lastTransitionTime: z.iso.datetime().describe('When the status last changed.'),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe('Why, in one CamelCase word.'),
  message: z.string().max(32768).describe('Why, for people: the field and the remedy.'),
})
export type Condition = z.infer<typeof Condition>

export const Conditions = z
  .array(Condition)
  .max(16)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
  .describe('What is known about the object, one entry a question.')

/** The status of a Source, Workflow or Sink. `Accepted`: the spec can be used. `Ready`: it works. Written by Inquest alone. */
export const ObjectStatus = z.strictObject({
  observedGeneration: z.int().min(0).optional().describe('The generation that this status is about.'),
  conditions: Conditions.optional(),
})
