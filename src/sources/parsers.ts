import { InputError } from '#kit/errors'
import type { Source } from '#kinds/source'
import { parseAlertmanager } from './alertmanager.ts'
import type { ParseWebhook } from './payload.ts'
import { webhookParser } from './webhook.ts'

/** What is posted to. */
export const POSTED = 'Post to an alertmanager, webhook or api Source.'

/** How a Source reads what is posted to it. Throws an InputError when nothing may be posted, and for a mapping that cannot be compiled. */
export function parserOf({ metadata, spec }: Source): ParseWebhook {
  if (spec.alertmanager) return parseAlertmanager
  if (spec.webhook) return webhookParser(spec.webhook)
  throw new InputError(`nothing is posted to the Source ${metadata.name}`, { remedy: POSTED })
}
