/* oxlint-disable unicorn/require-post-message-target-origin -- Slack's postMessage, not a window's */
import type { FetchFunction, WebClient } from '@slack/web-api'
import { TerminalError } from '#kit/errors'
import type { HttpClient } from '#kit/http'
import { headerValue } from './header-value.ts'
import { headOf, replyOf, type Content } from './slack-blocks.ts'
import { refusalOf, refusalText, slackError } from './slack-errors.ts'
import type { Delivered, MakeSink, SinkContext } from './sink-driver.ts'
import type { Sink } from '#kinds/sink'

type SlackSpec = NonNullable<Sink['spec']['slack']>

const API_URL = 'https://slack.com/api/'
const CALL_TIMEOUT_MS = 10_000
/** Marks our messages: a repeat looks for its own before it says it again. */
const EVENT = 'inquest_delivery'
const PAGE = 50
const MAX_PAGES = 10
/** An incident's messages are younger than its alert; clocks differ. */
const SKEW_SECONDS = 3_600
/** Refused as they are; the text alone may pass. */
const BLOCK_FAULTS = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long'])
const HEAD_GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'thread_not_found'])
/** The search is not allowed; posting may be. */
const BLIND = new Set(['missing_scope', 'not_in_channel', 'channel_not_found', 'no_permission', 'not_allowed_token_type'])

/**
 * One thread an incident. Its first message (the head) always says how the incident stands: later messages edit it, which is the same however
 * often it is done, and tell what is new in a reply. A repeat looks for its own head or reply by the delivery's key in the message's metadata.
 */
export const makeSlackSink: MakeSink<'slack'> = (spec, context) => ({
  dedupes: true,
  async deliver({ message, key, previous, repeated }, signal) {
    try {
      const slack = await connect(spec, context, signal)
      const { channel } = spec
      let unsure = false
      /** Where our own message is, if an earlier attempt arrived. */
      const earlier = async (thread?: string): Promise<string | null> => {
        if (!repeated) return null
        const found = await search(slack, { channel, key, thread, since: message.incident.startsAt }, context)
        unsure ||= found === 'unknown'
        return found === 'unknown' ? null : found
      }
      const post = (content: Content, thread?: string) =>
        send(context, content, ({ text, blocks }) =>
          slack.chat.postMessage({
            channel,
            text,
            blocks,
            ...(thread === undefined ? {} : { thread_ts: thread }),
            metadata: { event_type: EVENT, event_payload: { key } },
            // A log line must not make Slack fetch what it names, nor mention anybody.
            unfurl_links: false,
            unfurl_media: false,
            parse: 'none',
            link_names: false,
          }),
        )
      const delivered = (ts: string, url: string | null): Delivered => ({ url, data: { channel, ts }, ...(unsure ? { unsure } : {}) })

      const head = previous?.data['channel'] === channel ? previous.data['ts'] : undefined
      if (head !== undefined && (await edit(slack, context, { channel, ts: head }, headOf(message)))) {
        if ((await earlier(head)) === null) await post(replyOf(message), head)
        return delivered(head, previous?.url ?? null)
      }
      const ts = (await earlier()) ?? (await post(headOf(message))).ts!
      return delivered(ts, await permalink(slack, channel, ts))
    } catch (error) {
      throw slackError(error, spec)
    }
  },
})

/** The SDK without its own retries, queue waits and console output: the engine retries, and what the SDK logs, it also throws. */
async function connect({ tokenSecretKeyRef, apiUrl }: SlackSpec, context: SinkContext, signal: AbortSignal): Promise<WebClient> {
  const token = headerValue('Authorization', await context.secret(tokenSecretKeyRef))
  if (token === '') throw new TerminalError(`key "${tokenSecretKeyRef.key}" of Secret ${tokenSecretKeyRef.name} is empty`)
  // Loaded when it is needed: most processes never talk to Slack.
  const { WebClient, LogLevel } = await import('@slack/web-api')
  const nothing = (): void => {}
  return new WebClient(token, {
    slackApiUrl: apiUrl ?? API_URL,
    allowAbsoluteUrls: false,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: through(context.http, signal),
    logger: {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: nothing,
      setLevel: nothing,
      getLevel: () => LogLevel.ERROR,
      setName: nothing,
    },
  })
}

/** The SDK's requests, over the house's client: its guard, its time-outs, its sizes. */
const through =
  (http: HttpClient, signal: AbortSignal): FetchFunction =>
  async (url, init = {}) => {
    const headers = Object.fromEntries(Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
    const { status, text, ...response } = await http.request({
      url: String(url),
      method: 'POST',
      headers,
      body: String(init.body ?? ''),
      signal,
      timeoutMs: CALL_TIMEOUT_MS,
    })
    return {
      ok: status >= 200 && status < 300,
      status,
      statusText: '',
      url: response.url,
      headers: { get: (name) => response.headers[name.toLowerCase()] ?? null, entries: () => Object.entries(response.headers) },
      text: async () => text,
      json: async () => JSON.parse(text) as unknown,
      arrayBuffer: async () => new TextEncoder().encode(text).buffer,
    }
  }

/** Better a message without its layout than none. */
async function send<T>({ log }: SinkContext, content: Content, call: (content: Content) => Promise<T>): Promise<T> {
  try {
    return await call(content)
  } catch (error) {
    if (!BLOCK_FAULTS.has(refusalOf(error) ?? '')) throw error
    log.warn({ err: error }, 'Slack did not take the layout of a message; its text is sent alone')
    return await call({ text: content.text, blocks: [] })
  }
}

/** false: it is not there any more, or not ours to edit. */
async function edit(slack: WebClient, context: SinkContext, at: { channel: string; ts: string }, content: Content): Promise<boolean> {
  try {
    await send(context, content, ({ text, blocks }) => slack.chat.update({ ...at, text, blocks, parse: 'none', link_names: false }))
    return true
  } catch (error) {
    if (HEAD_GONE.has(refusalOf(error) ?? '')) return false
    throw error
  }
}

interface Sought {
  channel: string
  key: string
  thread: string | undefined
  since: string
}

/** Our message with this key: its ts, null when there is none, `unknown` when Slack does not let us look or there is too much to look through. */
async function search(slack: WebClient, { channel, key, thread, since }: Sought, { log }: SinkContext): Promise<string | null> {
  const from = Math.floor(Date.parse(since) / 1_000) - SKEW_SECONDS
  const common = {
    channel,
    include_all_metadata: true,
    limit: PAGE,
    ...(Number.isFinite(from) && from > 0 ? { oldest: String(from) } : {}),
  }
  let cursor: string | undefined
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const asked = cursor === undefined ? common : { ...common, cursor }
      const answer = await (thread === undefined
        ? slack.conversations.history(asked)
        : slack.conversations.replies({ ...asked, ts: thread }))
      for (const { metadata, ts } of answer.messages ?? [])
        if (metadata?.event_type === EVENT && (metadata.event_payload as { key?: unknown } | undefined)?.key === key) return ts!
      cursor = answer.response_metadata?.next_cursor
      if (!answer.has_more || !cursor) return null
    }
  } catch (error) {
    if (!BLIND.has(refusalOf(error) ?? '')) throw error
    log.warn({ channel, reason: refusalText(error) }, 'cannot look for a message that may have been posted before; it may appear twice')
  }
  return 'unknown'
}

/** For people; a message without it is still a message. */
const permalink = (slack: WebClient, channel: string, message_ts: string): Promise<string | null> =>
  slack.chat.getPermalink({ channel, message_ts }).then(
    ({ permalink }) => permalink ?? null,
    () => null,
  )
