import { describe, expect, test } from 'vitest'
import { checkBlocks, controlsIn, textsOf, type Blocks } from '../../test/slack-checks.ts'
import { CAUSE, COMPLETED, messageWith, RESOLVED, resultWith, UPDATE } from '../../test/sink-message.ts'
import type { Evidence, Recommendation, Result } from '#kinds/result'
import { headOf, replyOf, type Content } from './slack-blocks.ts'
import { code, escape, fence, link, prose, template } from './slack-mrkdwn.ts'

describe('mrkdwn', () => {
  test.each([
    ['a < b && c > d', 99, 'a &lt; b &amp;&amp; c &gt; d'],
    ['<!channel> <@U1> <#C1> <https://x|y>', 99, '&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;https://x|y&gt;'],
    ['&lt;!here&gt;', 99, '&amp;lt;!here&amp;gt;'],
    ['*bold* _it_ `code` "quotes"', 99, '*bold* _it_ `code` "quotes"'],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['abc&def', 6, 'abc…'],
    ['a😀😀😀', 6, 'a😀😀…'],
    ['&&&&', 20, '&amp;&amp;&amp;&amp;'],
    ['', 5, ''],
  ])('escape(%j, %i)', (text, max, expected) => {
    expect(escape(text, max)).toBe(expected)
    expect(expected.length).toBeLessThanOrEqual(max)
  })

  test.each([
    ['prose', prose('two\nlines \x1b[31mred', 99), 'two lines red'],
    ['code', code('a `b` <c>', 99), "`a 'b' &lt;c&gt;`"],
    ['empty code', code('', 99), '` `'],
    ['fence', fence('a `b`\n```\nc > d', 99), "```\na `b`\n'''\nc &gt; d\n```"],
    ['template', template('**bold** <!here>\n\n\x07x ** y **', 99), '*bold* &lt;!here&gt;\n\nx ** y **'],
    ['link', link('https://x.example/a b?q=<1>&r=a|b#>', 'Runbook'), '<https://x.example/a%20b?q=%3C1%3E&amp;r=a%7Cb#%3E|Runbook>'],
    ['link to a script', link('javascript:alert(1)', 'x'), ''],
    ['link to nothing', link('', 'x'), ''],
    ['link without an end', link(`https://x/${'a'.repeat(1_500)}`, 'x'), ''],
  ])('%s', (_, given, expected) => expect(given).toBe(expected))
})

const blocksOf = (content: Content): Blocks => {
  const checked = checkBlocks(JSON.stringify(content.blocks))
  if ('error' in checked) throw new Error(`${checked.error}: ${checked.messages.join('; ')}`)
  expect(content.text.length).toBeLessThan(4_000)
  return checked
}
const shown = (content: Content): string => textsOf(blocksOf(content)).join('\n---\n')

test('the whole report', () => {
  expect(shown(headOf(COMPLETED))).toBe(
    [
      '🔴 KubePodCrashLooping',
      '*Root cause* (96 % sure, name-not-resolved): The name ledger-db-v2 cannot be resolved\n`Deployment shop/payments` at `spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value`',
      '*Proof*\n• log `shop/payments-1/payments#previous`\n```\npanic\n  dial tcp: lookup ledger-db-v2\n```\n• change `deployment/shop/payments`: `revision 6 → 7 changed LEDGER_HOST`',
      '*What to do*\n1. Undo the last roll-out (low risk, needs approval): Revision 6 did not have this.\n```\nkubectl rollout undo deployment/payments -n shop\n```',
      'No model was asked · 2.0s · <https://inquest.example/1?a=1&amp;b=2|Investigation> · <https://runbooks.example/KubePodCrashLooping|Runbook>',
    ].join('\n---\n'),
  )
})

describe('how an incident stands', () => {
  const unknown = resultWith({ rootCause: null, problems: [], recommendations: [] })
  const healthy: Result = { ...unknown, healthy: true, findings: [] }
  const alternatives = resultWith({
    alternatives: [{ ...CAUSE, id: 'c2', summary: 'The DNS is slow', confidence: 0.2 }],
    incomplete: ['events: forbidden'],
  })
  const failed = messageWith({ state: 'failed', result: null, text: '**X**: the investigation failed. No <cluster>.\n' })
  test.each<[string, Content, string[]]>([
    ['being investigated', headOf(UPDATE), ['🔎', 'Being investigated.']],
    ['a cause', headOf(COMPLETED), ['🔴', '*Root cause*']],
    [
      'no cause',
      headOf(messageWith({ result: unknown })),
      ['🟡', '*No root cause found* for `Deployment shop/payments`.', '*Seen*\n• critical `Deployment shop/payments`: cannot resolve'],
    ],
    ['healthy', headOf(messageWith({ result: healthy })), ['🟡', '*Healthy*']],
    ['failed', headOf(failed), ['⚠️', '*X*: the investigation failed. No &lt;cluster&gt;.']],
    ['resolved', headOf(RESOLVED), ['✅', 'Resolved.', '*Root cause*']],
    [
      'other explanations',
      headOf(messageWith({ result: alternatives })),
      ['*Also possible*\n• 20 % `Deployment shop/payments`: The DNS is slow', '*Could not be seen*\n• events: forbidden'],
    ],
    ['by a template', headOf(messageWith({ templated: true, text: '**Payments** are down' })), ['🔴', '\n---\n*Payments* are down\n---\n']],
    ['a reply: an update', replyOf(messageWith({ state: 'update' })), ['Being investigated.\n*Root cause*']],
    ['a reply: a step’s own words', replyOf(messageWith({ state: 'update', templated: true, text: 'Found **it**' })), ['Found *it*']],
    ['a reply: resolved', replyOf(RESOLVED), ['Resolved.']],
    [
      'a reply: a template that says nothing',
      replyOf(messageWith({ state: 'update', templated: true, text: ' ' })),
      ['Being investigated.'],
    ],
  ])('%s', (_, content, expected) => {
    for (const part of expected) expect(shown(content)).toContain(part)
  })

  test('a notification has the verdict and the command', () => {
    expect(headOf(COMPLETED).text).toBe(
      '🔴 KubePodCrashLooping: Investigated.\n*Root cause* (96 % sure, name-not-resolved): The name ledger-db-v2 cannot be resolved\n`Deployment shop/payments` at `spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value`\n```\nkubectl rollout undo deployment/payments -n shop\n```',
    )
  })
})

/** A result whose every text is this, and whose every list is long. */
function resultFull(text: string, entries: number): Result {
  const many = <T>(make: (i: number) => T): T[] => Array.from({ length: entries }, (_, i) => make(i))
  const object = { apiVersion: 'v1', kind: 'Pod', namespace: text, name: text }
  const evidence = (i: number): Evidence => ({ id: `e${i}`, source: 'log', ref: `log/${text}`, text: `${i} ${text}` })
  const cause = (i: number) => ({ ...CAUSE, id: `c${i}`, summary: text, object, field: text, rule: text })
  return {
    ...resultWith(),
    target: { ...object, kind: text },
    rootCause: cause(0),
    alternatives: many(cause).slice(1, 5),
    problems: many((i) => cause(i + 10)),
    findings: [{ id: 'f1', rule: text, severity: 'critical', object, summary: text, evidence: many(evidence) }],
    recommendations: many((): Recommendation => ({ action: text, why: text, command: text, risk: 'high', needsApproval: true })),
    actionsTaken: many(() => ({ command: text, approvedBy: text, outcome: text })),
    incomplete: many(() => text),
    added: text,
  }
}

describe('within the limits of Slack, whatever the cluster says', () => {
  test.each([
    ['nothing', ''],
    ['long lines', 'x'.repeat(5_000)],
    ['characters that grow when escaped', '&<>'.repeat(2_000)],
    ['characters of two halves', '😀'.repeat(3_000)],
    ['many lines', 'a\n'.repeat(3_000)],
    ['backticks', '`'.repeat(3_000)],
  ])('%s', (_, text) => {
    for (const state of ['update', 'completed', 'failed', 'resolved'] as const)
      for (const templated of [false, true])
        for (const result of [null, resultFull(text, 1), resultFull(text, 60), { ...resultFull(text, 60), rootCause: null }]) {
          const message = messageWith({ state, templated, result, text, title: `t ${text}` })
          for (const content of [headOf(message), replyOf(message)]) expect(blocksOf(content).length).toBeGreaterThan(0)
        }
  })

  test('what is left out is counted', () => {
    expect(shown(headOf(messageWith({ result: resultFull('y'.repeat(300), 60) })))).toMatch(
      /\*Proof\*[^]*… and 5\d more[^]*\*What to do\*[^]*… and 5\d more/,
    )
  })
})

test('no text from the cluster mentions, links or fetches anything', () => {
  const planted = '<!channel> @channel <@U1|boss> #general <https://evil.example|click> https://evil.example/pixel.png'
  const ours = ['<https://inquest.example/1?a=1&amp;b=2|Investigation>', '<https://runbooks.example/KubePodCrashLooping|Runbook>']
  for (const state of ['update', 'completed', 'failed', 'resolved'] as const)
    for (const templated of [false, true]) {
      const message = messageWith({ state, templated, text: planted, title: planted, result: resultFull(planted, 3) })
      const controls = (content: Content): string[] => controlsIn({ text: content.text, blocks: blocksOf(content), parse: 'none' })
      expect(controls(headOf(message))).toEqual(ours)
      expect(controls(replyOf(message))).toEqual([])
      expect(JSON.stringify(headOf(message).blocks)).toContain('&lt;!channel&gt;')
    }
})
