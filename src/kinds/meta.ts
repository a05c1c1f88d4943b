import { z } from 'zod'
import { DURATION_PATTERN } from '#kit/duration'

/** Building blocks that every kind shares. Every string has a maxLength, every list a maxItems: the CRD is structural and cheap to check. */

export const API_GROUP = 'inquest.dev'
export const API_VERSION = `${API_GROUP}/v1alpha1`

/** RFC 1123 label: names of steps and namespaces. */
export const Label = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
/** RFC 1123 subdomain: names of objects. */
export const Name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
export const Duration = z.string().max(32).regex(new RegExp(DURATION_PATTERN))
/** CEL; checked when the manifest is accepted, since a schema cannot. */
export const Expression = z.string().min(1).max(4096)
/** Liquid; checked when the manifest is accepted. */
export const Template = z.string().min(1).max(16384)
export const Text = (max: number) => z.string().min(1).max(max)

/** A reference to an object in the same namespace. */
export const LocalRef = z.strictObject({ name: Name })
export const SecretKeyRef = z.strictObject({
  name: Name,
  key: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[-._a-zA-Z0-9]+$/),
})
export type SecretKeyRef = z.infer<typeof SecretKeyRef>

/** The part of metav1.ObjectMeta that a manifest may carry; `generation` and `uid` come from the API server, or from the folder feeder. */
export const Metadata = z.looseObject({
  name: Name,
  namespace: Label.optional(),
  labels: z.record(z.string().max(317), z.string().max(63)).optional(),
  annotations: z.record(z.string().max(317), z.string().max(262144)).optional(),
  generation: z.int().optional(),
  uid: z.string().max(128).optional(),
})

/**
 * A union in the Kubernetes way: optional members and one rule. zod and the API server (x-kubernetes-validations) say
 * the same sentence.
 */
export function exactlyOneOf<Shape extends z.core.$ZodLooseShape>(shape: Shape, members: readonly (keyof Shape & string)[]) {
  const message = `exactly one of ${members.join(', ')} must be set`
  return z
    .strictObject(shape)
    .meta({
      'x-kubernetes-validations': [{ rule: `[${members.map((m) => `has(self.${m})`).join(', ')}].filter(x, x).size() == 1`, message }],
    })
    .refine((value) => members.filter((m) => (value as Record<string, unknown>)[m] !== undefined).length === 1, message)
}

/** What a kind is called in the API; printer columns are added where the CRD is made. */
export interface KindName {
  kind: string
  plural: string
  singular: string
  shortNames: readonly string[]
}
