import { z } from 'zod'
import { Expression, StringMap, withRules } from './meta.ts'

/** Mappings that come with Inquest. */
export const WEBHOOK_PRESETS = ['grafana', 'cloudevents', 'pagerduty'] as const
export type WebhookPreset = (typeof WEBHOOK_PRESETS)[number]

const Expressions = (what: string) =>
  StringMap({ entries: 64, key: 317, value: 4096 })
    .optional()
    .describe(`${what}, each as CEL over \`item\` and \`headers\`. One that gives null or "" is left out.`)

const Mapping = z.strictObject({
  alerts: Expression.optional().describe(
    'CEL over `body` and `headers` that gives a list: each entry is an `item` for the members below. Default: the body alone is one.',
  ),
  status: Expression.optional().describe(
    'CEL over `item` and `headers`: "firing" or "resolved"; an item with any other word is no alert and is left aside. Default: firing.',
  ),
  labels: Expressions('Labels, which make an alert the same one when it comes again'),
  labelsFrom: Expression.optional().describe('CEL that gives a map of labels; `labels` comes on top.'),
  annotations: Expressions('Annotations'),
  annotationsFrom: Expression.optional().describe('CEL that gives a map of annotations; `annotations` comes on top.'),
  startsAt: Expression.optional().describe('CEL: when it began, RFC 3339. Default: when it came.'),
  endsAt: Expression.optional().describe('CEL: when a resolved one ended, RFC 3339. Default: when that came.'),
  generatorURL: Expression.optional().describe('CEL: where a person looks at its origin.'),
})
export type Mapping = z.infer<typeof Mapping>

/** Any JSON that is posted. What becomes of a payload is shown by `inquest sources test`. */
export const WebhookSource = withRules(
  z.strictObject({
    preset: z.enum(WEBHOOK_PRESETS).optional().describe('A mapping that comes with Inquest; `mapping` changes single members of it.'),
    mapping: Mapping.optional().describe('How a payload becomes alerts.'),
  }),
  [
    {
      rule: 'has(self.preset) || (has(self.mapping) && (has(self.mapping.labels) || has(self.mapping.labelsFrom)))',
      message: 'name a preset, or write mapping.labels or mapping.labelsFrom',
      holds: ({ preset, mapping }) => Boolean(preset ?? mapping?.labels ?? mapping?.labelsFrom),
    },
  ],
)
export type WebhookSource = z.infer<typeof WebhookSource>
