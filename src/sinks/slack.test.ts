import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { controlsIn } from '../../test/slack-checks.ts'
import { CAUSE, COMPLETED, messageWith, RESOLVED, resultWith, sender, UPDATE } from '../../test/sink-message.ts'
import { startSlack, TOKEN, type SlackMessage, type SlackServer } from '../../test/slack-server.ts'
import type { Sink } from '#kinds/sink'

const CHANNEL = 'C0123456789'

let slack: SlackServer
let sends: ReturnType<typeof sender>
let sink: { slack: NonNullable<Sink['spec']['slack']> }
beforeEach(async () => {
  slack = await startSlack()
  sends = sender({ 'slack/token': `${TOKEN}\n`, 'slack/bad': 'xoxb-other', 'slack/empty': '\n' })
  sink = { slack: { tokenSecretKeyRef: { name: 'slack', key: 'token' }, channel: CHANNEL, apiUrl: slack.apiUrl } }
})
afterEach(async () => {
  await sends.close()
  await slack.close()
})

const header = ({ blocks: [first] }: SlackMessage): string => (first?.type === 'header' ? first.text.text : '')
const sections = ({ blocks }: SlackMessage): string => blocks.map((block) => (block.type === 'section' ? block.text.text : '')).join('\n')
const thread = (): [SlackMessage, SlackMessage[]] => {
  const [head, ...replies] = slack.messages as [SlackMessage]
  return [head, replies]
}

describe('an incident', () => {
  test('is one thread: its head says how it stands, the replies what was new', async () => {
    const first = await sends.deliver(sink, { message: UPDATE })
    const [head] = thread()
    const receipt = {
      url: `https://team.slack.com/archives/${CHANNEL}/p${head.ts.replace('.', '')}`,
      data: { channel: CHANNEL, ts: head.ts },
    }
    expect(first).toEqual(receipt)
    expect([header(head), sections(head)]).toEqual(['🔎 KubePodCrashLooping', '\nBeing investigated.\n'])

    const second = await sends.deliver(sink, { message: COMPLETED, previous: first })
    expect(second).toEqual(receipt)
    expect(header(head)).toBe('🔴 KubePodCrashLooping')
    expect(sections(head)).toContain('*Root cause* (96 % sure, name-not-resolved): The name ledger-db-v2 cannot be resolved')
    expect(sections(head)).toContain('```\nkubectl rollout undo deployment/payments -n shop\n```')

    const third = await sends.deliver(sink, { message: RESOLVED, previous: second })
    expect(third).toEqual(receipt)
    expect(header(head)).toBe('✅ KubePodCrashLooping')
    expect(sections(head)).toMatch(/^\nResolved\.\n\*Root cause\*/)

    const [, replies] = thread()
    expect(replies.map((reply) => [reply.thread_ts, sections(reply).split('\n')[0]])).toEqual([
      [head.ts, 'Investigated.'],
      [head.ts, 'Resolved.'],
    ])
    expect(head.edits).toBe(2)
    expect(slack.calls).toEqual([
      'chat.postMessage ok',
      'chat.getPermalink ok',
      'chat.update ok',
      'chat.postMessage ok',
      'chat.update ok',
      'chat.postMessage ok',
    ])
  })

  test.each([
    ['the head was deleted', () => void (slack.messages.length = 0)],
    [
      'the Sink has another channel now',
      () => {
        slack.channels.set('C0000000002', { member: true, archived: false })
        sink.slack.channel = 'C0000000002'
      },
    ],
  ])('gets a new thread when %s', async (_, change) => {
    const previous = await sends.deliver(sink, { message: UPDATE })
    change()
    const next = await sends.deliver(sink, { message: COMPLETED, previous })
    const last = slack.messages.at(-1)!
    expect([last.thread_ts, next.data]).toEqual([undefined, { channel: sink.slack.channel, ts: last.ts }])
  })

  test('a message without a link to it is still delivered', async () => {
    slack.answerNext('chat.getPermalink', { error: 'internal_error' })
    await expect(sends.deliver(sink)).resolves.toMatchObject({ url: null, data: { channel: CHANNEL } })
  })
})

test('what a cluster says mentions nobody and makes Slack fetch nothing, in heads, edits and replies', async () => {
  const planted = '<!channel> @here <@U1> #general https://evil.example/pixel.png'
  const message = { ...COMPLETED, title: planted, text: planted, result: resultWith({ rootCause: { ...CAUSE, summary: planted } }) }
  const previous = await sends.deliver(sink, { message: { ...message, state: 'update', templated: true } })
  await sends.deliver(sink, { message, previous })
  await sends.deliver(sink, { message: { ...message, state: 'failed' }, previous })
  expect(slack.messages).toHaveLength(3)
  for (const stored of slack.messages) {
    expect(stored).toMatchObject({ unfurl: false, parse: 'none' })
    expect(controlsIn(stored).filter((found) => !/^<https:\/\/(inquest|runbooks)\.example\//.test(found))).toEqual([])
  }
})

describe('a repeat after an answer that got lost', () => {
  test('finds the head among what others wrote since', async () => {
    slack.loseNextAnswer()
    await expect(sends.deliver(sink)).rejects.toMatchObject({ name: 'RetryableError' })
    slack.chatter(CHANNEL, 120)
    const receipt = await sends.deliver(sink, { repeated: true })
    expect(receipt).toMatchObject({ data: { ts: slack.messages[0]!.ts } })
    expect(receipt).not.toHaveProperty('unsure')
    expect(slack.messages.filter(({ metadata }) => metadata)).toHaveLength(1)
    expect(slack.calls.filter((call) => call === 'conversations.history ok')).toHaveLength(3)
  })

  test('finds its reply', async () => {
    const previous = await sends.deliver(sink, { message: UPDATE })
    const lost = sends.deliver(sink, { previous, key: 'k' })
    await lost
    await sends.deliver(sink, { previous, key: 'k', repeated: true })
    expect(slack.messages).toHaveLength(2)
    expect(slack.calls.at(-1)).toBe('conversations.replies ok')
  })

  test('says it when nothing had arrived, or when only the edit had', async () => {
    const previous = await sends.deliver(sink, { repeated: true, message: UPDATE })
    expect(previous).not.toHaveProperty('unsure')
    slack.answerNext('chat.postMessage', { error: 'internal_error' })
    await expect(sends.deliver(sink, { previous })).rejects.toMatchObject({ name: 'RetryableError' })
    await expect(sends.deliver(sink, { previous, repeated: true })).resolves.not.toHaveProperty('unsure')
    expect(slack.messages).toHaveLength(2)
  })

  test.each([
    ['the scope is missing', () => void slack.scopes.delete('channels:history')],
    ['the app is no member of the channel', () => slack.answerNext('conversations.history', { error: 'not_in_channel' })],
    ['there is too much to look through', () => slack.chatter(CHANNEL, 600)],
  ])('is unsure when %s', async (_, change) => {
    change()
    await expect(sends.deliver(sink, { repeated: true })).resolves.toMatchObject({ unsure: true, data: { channel: CHANNEL } })
  })

  test('waits when Slack is too busy to be asked', async () => {
    slack.answerNext('conversations.history', { status: 429, headers: { 'retry-after': '30' } })
    await expect(sends.deliver(sink, { repeated: true })).rejects.toMatchObject({ name: 'RetryableError', retryAfterMs: 30_000 })
    expect(slack.messages).toEqual([])
  })
})

describe('what Slack refuses', () => {
  const rejected = (more: Partial<typeof sink.slack> = {}) =>
    sends.deliver({ slack: { ...sink.slack, ...more } }).then(
      () => 'delivered',
      ({ name, message }: Error) => `${name}: ${message}`,
    )

  test.each<[string, () => unknown, RegExp]>([
    [
      'the app is not in the channel',
      () => slack.channels.set(CHANNEL, { member: false, archived: false }),
      /^TerminalError: .*not_in_channel\. Write `\/invite @`/,
    ],
    ['the channel is unknown', () => slack.channels.clear(), /^TerminalError: .*channel_not_found\. Is C0123456789 the ID/],
    [
      'the channel is archived',
      () => slack.channels.set(CHANNEL, { member: true, archived: true }),
      /^TerminalError: .*is_archived\. Unarchive/,
    ],
    ['the scope is missing', () => slack.scopes.clear(), /^TerminalError: .*missing_scope\. Add the scope chat:write to the app/],
    [
      'the app may not post',
      () => slack.answerNext('chat.postMessage', { error: 'restricted_action' }),
      /^TerminalError: .*Ask an administrator/,
    ],
    ['something unknown', () => slack.answerNext('chat.postMessage', { error: 'brand_new' }), /^TerminalError: Slack refused: brand_new$/],
    ['its own fault', () => slack.answerNext('chat.postMessage', { error: 'internal_error' }), /^RetryableError: /],
    ['500', () => slack.answerNext('chat.postMessage', { status: 500 }), /^RetryableError: Slack answered 500/],
    ['404', () => slack.answerNext('chat.postMessage', { status: 404 }), /^TerminalError: Slack answered 404/],
    [
      'a page instead of an answer',
      () => slack.answerNext('chat.postMessage', { status: 200, body: '<html>proxy' }),
      /^TerminalError: Slack refused: <html>proxy/,
    ],
    ['nobody there', () => slack.close(), /^RetryableError: cannot reach 127\.0\.0\.1/],
  ])('%s', async (_, change, expected) => {
    await change()
    expect(await rejected()).toMatch(expected)
  })

  test('the token: said with the name of its Secret, never with its value', async () => {
    expect(await rejected({ tokenSecretKeyRef: { name: 'slack', key: 'bad' } })).toMatch(
      /^TerminalError: Slack refused: invalid_auth\. Put the app's bot token \(xoxb-…, .*\) into key "bad" of Secret slack\.$/,
    )
    expect(await rejected({ tokenSecretKeyRef: { name: 'slack', key: 'empty' } })).toBe(
      'TerminalError: key "empty" of Secret slack is empty',
    )
  })

  test('too many messages: when to come again', async () => {
    slack.answerNext('chat.postMessage', { status: 429, headers: { 'retry-after': '7' } })
    await expect(sends.deliver(sink)).rejects.toMatchObject({ name: 'RetryableError', retryAfterMs: 7_000 })
    expect(slack.calls).toEqual(['chat.postMessage 429'])
  })

  test.each(['chat.postMessage', 'chat.update'] as const)('the layout, at %s: the text is sent alone', async (method) => {
    const previous = method === 'chat.update' ? await sends.deliver(sink, { message: UPDATE }) : null
    slack.answerNext(method, { error: 'invalid_blocks' })
    await sends.deliver(sink, { previous })
    const [head] = thread()
    expect(head.blocks).toEqual([])
    expect(head.text).toContain('The name ledger-db-v2 cannot be resolved')
  })

  test('an abort ends the call as it is', async () => {
    const reason = new Error('the process ends')
    const delivery = { message: messageWith({ result: resultWith() }), key: 'k', previous: null, repeated: false }
    await expect(sends.make(sink).deliver(delivery, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
