import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { checkBlocks, METHODS, Metadata, type Blocks, type Method } from './slack-checks.ts'

/** Slack's Web API on 127.0.0.1: one workspace, one app. Refuses what Slack documents to refuse, with Slack's codes. */
export interface SlackServer {
  /** What to give as `apiUrl`. */
  apiUrl: string
  /** `chat.postMessage ok`, `chat.update not_in_channel`, in order. */
  calls: string[]
  messages: SlackMessage[]
  scopes: Set<string>
  channels: Map<string, { member: boolean; archived: boolean }>
  /** The next call is done, and its answer is lost. */
  loseNextAnswer(): void
  /** The next call of this method gets this: a refusal, or a status. */
  answerNext(method: Method, answer: { error: string } | { status: number; headers?: Record<string, string>; body?: string }): void
  /** Somebody else writes. */
  chatter(channel: string, count: number): void
  close(): Promise<void>
}

export interface SlackMessage {
  channel: string
  ts: string
  thread_ts: string | undefined
  text: string
  blocks: Blocks
  parse: string | undefined
  /** Whether Slack may fetch what it links. */
  unfurl: boolean
  metadata: unknown
  edits: number
}

export const TOKEN = 'xoxb-1-2-abc'
type Args = Record<string, string>
type Answer = { ok: boolean; [more: string]: unknown }

export async function startSlack(): Promise<SlackServer> {
  let clock = 1_754_000_000
  let lose = false
  const planned: { method: string; answer: Parameters<SlackServer['answerNext']>[1] }[] = []
  const server: Omit<SlackServer, 'apiUrl'> = {
    calls: [],
    messages: [],
    scopes: new Set(['chat:write', 'channels:history']),
    channels: new Map([['C0123456789', { member: true, archived: false }]]),
    loseNextAnswer: () => void (lose = true),
    answerNext: (method, answer) => void planned.push({ method, answer }),
    chatter(channel, count) {
      for (let i = 0; i < count; i++) add({ channel, text: `message ${i}` })
    },
    close: () => new Promise((done) => (listener.closeAllConnections(), listener.close(() => done()))),
  }
  const add = (more: Partial<SlackMessage>): SlackMessage => {
    const ts = `${++clock}.000100`
    const message = {
      channel: '',
      text: '',
      blocks: [],
      unfurl: false,
      thread_ts: undefined,
      parse: undefined,
      metadata: undefined,
      edits: 0,
      ...more,
      ts,
    }
    server.messages.push(message)
    return message
  }
  const refuse = (error: string, more: object = {}): Answer => ({ ok: false, error, ...more })

  const listener = createServer(async (request, response) => {
    const method = request.url!.replace('/api/', '') as Method
    const args = Object.fromEntries(new URLSearchParams(await text(request)))
    const at = planned.findIndex((one) => one.method === method)
    const [plan] = at < 0 ? [] : planned.splice(at, 1)
    const json = { 'content-type': 'application/json; charset=utf-8' }
    if (plan && 'status' in plan.answer) {
      server.calls.push(`${method} ${plan.answer.status}`)
      return void response.writeHead(plan.answer.status, { ...json, ...plan.answer.headers }).end(plan.answer.body)
    }
    const answer = plan ? refuse((plan.answer as { error: string }).error) : check(method, request, args)
    server.calls.push(`${method} ${answer.ok ? 'ok' : String(answer['error'])}`)
    if (lose) {
      lose = false
      return void request.socket.destroy()
    }
    response.writeHead(200, json).end(JSON.stringify(answer))
  })

  function check(method: Method, { method: verb, headers }: IncomingMessage, args: Args): Answer {
    const known = METHODS[method]
    if (verb !== 'POST' || !known) return refuse('unknown_method')
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return refuse('invalid_post_type')
    if (!headers.authorization) return refuse('not_authed')
    if (headers.authorization !== `Bearer ${TOKEN}`) return refuse('invalid_auth')
    if (known.scope !== null && !server.scopes.has(known.scope))
      return refuse('missing_scope', { needed: known.scope, provided: [...server.scopes].join(',') })
    const parsed = known.args.safeParse(args)
    if (!parsed.success)
      return refuse('invalid_arguments', {
        response_metadata: { messages: parsed.error.issues.map(({ message }) => `[ERROR] ${message}`) },
      })
    const channel = server.channels.get(args['channel']!)
    if (!channel) return refuse('channel_not_found')
    if (method !== 'chat.getPermalink' && !channel.member) return refuse('not_in_channel')
    if (method.startsWith('chat.') && channel.archived) return refuse('is_archived')
    return ANSWERS[method](args)
  }

  const find = (channel: string | undefined, ts: string | undefined): SlackMessage | undefined =>
    server.messages.find((message) => message.channel === channel && message.ts === ts)

  /** The content of a message, or a refusal. */
  function contentOf(args: Args): Pick<SlackMessage, 'text' | 'blocks' | 'parse'> | Answer {
    const blocks = checkBlocks(args['blocks'])
    if ('error' in blocks) return refuse(blocks.error, { errors: blocks.messages, response_metadata: { messages: blocks.messages } })
    if (!args['text'] && blocks.length === 0) return refuse('no_text')
    if ((args['text'] ?? '').length > 40_000) return refuse('msg_too_long')
    return { text: args['text'] ?? '', blocks, parse: args['parse'] }
  }

  function page(found: SlackMessage[], args: Args): Answer {
    const from = Number(args['cursor'] ?? 0)
    const to = from + Number(args['limit'])
    const more = to < found.length
    const messages = found
      .slice(from, to)
      .map(({ metadata, ...message }) => (args['include_all_metadata'] === 'true' && metadata ? { ...message, metadata } : message))
    return { ok: true, messages, has_more: more, response_metadata: { next_cursor: more ? String(to) : '' } }
  }

  const ANSWERS: Record<Method, (args: Args) => Answer> = {
    'chat.postMessage'(args) {
      const content = contentOf(args)
      if ('ok' in content) return content
      if (args['thread_ts'] && !find(args['channel'], args['thread_ts'])) return refuse('thread_not_found')
      const metadata = args['metadata'] === undefined ? undefined : Metadata.safeParse(JSON.parse(args['metadata']))
      if (metadata && !metadata.success) return refuse('invalid_metadata_format')
      if ((args['metadata'] ?? '').length > 8_000) return refuse('metadata_too_large')
      const { channel, ts } = add({
        ...content,
        channel: args['channel'],
        thread_ts: args['thread_ts'],
        metadata: metadata?.data,
        unfurl: args['unfurl_links'] !== 'false' || args['unfurl_media'] !== 'false',
      })
      return { ok: true, channel, ts }
    },
    'chat.update'(args) {
      const content = contentOf(args)
      if ('ok' in content) return content
      const message = find(args['channel'], args['ts'])
      if (!message) return refuse('message_not_found')
      Object.assign(message, content, { edits: message.edits + 1 })
      return { ok: true, channel: message.channel, ts: message.ts }
    },
    'chat.getPermalink'({ channel, message_ts }) {
      if (!find(channel, message_ts)) return refuse('message_not_found')
      return { ok: true, channel, permalink: `https://team.slack.com/archives/${channel}/p${message_ts!.replace('.', '')}` }
    },
    'conversations.history': (args) =>
      page(
        server.messages
          .filter(({ channel, ts, thread_ts }) => channel === args['channel'] && !thread_ts && Number(ts) >= Number(args['oldest'] ?? 0))
          .toReversed(),
        args,
      ),
    'conversations.replies'(args) {
      if (!find(args['channel'], args['ts'])) return refuse('thread_not_found')
      return page(
        server.messages.filter(
          ({ channel, ts, thread_ts }) => channel === args['channel'] && (ts === args['ts'] || thread_ts === args['ts']),
        ),
        args,
      )
    },
  }

  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready))
  return Object.assign(server, { apiUrl: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/api` })
}
