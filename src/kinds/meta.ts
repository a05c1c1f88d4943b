import { z } from 'zod'
import { DURATION_PATTERN } from '#kit/duration'

/** Building blocks that every kind shares. Every string has a maxLength, every list a maxItems: the CRD is structural and cheap to check. */

export const API_GROUP = 'inquest.dev'
export const API_VERSION = `${API_GROUP}/v1alpha1`

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/
const HTTP_URL = /^https?:\/\/[^\s]+$/
const HEADER_NAME = /^[-A-Za-z0-9]+$/
const SECRET_KEY = /^[-._a-zA-Z0-9]+$/
const SLACK_CHANNEL = /^[CGD][A-Z0-9]{8,20}$/
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const QUANTITY = /^[0-9]{1,9}(\.[0-9]{1,3})?(m|k|Ki|M|Mi|G|Gi)?$/
const DECIMAL = /^[0-9]{1,6}(\.[0-9]{1,6})?$/

/** What to write where a pattern did not match, by the pattern's source. */
export const PATTERN_REMEDIES: Readonly<Record<string, string>> = {
  [LABEL.source]: 'Use lower-case letters, digits and -, beginning and ending with a letter or digit.',
  [NAME.source]: 'Use lower-case letters, digits, - and ., beginning and ending with a letter or digit.',
  [DURATION_PATTERN]: 'Write a number with a unit: 500ms, 30s, 5m, 1h30m, 7d.',
  [HTTP_URL.source]: 'Write it in full, such as https://host.example/path.',
  [HEADER_NAME.source]: 'Use letters, digits and - only.',
  [SECRET_KEY.source]: 'Use letters, digits, -, _ and . only.',
  [ENV_NAME.source]: 'Use letters, digits and _, not beginning with a digit.',
  [QUANTITY.source]: 'Write an amount as Kubernetes does: 100m, 0.5, 128Mi, 1Gi.',
  [DECIMAL.source]: 'Write a decimal in quotes, such as "2.5".',
  [SLACK_CHANNEL.source]: "Write the channel's ID, such as C0123456789: Slack shows it at the end of the channel's details.",
}

/** RFC 1123 label: names of steps and namespaces. */
export const Label = z.string().min(1).max(63).regex(LABEL)
/** RFC 1123 subdomain: names of objects. */
export const Name = z.string().min(1).max(253).regex(NAME)
export const Duration = z.string().max(32).regex(new RegExp(DURATION_PATTERN))
export const HttpUrl = z.string().max(2048).regex(HTTP_URL)
/** A name will not do: it changes, and Slack looks up messages by ID only. */
export const SlackChannelId = z.string().max(32).regex(SLACK_CHANNEL)
/** Money, as text: the API has no floats. */
export const DecimalAmount = z.string().max(13).regex(DECIMAL)
/** Of a variable of a program's environment. */
export const EnvName = z.string().min(1).max(128).regex(ENV_NAME)
/** An amount of a resource, as Kubernetes writes it. */
export const Quantity = z.string().max(32).regex(QUANTITY)
export const HeaderName = z.string().min(1).max(128).regex(HEADER_NAME)
/** CEL; checked when the manifest is accepted, since a schema cannot. */
export const Expression = z.string().min(1).max(4096)
/** Liquid; checked when the manifest is accepted. */
export const Template = z.string().min(1).max(16384)
export const Text = (max: number) => z.string().min(1).max(max)

/** A reference to an object in the same namespace. */
export const LocalRef = z.strictObject({ name: Name.describe('Name of the object, in the same namespace.') })
export const SecretKeyRef = z
  .strictObject({
    name: Name.describe('Name of the Secret, in the same namespace.'),
    key: z.string().min(1).max(253).regex(SECRET_KEY).describe('Key in its data.'),
  })
  .describe('A key of a Secret in the same namespace.')
export type SecretKeyRef = z.infer<typeof SecretKeyRef>

/** A map of strings with all three limits; the API server checks the keys by a rule, since a CRD has no propertyNames. */
export function StringMap(limits: { entries: number; key: number; value: number }) {
  const message = `at most ${limits.entries} entries with keys of at most ${limits.key} characters`
  return z
    .record(z.string(), z.string().max(limits.value))
    .refine((map) => Object.keys(map).length <= limits.entries && Object.keys(map).every((key) => key.length <= limits.key), message)
    .meta({ maxProperties: limits.entries, 'x-kubernetes-validations': [{ rule: `self.all(key, size(key) <= ${limits.key})`, message }] })
}

/** The part of metav1.ObjectMeta that a manifest may carry; `generation` and `uid` come from the API server, or from the folder feeder. */
export const Metadata = z.looseObject({
  name: Name,
  namespace: Label.optional(),
  labels: z.record(z.string().max(317), z.string().max(63)).optional(),
  annotations: z.record(z.string().max(317), z.string().max(262144)).optional(),
  generation: z.int().optional(),
  uid: z.string().max(128).optional(),
})

/** What fields have to do with one another: `rule` is CEL for the API server, `holds` the same for zod. */
export interface Rule<T> {
  rule: string
  message: string
  holds(value: T): boolean
}

/** zod and the API server (x-kubernetes-validations) say the same sentence. */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.infer<S>>[]): S {
  const before = (schema.meta()?.['x-kubernetes-validations'] ?? []) as readonly object[]
  const told = schema.meta({ 'x-kubernetes-validations': [...before, ...rules.map(({ rule, message }) => ({ rule, message }))] })
  return rules.reduce((checked, { holds, message }) => checked.refine(holds as (value: unknown) => boolean, message), told)
}

/** A union in the Kubernetes way: optional members and one rule. */
export function exactlyOneOf<Shape extends z.core.$ZodLooseShape>(shape: Shape, members: readonly (keyof Shape & string)[]) {
  return withRules(z.strictObject(shape), [
    {
      rule: `[${members.map((m) => `has(self.${m})`).join(', ')}].filter(x, x).size() == 1`,
      message: `exactly one of ${members.join(', ')} must be set`,
      holds: (value) => members.filter((m) => (value as Record<string, unknown>)[m] !== undefined).length === 1,
    },
  ])
}
