import type { SourceType } from '#kinds/source'
import { parseAlertmanager } from './alertmanager.ts'
import type { ParseWebhook } from './payload.ts'

/** How each type of Source reads what is posted to it. A new type is a file beside this one and a line here. */
export const PARSERS = {
  alertmanager: parseAlertmanager,
} satisfies { [T in SourceType]: ParseWebhook }
