import { errorText, RetryableError, TerminalError } from '#kit/errors'
import type { SecretKeyRef } from '#kinds/meta'

/** Slack's own code of a refusal, such as `not_in_channel`; null for every other error. */
export const refusalOf = (error: unknown): string | null => {
  const data = field(error, 'data')
  return field(error, 'code') === 'slack_webapi_platform_error' ? String(field(data, 'error')) : null
}

/** What to do about it, by Slack's codes. */
const REMEDIES: Readonly<Record<string, (spec: Addressed) => string>> = {
  not_in_channel: () => 'Write `/invite @` with the name of your app in the channel.',
  channel_not_found: ({ channel }) =>
    `Is ${channel} the ID at the end of the channel's details? If the channel is private, write \`/invite @\` with the name of your app in it.`,
  is_archived: () => 'Unarchive the channel, or name another one.',
  restricted_action: () => 'Ask an administrator of the workspace to let the app post in this channel.',
  ...Object.fromEntries(
    ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'not_allowed_token_type'].map((code) => [
      code,
      ({ tokenSecretKeyRef: { name, key } }: Addressed) =>
        `Put the app's bot token (xoxb-…, under OAuth & Permissions) into key "${key}" of Secret ${name}.`,
    ]),
  ),
}

interface Addressed {
  channel: string
  tokenSecretKeyRef: SecretKeyRef
}

const PASSING = new Set(['ratelimited', 'rate_limited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** An error of Slack's SDK in the house's classes. */
export function slackError(error: unknown, spec: Addressed): unknown {
  const refusal = refusalOf(error)
  if (refusal !== null) return refusalError(refusal, field(error, 'data'), spec)
  switch (field(error, 'code')) {
    case 'slack_webapi_request_error': // what our own client threw
      return field(error, 'original')
    case 'slack_webapi_rate_limited_error':
      return new RetryableError('Slack asks to slow down (429)', { retryAfterMs: Number(field(error, 'retryAfter')) * 1_000 })
    case 'slack_webapi_http_error': {
      const status = Number(field(error, 'statusCode'))
      const message = `Slack answered ${status}`
      return status >= 500 || status === 408 ? new RetryableError(message) : new TerminalError(message)
    }
    default:
      return error
  }
}

function refusalError(code: string, data: unknown, spec: Addressed): Error {
  const details = field(data, 'response_metadata')
  const said = `Slack refused: ${code.slice(0, 200)}`
  if (PASSING.has(code)) {
    const seconds = field(details, 'retryAfter')
    return new RetryableError(said, { retryAfterMs: typeof seconds === 'number' ? seconds * 1_000 : null })
  }
  if (code === 'missing_scope') {
    const needed = String(field(data, 'needed') ?? 'chat:write')
    return new TerminalError(`${said}. Add the scope ${needed} to the app under OAuth & Permissions, and install it again.`)
  }
  const remedy = REMEDIES[code]?.(spec)
  if (remedy) return new TerminalError(`${said}. ${remedy}`)
  const messages = field(details, 'messages')
  return new TerminalError(Array.isArray(messages) ? `${said}: ${messages.join('; ').slice(0, 500)}` : said)
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** One line for the log. */
export const refusalText = (error: unknown): string => refusalOf(error) ?? errorText(error)
