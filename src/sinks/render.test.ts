import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { resultOf, usageWithoutModel, type Cause, type Diagnosis, type Result } from '#kinds/result'
import { renderMarkdown, renderText } from './sinks.ts'

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'payments' }
const cause = (more: Partial<Cause> = {}): Cause => ({
  id: 'c1',
  by: 'diagnosis',
  rule: 'name-not-resolved',
  summary: 'The name ledger-db-v2 cannot be resolved: there is no Service ledger-db-v2 in namespace shop',
  object: DEPLOYMENT,
  field: 'spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value',
  confidence: 0.987,
  explains: ['f2'],
  cites: ['f1'],
  ...more,
})

const DIAGNOSIS: Diagnosis = {
  target: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'checkout' },
  healthy: false,
  rootCause: cause(),
  alternatives: [
    cause({
      id: 'c2',
      summary: 'The cluster’s DNS is slow',
      object: { ...DEPLOYMENT, namespace: 'kube-system', name: 'coredns' },
      confidence: 0.2,
      cites: [],
    }),
  ],
  problems: [
    cause(),
    cause({
      id: 'c3',
      summary: 'Node n1 is under disk pressure',
      object: { apiVersion: 'v1', kind: 'Node', namespace: null, name: 'n1' },
      confidence: 0.9,
    }),
  ],
  findings: [
    {
      id: 'f1',
      rule: 'name-not-resolved',
      severity: 'critical',
      object: DEPLOYMENT,
      summary: 'cannot resolve',
      evidence: [
        {
          id: 'e1',
          source: 'log',
          ref: 'log/shop/payments-1/payments#previous',
          text: 'panic: open ledger\n  dial tcp: lookup ledger-db-v2: no such host',
        },
        { id: 'e2', source: 'change', ref: 'deployment/shop/payments', text: 'revision 6 → 7 changed LEDGER_HOST' },
      ],
    },
    {
      id: 'f2',
      rule: 'crash-loop',
      severity: 'critical',
      object: DEPLOYMENT,
      summary: 'keeps ending',
      evidence: [{ id: 'e3', source: 'object', ref: 'pod/shop/payments-1', text: 'CrashLoopBackOff, 12 restarts' }],
    },
  ],
  recommendations: [
    {
      action: 'Undo the last roll-out',
      why: 'Revision 6 did not have this.',
      command: 'kubectl rollout undo deployment/payments -n shop',
      risk: 'low',
      needsApproval: true,
    },
    { action: 'See whether the Service was renamed', why: '', command: null, risk: 'none', needsApproval: false },
  ],
  incomplete: ['events of namespace kube-system: forbidden'],
}
const RESULT: Result = {
  ...resultOf(DIAGNOSIS, usageWithoutModel(1.23)),
  actionsTaken: [{ command: 'kubectl rollout undo deployment/x', approvedBy: 'ada', outcome: 'rolled back' }],
}
const text = (result: Result, columns = 90) => renderText(result, { colour: false, columns })

test('the report for a terminal', () => {
  expect(text(RESULT)).toMatchInlineSnapshot(`
    "✗ Deployment shop/payments  99 % sure, name-not-resolved, explains Service shop/checkout
      The name ledger-db-v2 cannot be resolved: there is no Service ledger-db-v2 in namespace
      shop
      at spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value

    Proof
      log     shop/payments-1/payments#previous
              panic: open ledger
                dial tcp: lookup ledger-db-v2: no such host
      change  deployment/shop/payments
              revision 6 → 7 changed LEDGER_HOST
      object  pod/shop/payments-1
              CrashLoopBackOff, 12 restarts

    What to do
      1. Undo the last roll-out (low risk, needs approval)
         Revision 6 did not have this.
         $ kubectl rollout undo deployment/payments -n shop
      2. See whether the Service was renamed

    Done
      $ kubectl rollout undo deployment/x
         rolled back (approved by ada)

    Also possible
       20 % Deployment kube-system/coredns: The cluster’s DNS is slow

    Other problems
       90 % Node n1: Node n1 is under disk pressure

    Could not be seen
      ! events of namespace kube-system: forbidden

    No model was asked · 1.2s
    "
  `)
})

test('the report as Markdown', () => {
  expect(renderMarkdown(RESULT)).toMatchInlineSnapshot(`
    "**Root cause** (99 % sure, name-not-resolved, explains Service shop/checkout): The name ledger-db-v2 cannot be resolved: there is no Service ledger-db-v2 in namespace shop

    \`Deployment shop/payments\` at \`spec.template.spec.containers[name=payments].env[name=LEDGER_HOST].value\`

    **Proof**

    - log \`shop/payments-1/payments#previous\`:
      \`\`\`
      panic: open ledger
        dial tcp: lookup ledger-db-v2: no such host
      \`\`\`
    - change \`deployment/shop/payments\`: \`revision 6 → 7 changed LEDGER_HOST\`
    - object \`pod/shop/payments-1\`: \`CrashLoopBackOff, 12 restarts\`

    **What to do**

    1. Undo the last roll-out (low risk, needs approval): Revision 6 did not have this.
       \`\`\`sh
       kubectl rollout undo deployment/payments -n shop
       \`\`\`
    2. See whether the Service was renamed

    **Done**

    - \`kubectl rollout undo deployment/x\`: rolled back (approved by ada)

    **Also possible**

    - 20 % \`Deployment kube-system/coredns\`: The cluster’s DNS is slow

    **Other problems**

    - 90 % \`Node n1\`: Node n1 is under disk pressure

    **Could not be seen**

    - events of namespace kube-system: forbidden

    _No model was asked · 1.2s_
    "
  `)
})

describe('other endings', () => {
  const none = { ...RESULT, rootCause: null, alternatives: [], problems: [], recommendations: [], actionsTaken: [], incomplete: [] }
  test('healthy', () => {
    expect(text({ ...none, healthy: true, findings: [] })).toBe(
      '✓ Healthy: nothing explains a fault of Service shop/checkout.\n\nNo model was asked · 1.2s\n',
    )
    expect(renderMarkdown({ ...none, target: null, healthy: true, findings: [] })).toBe(
      '**Healthy**: nothing explains a fault of what was looked at.\n\n_No model was asked · 1.2s_\n',
    )
  })
  test('no root cause: what was seen instead', () => {
    const said = text(none)
    expect(said).toContain(
      '? No root cause found for Service shop/checkout.\n\nSeen\n  ✗ Deployment shop/payments: cannot resolve\n  ✗ Deployment shop/payments: keeps ending\n\nProof\n',
    )
    expect(renderMarkdown(none)).toContain('- critical `Deployment shop/payments`: cannot resolve')
  })
  test('what a model cost', () => {
    const usage = {
      ...RESULT.usage,
      modelCalls: 4,
      toolCalls: 1,
      inputTokens: 30_000,
      outputTokens: 1_234,
      costUSD: 0.0421,
      durationSeconds: 98,
    }
    expect(text({ ...none, usage })).toContain('4 model calls, 1 tool call, 31.2k tokens, $0.0421 · 1m38s\n')
    expect(text({ ...none, usage: { ...usage, costUSD: null } })).toContain('cost not known')
    const { durationSeconds: _, toolCalls: __, ...claude } = usage
    expect(text({ ...none, usage: { ...usage, byModel: { 'anthropic/claude-sonnet-5': claude } } })).toContain(
      '\nanthropic/claude-sonnet-5: 4 model calls, 1 tool call',
    )
  })

  test('what a model added is told, and that a script is none', () => {
    const { durationSeconds: _, toolCalls: __, ...tokens } = { ...usageWithoutModel(2), modelCalls: 3 }
    const played = { ...usageWithoutModel(2), modelCalls: 3, toolCalls: 2 }
    const added = 'Revision 6 had [ledger-db](http://evil/).'
    const model = { ...RESULT, added, usage: { ...played, byModel: { 'openai/gpt-5': tokens } } }
    expect(text(model)).toContain('\nAdded by the model\n  Revision 6 had [ledger-db](http://evil/).\n')
    expect(renderMarkdown(model)).toContain('**Added by the model**\n\nRevision 6 had [ledger-db]\\(http://evil/).\n')
    const script = { ...model, usage: { ...played, byModel: { 'scripted/demo.yaml': tokens } } }
    expect(text(script)).toContain('\nAdded by a scripted conversation (no model was asked)\n')
    expect(text(script)).toContain('\nNo model was asked: a scripted conversation was played (scripted/demo.yaml), 2 tool calls · 2.0s\n')
    const both = { ...model, usage: { ...played, byModel: { 'scripted/demo.yaml': tokens, 'openai/gpt-5': tokens } } }
    expect(text(both)).toContain('scripted/demo.yaml, openai/gpt-5: 3 model calls')
    expect(text(RESULT)).not.toContain('Added by')
  })
})

describe('texts of a cluster cannot play tricks', () => {
  const told = (text: string): Result => ({
    ...RESULT,
    rootCause: cause({ summary: text }),
    findings: [{ ...RESULT.findings[0]!, evidence: [{ id: 'e', source: 'log', ref: 'log/a', text }] }],
  })

  test('no control characters reach a terminal', () => {
    const said = text(told('\x1b[2J\x1b[31mred\x07 \u202egnp.exe\r\x9b1m'))
    expect(said).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
    expect(said).toContain('red gnp.exe')
  })

  test('no link, picture or HTML in Markdown, and no way out of code', () => {
    const said = renderMarkdown(told('![x](http://evil/) [click](http://evil/) <img src=x> `` ` ```'))
    expect(said).toContain('!\\[x]\\(http://evil/) [click]\\(http://evil/) &lt;img src=x>')
    expect(said).toContain('- log `a`: ```` ![x](http://evil/) [click](http://evil/) <img src=x> `` ` ``` ````'.replace('`a`', '`a`'))
  })

  test('nothing is endless', () => {
    const long = text(told(Array.from({ length: 5_000 }, (_, i) => `line ${i}`).join('\n')))
    expect(long.length).toBeLessThan(5_000)
    expect(long).toContain('… 4990 more lines')
  })
})

test('colour is on the outside only: without it the same text', () => {
  const coloured = renderText(RESULT, { colour: true, columns: 90 })
  expect(coloured).toContain('\u001b[31m✗\u001b[39m')
  expect(stripVTControlCharacters(coloured)).toBe(text(RESULT))
})

test('prose is wrapped, a command never is', () => {
  const command = `kubectl patch deployment payments -p '${'x'.repeat(200)}'`
  const lines = text({ ...RESULT, recommendations: [{ ...RESULT.recommendations[0]!, command }] }, 60).split('\n')
  expect(lines.filter((line) => line.length > 60 && !line.includes('kubectl patch'))).toEqual([
    expect.stringContaining('spec.template.spec.containers[name=payments]'),
  ])
  expect(lines).toContain(`     $ ${command}`)
})
