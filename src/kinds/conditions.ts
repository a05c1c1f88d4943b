import { z } from 'zod'

/** metav1.Condition, as the API conventions want it. Reasons are CamelCase, `lastTransitionTime` moves with `status` only. */
export const Condition = z.strictObject({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: z.iso.datetime(),
  reason: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/),
  message: z.string().max(32768),
})
export type Condition = z.infer<typeof Condition>

/** The same list with one condition set: replaced by type, its transition time kept while the status stays. */
export function setCondition(conditions: readonly Condition[], next: Omit<Condition, 'lastTransitionTime'>, now: Date): Condition[] {
  const before = conditions.find((c) => c.type === next.type)
  const lastTransitionTime = before?.status === next.status ? before.lastTransitionTime : now.toISOString()
  const condition = { ...next, lastTransitionTime }
  return before ? conditions.map((c) => (c === before ? condition : c)) : [...conditions, condition]
}
