import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Result } from '#kinds/result'
import { inquest } from './inquest.ts'
import { kubectlPath } from './kubectl.ts'
import { startModelServer, type ModelServer } from './model-server.ts'
import { temporaryFolder } from './postgres.ts'

const SCENARIOS = join(import.meta.dirname, '../scenarios')
const SCRIPT = join(import.meta.dirname, '../examples/scripted/checkout.conversation.yaml')

/** The model's answers: it goes along with what it is told of `oom`, refuses one case, and holds a node guilty of the others. */
const looks = { calls: [{ name: 'kubectl', input: { command: 'kubectl get nodes' } }] }
const concludes = (input: object) => ({ calls: [{ name: 'conclude', input }] })
const goesAlong = concludes({ rootCause: null, added: 'the diagnosis is right' })
const blames = concludes({
  rootCause: { summary: 'the node', object: { kind: 'Node', name: 'worker-2' }, confidence: 0.9, cites: ['o1'] },
  added: 'it is the node',
})

let folder: { path: string; remove(): Promise<void> }
let vendor: ModelServer
let PATH: string
beforeAll(async () => {
  PATH = [dirname(await kubectlPath()), '/usr/bin', '/bin'].join(delimiter)
  folder = await temporaryFolder()
  const put = (name: string, from: string, expected: string, files = ['bundle.tgz', 'alert.json']): void => {
    mkdirSync(join(folder.path, name))
    for (const file of files) cpSync(join(SCENARIOS, from, file), join(folder.path, name, file))
    writeFileSync(join(folder.path, name, 'expected.yaml'), expected)
  }
  const OOM = 'object: {kind: Deployment, namespace: analytics, name: aggregator}\nfamily: run-time\n'
  put('agreed', 'oom', OOM)
  put('mended', 'bad-flag', 'object: {kind: Node, name: worker-2}\nfamily: nodes\n')
  put('spoiled', 'liveness', 'object: {kind: Deployment, namespace: shop, name: payments}\nfamily: run-time\n')
  put('silent', 'config-key', 'object: {kind: Deployment, namespace: shop, name: catalog}\nfamily: start-up\n')
  vendor = await startModelServer(({ raw, body }) => {
    if (raw.includes('analytics')) return goesAlong
    if (raw.includes('catalog')) return { status: 400, message: 'not today' }
    return body.messages.length === 1 ? looks : blames
  })
})
afterAll(async () => {
  await vendor?.close()
  await folder?.remove()
})
const run = (...args: string[]) =>
  inquest(['eval', folder.path, '--model', 'anthropic/claude-sonnet-5', '--model-base-url', vendor.baseURL('anthropic'), ...args], {
    env: { PATH, ANTHROPIC_API_KEY: 'key' },
  })

describe('inquest eval --model', () => {
  test('judges what the model makes of each case, beside what it would have been without it', async () => {
    const { code, out, err } = await run('-o', 'jsonl')
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => [line.case, line.verdict, line.withoutModel])).toEqual([
      ['agreed', 'right', 'right'],
      ['mended', 'right', 'wrong'],
      ['silent', 'right', 'right'],
      ['spoiled', 'in-three', 'right'],
    ])
    for (const { result } of lines) Result.parse(result)
    const [agreed, mended, silent] = lines
    expect(agreed.result.added).toBe('the diagnosis is right')
    expect(mended.result.usage).toMatchObject({ modelCalls: 2, toolCalls: 1, inputTokens: 2_000, outputTokens: 200, costUSD: 0.006 })
    // The diagnosis' own answer stands where the model gives none, and that is not passed off as the model's.
    expect(silent.notConcluded).toContain('not today')
    expect(agreed).not.toHaveProperty('notConcluded')
  })

  test('counts by family what the model brought and what it cost, and names what it mended and spoiled', async () => {
    const { out } = await run()
    expect(out).toMatch(/^FAMILY .* WITHOUT MODEL +TOKENS +COST$/m)
    expect(out).toMatch(/^nodes +1 +1 \(100 %\) .* 0 \(0 %\) +2\.2k +\$0\.0060$/m)
    expect(out).toMatch(/^run-time +2 +1 \(50 %\) +2 \(100 %\) .* 2 \(100 %\) +3\.3k +\$0\.0090$/m)
    expect(out).toMatch(/^anthropic\/claude-sonnet-5: \d+ calls, 2 tool calls, 5\.5k tokens for \$0\.0150 \(\$0\.0037 a case\)\.$/m)
    expect(out).toContain('Without it 3 (75 %) are right first. It mended 1 (mended) and spoiled 1 (spoiled).\n')
    expect(out).toMatch(/did not conclude in 1 of 4, .*: silent: .*not today/)
  })

  test("goes by a runbook of one's own, and shows it all on the page", async () => {
    const runbook = join(folder.path, 'ours.md')
    writeFileSync(runbook, 'Ask the night shift about worker-2 first.')
    const before = vendor.requests.length
    const { out } = await run('-o', 'html', '--runbook', runbook)
    const asked = vendor.requests.slice(before).filter(({ body }) => body.messages.length === 1)
    expect(asked).toHaveLength(4)
    for (const { raw } of asked) expect(raw).toContain('Ask the night shift about worker-2 first.')
    expect(out).toMatch(/<b>\$0\.0\d{3}<\/b>/)
    expect(out).toContain('without the model: wrong')
    expect(out).toContain('It mended 1 (mended) and spoiled 1 (spoiled).')
  })

  test.each([
    ['a model without its key', ['--model', 'openai/gpt-5'], 'Set OPENAI_API_KEY'],
    ['a goal without a model', ['--goal', 'why?'], '--goal: there is no model'],
    ['a runbook without a model', ['--runbook', 'quota'], '--runbook: there is no model'],
    ['a runbook that is none', ['--model', `scripted/${SCRIPT}`, '--runbook', '/nowhere.md'], '/nowhere.md'],
  ])('refuses %s before the first case', async (_, args, said) => {
    const { code, out, err } = await inquest(['eval', folder.path, ...args], { env: { PATH } })
    expect(err).toContain(said)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })
})
