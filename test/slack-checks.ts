import { z } from 'zod'

/**
 * What Slack's documentation says about arguments and Block Kit, as far as our sink uses it (docs.slack.dev/reference: methods, block-kit). What
 * is not in here is refused, so that a new block needs its limits written down first.
 */
const Mrkdwn = z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(3_000), verbatim: z.boolean().optional() })
const Plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() })
const id = { block_id: z.string().max(255).optional() }
const Blocks = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('header'), text: Plain(150), ...id }),
      z.strictObject({ type: z.literal('section'), text: z.union([Mrkdwn, Plain(3_000)]), ...id }),
      z.strictObject({
        type: z.literal('context'),
        elements: z
          .array(z.union([Mrkdwn, Plain(3_000)]))
          .min(1)
          .max(10),
        ...id,
      }),
    ]),
  )
  .max(50)
export type Blocks = z.infer<typeof Blocks>

const Flag = z.enum(['true', 'false'])
const Channel = z.string().regex(/^[CGD][A-Z0-9]+$/)
const Ts = z.string().regex(/^\d{10}\.\d{6}$/)
const content = {
  text: z.string().optional(),
  blocks: z.string().optional(),
  parse: z.enum(['none', 'full']).optional(),
  link_names: Flag.optional(),
}
const pages = {
  channel: Channel,
  limit: z.coerce.number().int().min(1).max(999),
  cursor: z.string().optional(),
  oldest: z.string().optional(),
  include_all_metadata: Flag.optional(),
}

/** Arguments by method; the SDK sends all of them as a form. */
export const METHODS = {
  'chat.postMessage': {
    scope: 'chat:write',
    args: z.strictObject({
      channel: Channel,
      ...content,
      thread_ts: Ts.optional(),
      metadata: z.string().optional(),
      unfurl_links: Flag.optional(),
      unfurl_media: Flag.optional(),
    }),
  },
  'chat.update': { scope: 'chat:write', args: z.strictObject({ channel: Channel, ts: Ts, ...content }) },
  'chat.getPermalink': { scope: null, args: z.strictObject({ channel: Channel, message_ts: Ts }) },
  'conversations.history': { scope: 'channels:history', args: z.strictObject(pages) },
  'conversations.replies': { scope: 'channels:history', args: z.strictObject({ ...pages, ts: Ts }) },
} as const
export type Method = keyof typeof METHODS

export const Metadata = z.strictObject({
  event_type: z.string().regex(/^[a-zA-Z][\w.]*$/),
  event_payload: z.record(z.string(), z.unknown()),
})

/** A refusal as Slack words it: its code, and where. */
export interface Refusal {
  error: string
  messages: string[]
}

/** Blocks of a form, or why Slack would not take them. The limit of all texts together is not documented; 10,000 has been seen to pass, 11,300 not to. */
export function checkBlocks(raw: string | undefined): Blocks | Refusal {
  if (raw === undefined) return []
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    return { error: 'invalid_blocks_format', messages: [] }
  }
  const parsed = Blocks.safeParse(json)
  if (!parsed.success)
    return {
      error: 'invalid_blocks',
      messages: parsed.error.issues.map(({ message, path }) => `[ERROR] ${message} [json-pointer:/blocks/${path.join('/')}]`),
    }
  return textsOf(parsed.data).join('').length > 10_000 ? { error: 'msg_blocks_too_long', messages: [] } : parsed.data
}

export const textsOf = (blocks: Blocks): string[] =>
  blocks.flatMap((block) => (block.type === 'context' ? block.elements.map(({ text }) => text) : [block.text.text]))

/**
 * Whom a message would mention, and what it would link or fetch. Control sequences stand between < and >; where a text is not `verbatim`, Slack
 * makes mentions and links of plain words, too.
 */
export function controlsIn(message: { text: string; blocks: Blocks; parse: string | undefined }): string[] {
  const elements = message.blocks.flatMap((block) => (block.type === 'context' ? block.elements : [block.text]))
  const plain = (text: string): string[] => text.match(/@(?:channel|here|everyone)\b|#[a-z][\w-]*|https?:\/\/\S+/g) ?? []
  const sequences = (text: string): string[] => text.match(/<[^>]*>/g) ?? []
  return [
    ...sequences(message.text),
    ...(message.parse === 'none' ? [] : plain(message.text)),
    ...elements.flatMap((element) => [
      ...(element.type === 'mrkdwn' ? sequences(element.text) : []),
      ...(element.type === 'mrkdwn' && !element.verbatim ? plain(element.text.replace(/<[^>]*>/g, '')) : []),
    ]),
  ]
}
